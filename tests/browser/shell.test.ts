import { expect, type Page, test } from 'playwright/test'
import { axeViolations, expectLive, expectStill, holdBack, openApp, row } from '../support/page.ts'
import { type Server, startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

function background(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor)
}

test('five terminals stay open; the sixth closes the one visited longest ago and says so', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const names = ['one', 'two', 'three', 'four', 'five', 'six']
  for (const name of names) {
    await tmux.newSession({ name, cols: 80, rows: 24, command: `echo I am ${name}; exec cat` })
  }
  await using server = await startServer({ tmux })
  const { problems } = await openApp(page, server)
  for (const name of names.slice(0, 5)) {
    await row(page, name).getByRole('link').click()
    await expect(page.locator('.slot:not(.hidden)')).toContainText(`I am ${name}`)
  }
  const tabs = page.getByRole('navigation', { name: 'Open terminals' })
  await expect(tabs.getByRole('link')).toHaveText(names.slice(0, 5))
  await row(page, 'one').getByRole('link').click()
  await row(page, 'six').getByRole('link').click()
  await expect(page.locator('.toast')).toContainText('Closed the terminal of two')
  await expect(tabs.getByRole('link')).toHaveText(['one', 'three', 'four', 'five', 'six'])
  await expect(page.locator('.slot')).toHaveCount(5)
  await expect(page.locator('.slot:not(.hidden)')).toContainText('I am six')

  await tabs.getByRole('button', { name: 'Close the terminal of six' }).click()
  await expect(page.locator('.slot:not(.hidden) .head .title')).toHaveText('one')
  expect(await tmux.run('has-session', '-t', '=six')).toBe('')
  expect(problems).toEqual([])
})

test('a session that ends while it is open says so and keeps its place until it is closed', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'stays', command: 'cat' })
  const session = await tmux.newSession({ name: 'ends', command: 'echo last words; exec cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await row(page, 'ends').getByRole('link').click()
  await expect(page.locator('.slot')).toContainText('last words')
  await tmux.run('kill-session', '-t', session)
  await expect(page.locator('.head .ended')).toHaveText('ended')
  await expect(row(page, 'ends')).toHaveCount(0)
  await expect(page.locator('.slot')).toContainText('last words')
})

for (const scheme of ['dark', 'light'] as const) {
  test(`list, terminal and every dialog pass the accessibility check in ${scheme}`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme: scheme })
    await using tmux = await startTmux()
    const session = await tmux.newSession({ name: 'work', command: 'cat' })
    await tmux.run('new-window', '-d', '-t', `${session}:`, 'cat')
    await tmux.newSession({ name: 'other', command: 'while :; do date; sleep 1; done' })
    await using server = await startServer({ tmux })
    const { problems } = await openApp(page, server)
    await expect(row(page, 'other').locator('.when')).toHaveText('printing')
    expect(await axeViolations(page)).toEqual([])
    await row(page, 'work').getByRole('link').click()
    await expect(page.locator('.xterm-rows')).toBeVisible()
    expect(await axeViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'More about work' }).click()
    await expect(page.getByRole('menu')).toBeVisible()
    expect(await axeViolations(page)).toEqual([])
    await page.keyboard.press('Escape')
    const devices = page.getByRole('button', { name: 'Devices', exact: true })
    await devices.click()
    const dialog = page.getByRole('dialog', { name: 'Devices' })
    await expect(dialog.getByRole('listitem')).toHaveCount(1)
    await dialog.getByRole('button', { name: 'Make a link' }).click()
    await expect(dialog.getByRole('img', { name: /QR/ })).toBeVisible()
    expect(await axeViolations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await expect(dialog).toHaveCount(0)
    await expect(devices).toBeFocused()
    expect(problems).toEqual([])
  })
}

