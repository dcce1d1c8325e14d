import { expect, type Page, test } from 'playwright/test'
import { startProxy } from '../support/proxy.ts'
import { newRecorder } from '../support/recorder.ts'
import { startServer } from '../support/server.ts'
import { expectRow, expectSameScreen, openTerminal } from '../support/terminal-tab.ts'
import { startTmux } from '../support/tmux.ts'

const stale = (page: Page) => page.locator('.term-view.stale:visible')

async function expectConnected(page: Page): Promise<void> {
  await expect(page.locator('.term-view:visible')).not.toHaveClass(/stale/, { timeout: 20_000 })
}

test('after a cut line the screen is right again and no key is lost or doubled', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const typed = await newRecorder(tmux)
  await using server = await startServer({ tmux })
  await using proxy = await startProxy(server.port)
  await openTerminal(page, server, 'rec', { url: proxy.url })
  await expectRow(page, 'READY')
  let wanted = ''
  for (let round = 0; round < 4; round += 1) {
    for (const letter of 'abcdefghij') {
      await page.keyboard.type(letter)
      wanted += letter
      if (letter === 'e') proxy.cut()
    }
    await expectConnected(page)
  }
  await expect.poll(typed, { timeout: 20_000 }).toBe(wanted)
  await expectSameScreen(page, tmux, '%0')
})

test('output while the line was down is on the screen afterwards', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', cols: 80, rows: 24 })
  await using server = await startServer({ tmux })
  await using proxy = await startProxy(server.port)
  await openTerminal(page, server, 'work', { url: proxy.url })
  await page.keyboard.type('echo before\n')
  await expectRow(page, /^before$/)
  proxy.silence(true)
  proxy.cut()
  await expect(stale(page)).toBeVisible()
  await expect(page.getByText(/^Not connected/).first()).toBeVisible()
  // The last screen stays to be read.
  await expectRow(page, /^before$/)
  await tmux.run('send-keys', '-t', '%0', 'seq 200', 'Enter')
  proxy.silence(false)
  proxy.cut()
  await expectConnected(page)
  await expectSameScreen(page, tmux, '%0')
})

test('keys typed without a connection are held in sight and sent when it is back', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const typed = await newRecorder(tmux)
  await using server = await startServer({ tmux })
  await using proxy = await startProxy(server.port)
  await openTerminal(page, server, 'rec', { url: proxy.url })
  await expectRow(page, 'READY')
  proxy.silence(true)
  proxy.cut()
  await expect(stale(page)).toBeVisible()
  await page.keyboard.type('held')
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Held input')).toContainText('Held until connected: held⏎')
  proxy.silence(false)
  proxy.cut()
  await expectConnected(page)
  await expect.poll(typed).toBe('held\r')
  await expect(page.getByLabel('Held input')).toBeHidden()
})

test('keys held through a long outage are not sent unasked', async ({ page }) => {
  await page.clock.install()
  await using tmux = await startTmux()
  const typed = await newRecorder(tmux)
  await using server = await startServer({ tmux })
  await using proxy = await startProxy(server.port)
  await openTerminal(page, server, 'rec', { url: proxy.url })
  await expectRow(page, 'READY')
  // The line goes silent without a word, as when a laptop sleeps; keys go into the void.
  proxy.silence(true)
  await page.keyboard.type('rm -rf x')
  await page.clock.fastForward('31:00')
  proxy.silence(false)
  proxy.cut()
  await expectConnected(page)
  const held = page.getByLabel('Held input')
  await expect(held).toContainText('Typed while disconnected, not sent (8 bytes): rm -rf x')
  expect(typed()).toBe('')
  await held.getByRole('button', { name: 'Discard' }).click()
  await page.keyboard.type('new')
  await expect.poll(typed).toBe('new')
  proxy.silence(true)
  await page.keyboard.type('ls')
  await page.clock.fastForward('31:00')
  proxy.silence(false)
  proxy.cut()
  await expectConnected(page)
  await held.getByRole('button', { name: 'Send' }).click()
  await expect.poll(typed).toBe('newls')
  await expectSameScreen(page, tmux, '%0')
})

test('after a restart of the server typing goes on and nothing is typed twice', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const typed = await newRecorder(tmux)
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'rec')
  await expectRow(page, 'READY')
  await page.keyboard.type('one')
  await expect.poll(typed).toBe('one')
  await server.kill9()
  await expect(stale(page)).toBeVisible()
  await page.keyboard.type('two')
  await server.start()
  await expectConnected(page)
  await page.keyboard.type('three')
  const held = page.getByLabel('Held input')
  // A slow machine may need more than the ten seconds for which keys are sent unasked.
  await expect
    .poll(async () => (await held.isVisible()) || typed().includes('two'), { timeout: 20_000 })
    .toBe(true)
  if (await held.isVisible()) await held.getByRole('button', { name: 'Send' }).click()
  await expect.poll(typed).toBe('onetwothree')
  await expectSameScreen(page, tmux, '%0')
})

test('a browser that goes offline and back shows the pane as it is', async ({ page, context }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', cols: 80, rows: 24 })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await page.keyboard.type('echo before\n')
  await expectRow(page, /^before$/)
  await context.setOffline(true)
  await tmux.run('send-keys', '-t', '%0', 'echo while-offline', 'Enter')
  await context.setOffline(false)
  await expectRow(page, /^while-offline$/)
  await page.keyboard.type('echo after\n')
  await expectRow(page, /^after$/)
  await expectSameScreen(page, tmux, '%0')
})

test('a session that ends leaves its last screen and says so', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'other', cols: 80, rows: 24 })
  await tmux.newSession({ name: 'work', cols: 80, rows: 24, command: 'echo last-words; exec cat' })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await expectRow(page, 'last-words')
  await tmux.run('kill-session', '-t', '$1')
  await expect(page.getByText('This session has ended. This is its last screen.')).toBeVisible()
  await expectRow(page, /^last-words$/)
})

test('another pane than the current one is shown as a copy, with the reason', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({
    name: 'work',
    cols: 80,
    rows: 24,
    command: 'echo first-window; exec cat',
  })
  await tmux.run('new-window', '-d', '-t', '$0:', 'echo second-window; exec cat')
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await expectRow(page, 'first-window')
  await page.getByRole('navigation', { name: 'Windows' }).getByRole('button').nth(1).click()
  await expectRow(page, 'second-window')
  await expect(page.getByText(/Shown as a copy, because/)).toBeVisible()
  await page.locator('.term-host:visible .xterm-helper-textarea').focus()
  await page.keyboard.type('typed-there')
  await expectRow(page, 'typed-there')
  expect(await tmux.run('display-message', '-p', '-t', '$0:', '#{window_index}')).toBe('0')
})
