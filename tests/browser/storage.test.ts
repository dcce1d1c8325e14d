import { expect, test } from 'playwright/test'
import { allowWrites, refuseWrites } from '../support/limits.ts'
import { axeViolations, makeTicket, openApp } from '../support/page.ts'
import { Server } from '../support/server.ts'
import { noSmallDisk, smallDisk } from '../support/small-disk.ts'

test('the page says that nothing is saved, why, and when that is over', async ({ page }) => {
  test.skip(noSmallDisk !== undefined, noSmallDisk)
  await using server = new Server({})
  await using disk = smallDisk(server.dataDir, 6)
  await server.start()
  await openApp(page, server)
  const banner = page.getByTestId('storage-banner')
  // Six megabytes are too few for a reserve, and that is said from the start.
  await expect(banner).toContainText('The disk is almost full. Make room')
  const ticket = await makeTicket(server)
  disk.fill()
  const refused = await server.api().post('/api/pair', { ticket, name: 'one more' })
  expect(refused.status).toBe(503)
  await expect(banner).toContainText(/Not saving for .*The disk is full\..*remembers none of it/)
  expect(await axeViolations(page)).toEqual([])
  disk.clear()
  await expect(banner).toContainText('The disk is almost full.', { timeout: 30_000 })
  await expect(banner).not.toContainText('Not saving')
  await server.stop()
})

test('a disk that fails with room left is told from a full one', async ({ page }) => {
  test.skip(process.platform !== 'linux', 'limits of another process are set on Linux')
  await using server = new Server({})
  await server.start()
  await openApp(page, server)
  const ticket = await makeTicket(server)
  refuseWrites(server.pid)
  await server.api().post('/api/pair', { ticket, name: 'one more' })
  const banner = page.getByTestId('storage-banner')
  await expect(banner).toContainText(/Not saving for .*reports errors\. It is not out of room/)
  allowWrites(server.pid)
  await expect(banner).toHaveCount(0, { timeout: 30_000 })
})