test('colours follow the system until this device chooses its own', async ({ page }) => {
  await using server = await startServer()
  await page.emulateMedia({ colorScheme: 'light' })
  await openApp(page, server)
  const light = await background(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await background(page)
  expect(dark).not.toBe(light)
  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByLabel('Light').check()
  await expect.poll(() => background(page)).toBe(light)
  await page.reload()
  await expectLive(page)
  await expect.poll(() => background(page)).toBe(light)
  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByLabel('As the system').check()
  await expect.poll(() => background(page)).toBe(dark)
})

test('a link for another device carries the name that a proxy serves, where this page has none', async ({
  page,
}) => {
  await using server = await startServer({ args: ['--allow-host', 'box.example.net'] })
  await openApp(page, server)
  await page.getByRole('button', { name: 'Devices' }).click()
  const dialog = page.getByRole('dialog', { name: 'Devices' })
  await dialog.getByRole('button', { name: 'Make a link' }).click()
  await expect(dialog.locator('.link-text')).toHaveText(
    /^https:\/\/box\.example\.net\/#k=[\w-]{43}$/,
  )
  await expect(dialog).not.toContainText('port forward')
})

test('a link for another device pairs it with no more than was chosen, and can be revoked', async ({
  page,
  browser,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await page.getByRole('button', { name: 'Devices' }).click()
  const dialog = page.getByRole('dialog', { name: 'Devices' })
  await expect(dialog.getByText('this one')).toBeVisible()
  await dialog.getByLabel('What the other device may do').selectOption('watch')
  await dialog.getByRole('button', { name: 'Make a link' }).click()
  const link = (await dialog.locator('.link-text').textContent()) ?? ''
  expect(link).toContain(`${server.url}/#k=`)
  const context = await browser.newContext()
  try {
    const other = await context.newPage()
    await other.goto(link)
    await expectLive(other)
    await expect(row(other, 'work')).toBeVisible()
    await expect(other.getByRole('button', { name: 'New', exact: true })).toHaveCount(0)

    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Devices' }).click()
    const device = dialog.getByRole('listitem').filter({ hasText: 'may look,' })
    await device.getByRole('button', { name: 'Remove' }).click()
    await device.getByRole('button', { name: 'Remove now' }).click()
    await expect(dialog.getByRole('listitem')).toHaveCount(1)
    await expect(other.getByTestId('card')).toHaveAttribute('data-state', 'revoked')
  } finally {
    await context.close()
  }
})

test('a slash typed into a terminal belongs to the terminal', async ({ page }) => {
  await using tmux = await startTmux()
  const session = await tmux.newSession({ name: 'work', command: 'exec cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await row(page, 'work').getByRole('link').click()
  await expect(page.locator('.xterm-rows')).toBeVisible()
  await page.locator('.term-slot').click()
  await page.keyboard.type('a/b')
  await expect.poll(() => tmux.run('capture-pane', '-p', '-t', session)).toContain('a/b')
  await expect(page.getByRole('searchbox')).toHaveValue('')
})

test('a terminal that is ready late does not take the focus from what was opened meanwhile', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', command: 'echo ready now; exec cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  const release = await holdBack(page, '**/assets/terminal-*.js')
  await row(page, 'work').getByRole('link').click()
  await page.getByRole('button', { name: 'More about work' }).click()
  const rename = page.getByRole('menuitem', { name: 'Rename' })
  await expect(rename).toBeVisible()
  await expectStill(page)
  const place = await rename.boundingBox()
  const scrollback = page.getByRole('menuitem', { name: 'Scrollback and search' })
  await expect(scrollback).toBeDisabled()
  release()
  await expect(page.locator('.slot')).toContainText('ready now')
  await expect(scrollback).toBeEnabled()
  // Under a pointer on its way nothing has moved.
  expect(await rename.boundingBox()).toEqual(place)
  await rename.click()
  await expect(page.getByLabel('New name of the session')).toBeFocused()
})

/** Goes to the session `work` by keyboard; its terminal is ready only once the result is called. */
async function openLate(page: Page, server: Server): Promise<() => void> {
  await openApp(page, server)
  const release = await holdBack(page, '**/assets/terminal-*.js')
  const link = row(page, 'work').getByRole('link')
  await link.press('Enter')
  await expect(link).toHaveAttribute('aria-current', 'page')
  return release
}

test('a terminal that is ready late leaves the focus to who went back to its row', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', command: 'echo ready now; exec cat' })
  await using server = await startServer({ tmux })
  const release = await openLate(page, server)
  const link = row(page, 'work').getByRole('link')
  await page.keyboard.press('Control+Shift+L')
  release()
  await expect(page.locator('.slot')).toContainText('ready now')
  await expect(link).toBeFocused()
})

test('a terminal that is ready late types nothing for somebody who walks on in the list', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', command: 'echo ready now; exec cat' })
  await tmux.newSession({ name: 'other', command: 'exec cat' })
  await using server = await startServer({ tmux })
  const release = await openLate(page, server)
  const link = (name: string) => row(page, name).getByRole('link')
  await page.keyboard.press('j')
  await expect(link('other')).toBeFocused()
  release()
  await expect(page.locator('.slot')).toContainText('ready now')
  await page.keyboard.press('k')
  await expect(link('work')).toBeFocused()
  await page.keyboard.press('i')
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused()
})

test('a terminal that is ready late leaves the focus to who walked on in the list and back', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', command: 'echo ready now; exec cat' })
  await tmux.newSession({ name: 'other', command: 'exec cat' })
  await using server = await startServer({ tmux })
  const release = await openLate(page, server)
  const link = (name: string) => row(page, name).getByRole('link')
  await page.keyboard.press('j')
  await expect(link('other')).toBeFocused()
  await page.keyboard.press('k')
  await expect(link('work')).toBeFocused()
  release()
  await expect(page.locator('.slot')).toContainText('ready now')
  await page.keyboard.press('j')
  await expect(link('other')).toBeFocused()
})
