import { expect, test } from 'playwright/test'
import { withoutEarlyHello } from '../support/feed-agents.ts'
import { axeViolations, expectLive, makeTicket, openApp } from '../support/page.ts'
import { startServer } from '../support/server.ts'

test('a link pairs the browser once, leaves the address, and the pairing outlives the page', async ({
  page,
}) => {
  await using server = await startServer()
  await openApp(page, server)
  expect(page.url()).toBe(`${server.url}/`)
  expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(2)
  await page.reload()
  await expectLive(page)
  expect(page.url()).not.toContain('#')
})

test('a link to a session keeps its path', async ({ page }) => {
  await using server = await startServer()
  await openApp(page, server, { path: '/s/nothing' })
  expect(page.url()).toBe(`${server.url}/s/nothing`)
  await expect(page.getByTestId('unknown-session')).toBeVisible()
  await page.getByRole('button', { name: 'Back to the list' }).last().click()
  await expect.poll(() => new URL(page.url()).pathname).toBe('/')
})

test('a browser without a pairing sees one card with the command to run, and no form', async ({
  page,
}) => {
  await using server = await startServer()
  await page.goto(server.url)
  await expect(page.getByTestId('card')).toHaveAttribute('data-state', 'none')
  await expect(page.getByTestId('card').locator('pre')).toHaveText('dogwatch url')
  await expect(page.locator('input, form')).toHaveCount(0)
  expect(await axeViolations(page)).toEqual([])
})

test('a used link says so, and a paired browser that follows one stays paired', async ({
  page,
  browser,
}) => {
  await using server = await startServer()
  const ticket = await makeTicket(server)
  await page.goto(`${server.url}/#k=${ticket}`)
  await expectLive(page)
  const other = await browser.newContext()
  try {
    const stranger = await other.newPage()
    await stranger.goto(`${server.url}/#k=${ticket}`)
    await expect(stranger.getByTestId('card')).toHaveAttribute('data-state', 'ticket')
    expect(stranger.url()).toBe(`${server.url}/`)
    expect(await axeViolations(stranger)).toEqual([])
  } finally {
    await other.close()
  }
  await page.evaluate((used) => {
    location.hash = `k=${used}`
  }, ticket)
  await expect.poll(() => page.url()).toBe(`${server.url}/`)
  await expectLive(page)
})

test('a link that is pasted into the open card pairs without a reload', async ({ page }) => {
  await using server = await startServer()
  await page.goto(server.url)
  await expect(page.getByTestId('card')).toBeVisible()
  const ticket = await makeTicket(server)
  await page.evaluate((fresh) => {
    location.hash = `k=${fresh}`
  }, ticket)
  await expectLive(page)
})

test('a device that is removed while its page is open is told so', async ({ page }) => {
  await using server = await startServer()
  await openApp(page, server)
  expect((await server.command('revoke', '--all')).code).toBe(0)
  await expect(page.getByTestId('card')).toHaveAttribute('data-state', 'revoked')
  expect(await page.evaluate(() => localStorage.getItem('dogwatch.token'))).toBeNull()
})

test('when nobody answers the exchange the link stays good for another try', async ({ page }) => {
  await using server = await startServer()
  const ticket = await makeTicket(server)
  await page.route('**/api/pair', (route) => route.abort())
  await page.goto(`${server.url}/#k=${ticket}`)
  await expect(page.getByTestId('card')).toHaveAttribute('data-state', 'unreachable')
  expect(await axeViolations(page)).toEqual([])
  await page.unroute('**/api/pair')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expectLive(page)
})

test('a server of another version makes the page reload once, not for ever', async ({ page }) => {
  await using server = await startServer()
  let loads = 0
  page.on('domcontentloaded', () => {
    loads += 1
  })
  await withoutEarlyHello(page)
  await page.routeWebSocket(/\/ws\/feed$/, (socket) => {
    const upstream = socket.connectToServer()
    upstream.onMessage((message) => {
      const frame = JSON.parse(`${message}`)
      socket.send(JSON.stringify(frame.type === 'hello' ? { ...frame, version: '99.0.0' } : frame))
    })
  })
  const ticket = await makeTicket(server)
  // It may load itself anew before the last picture of it is there: that is not waited for.
  await page.goto(`${server.url}/#k=${ticket}`, { waitUntil: 'commit' })
  await expect(page.getByText('The server is dogwatch 99.0.0')).toBeVisible()
  // The first visit and one reload. To another page of ours nothing is loaded.
  expect(loads).toBe(2)
  await page.getByRole('button', { name: 'Settings' }).click()
  await expect(page.getByRole('heading', { name: 'This device', exact: true })).toBeVisible()
  expect(loads).toBe(2)
  expect(
    await page.evaluate(() => performance.getEntriesByType('navigation')[0]?.toJSON().type),
  ).toBe('reload')
})
