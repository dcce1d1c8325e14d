import { expect, type Page, test } from 'playwright/test'
import { axeViolations, expectLive, holdBack, openApp, row } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { openSession } from '../support/terminal-tab.ts'
import { startTmux } from '../support/tmux.ts'

/** Parts of the page have code of their own, which loads when they are first wanted. */

const missing = (page: Page) => page.getByText('This part of the page could not be loaded.')

test('a part that cannot load while the server restarts says so, and comes by itself', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', command: 'exec cat' })
  await using server = await startServer({ tmux })
  const { problems } = await openApp(page, server)
  await openSession(page, 'work')
  const box = page.getByRole('textbox', { name: 'Message to the program' })
  await box.fill('half a thought')
  await page.getByRole('button', { name: 'Settings' }).focus()
  await server.stop()
  await page.keyboard.press('w')
  await expect(missing(page)).toBeVisible()
  expect(await axeViolations(page)).toEqual([])
  await server.start()
  await expect(page.getByRole('heading', { name: 'Wall' })).toBeVisible({ timeout: 30_000 })
  await expectLive(page)
  await openSession(page, 'work')
  await expect(box).toHaveValue('half a thought')
  expect(problems).toEqual([])
})

test('a terminal that cannot load says so in words that can be read', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', command: 'exec cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await expect(row(page, 'work')).toBeVisible()
  await server.stop()
  await row(page, 'work').getByRole('link').click()
  await expect(missing(page).filter({ visible: true })).toHaveCount(1)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await axeViolations(page), colorScheme).toEqual([])
  }
})

test('a dialog that cannot load closes again, and the keys are free', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', command: 'exec cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await expect(row(page, 'work')).toBeVisible()
  await server.stop()
  await page.keyboard.press('?')
  await expect(missing(page)).toBeVisible()
  await page.getByRole('button', { name: 'Close' }).click()
  await expect(missing(page)).toHaveCount(0)
  await page.keyboard.press('/')
  await expect(page.getByLabel('Find a session')).toBeFocused()
})

test('Escape takes back a dialog whose code is on its way', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', command: 'exec cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await openSession(page, 'work')
  const code = '**/assets/Dialogs-*.js'
  const release = await holdBack(page, code)
  await page.locator('.xterm').click()
  const asked = page.waitForRequest(code)
  await page.keyboard.press('ControlOrMeta+Shift+K')
  await asked
  const ahead = page.getByRole('textbox', { name: 'Find and do anything' })
  await ahead.pressSequentially('wo')
  await page.keyboard.press('Escape')
  await expect(ahead).toHaveCount(0)
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused()
  const arrived = page.waitForResponse(code)
  release()
  await (await arrived).finished()
  await page.keyboard.type('typed')
  await expect(page.locator('.xterm-rows')).toContainText('typed')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.keyboard.press('ControlOrMeta+Shift+K')
  await expect(page.getByRole('dialog')).toBeVisible()
  await expect(page.getByRole('dialog').getByRole('combobox')).toHaveValue('')
})

test('a part that stays away loads the page anew once, and then on a press', async ({ page }) => {
  await using server = await startServer()
  await openApp(page, server)
  await page.route('**/assets/Wall-*.js', (route) => route.abort())
  let loads = 0
  page.on('domcontentloaded', () => {
    loads += 1
  })
  // It may load itself anew before the last picture of it is there: that is not waited for.
  await page.goto(`${server.url}/wall`, { waitUntil: 'commit' })
  await expect.poll(() => loads).toBe(2)
  await expect(missing(page)).toBeVisible()
  await page.unroute('**/assets/Wall-*.js')
  await page.getByRole('button', { name: 'Load the page again' }).click()
  await expect(page.getByRole('heading', { name: 'Wall' })).toBeVisible()
  await expect.poll(() => loads).toBe(3)
})
