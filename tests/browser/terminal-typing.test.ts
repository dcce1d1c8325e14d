import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { expect, type Page, test } from 'playwright/test'
import { newRecorder } from '../support/recorder.ts'
import { startServer } from '../support/server.ts'
import {
  attached,
  clickCell,
  expectRow,
  expectSameScreen,
  openTerminal,
  rows,
} from '../support/terminal-tab.ts'
import { startTmux } from '../support/tmux.ts'

test.use({ permissions: ['clipboard-read', 'clipboard-write'] })

/** Pastes as the browser does, with any text. */
async function paste(page: Page, text: string): Promise<void> {
  await page.locator('.term-host:visible .xterm-helper-textarea').evaluate((element, value) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', value)
    const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
    element.dispatchEvent(event)
  }, text)
}

test('what is typed runs, and the screen is the pane', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', cols: 100, rows: 30 })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await page.keyboard.type('echo "sum $((40 + 2))"\n')
  await expectRow(page, /^sum 42$/)
  await page.keyboard.type(
    'printf "\\033[31mred\\033[0m \\346\\227\\245\\346\\234\\254 e\\314\\201 |\\n"\n',
  )
  await expectRow(page, /^red 日本 /)
  await expectSameScreen(page, tmux, '%0')
})

test('keys arrive as a keyboard sends them, Escape alone and Alt with its key', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const typed = await newRecorder(tmux)
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'rec')
  await expectRow(page, 'READY')
  for (const key of [
    'a',
    'Enter',
    'Backspace',
    'Tab',
    'Shift+Tab',
    'Control+c',
    'Alt+b',
    'ArrowUp',
    'Delete',
  ]) {
    await page.keyboard.press(key)
  }
  await expect.poll(typed).toBe('a\r\x7f\t\x1b[Z\x03\x1bb\x1b[A\x1b[3~')
  await page.keyboard.press('Escape')
  await expect.poll(() => typed().slice(-1)).toBe('\x1b')
})

test('a short line is pasted at once; lines ask first and show what they are', async ({ page }) => {
  await using tmux = await startTmux()
  const typed = await newRecorder(tmux)
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'rec')
  await expectRow(page, 'READY')
  await paste(page, 'one\u001b[201~ line')
  await expect.poll(typed).toBe('one[201~ line')
  await paste(page, 'two\nlines\n')
  const card = page.getByRole('dialog', { name: 'Paste 2 lines, 10 bytes?' })
  await expect(card).toContainText('two')
  expect(typed()).toBe('one[201~ line')
  await card.getByRole('button', { name: 'Not now' }).click()
  await paste(page, 'two\nlines\n')
  await card.getByRole('button', { name: 'Paste', exact: true }).click()
  await expect.poll(typed).toBe('one[201~ linetwo\rlines\r')
  // The keyboard belongs to the terminal again.
  await page.keyboard.type('x')
  await expect.poll(typed).toBe('one[201~ linetwo\rlines\rx')
})

test('a paste of 64 KB arrives byte for byte, and one beyond the limit is refused', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const typed = await newRecorder(tmux)
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'rec')
  await expectRow(page, 'READY')
  const line = () => `${randomBytes(40).toString('base64')} é日本👍`
  const text = Array.from({ length: 1_000 }, line).join('\n').slice(0, 60_000)
  await paste(page, text)
  await page.getByRole('button', { name: 'Paste', exact: true }).click()
  const wanted = Buffer.from(text.replaceAll('\n', '\r'))
  expect(wanted.length).toBeGreaterThan(65_536)
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
  await expect.poll(() => Buffer.byteLength(typed()), { timeout: 20_000 }).toBe(wanted.length)
  expect(hash(Buffer.from(typed()))).toBe(hash(wanted))
  await paste(page, 'x'.repeat(786_433))
  await expect(page.getByRole('dialog', { name: 'Too long to paste' })).toContainText('768 KB')
})

test('Ctrl+C ends a flood, and the screen is the pane afterwards', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', cols: 100, rows: 30 })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await page.keyboard.type('yes "a long line that floods the screen"\n')
  await expectRow(page, /^a long line that floods/)
  await page.keyboard.press('Control+c')
  await page.keyboard.type('echo done-$((1 + 1))\n')
  await expectRow(page, /^done-2$/)
  await expectSameScreen(page, tmux, '%0')
})

test('questions that a program asks the terminal type nothing', async ({ page }) => {
  await using tmux = await startTmux()
  const typed = await newRecorder(tmux)
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'rec')
  await expectRow(page, 'READY')
  // As if tmux passed them on: each is answered by an unguarded xterm.
  const questions =
    '\x1b[c\x1b[>c\x1b[=c\x1b[5n\x1b[6n\x1b[?6n\x1b[?25$p\x1b[4$p\x1bP$qm\x1b\\' +
    '\x1b]4;1;?\x1b\\\x1b]10;?\x1b\\\x1b]11;?\x07\x1b]12;?\x07\x1b]52;c;?\x07\x1b[18t\x1b[>q\x1b[?1004h'
  for (const tty of await attached(tmux)) writeFileSync(tty, questions)
  // tmux draws this behind them.
  await tmux.run('set-option', '-g', 'status-left', 'ASKED')
  await expect.poll(async () => (await rows(page)).at(-1)).toContain('ASKED')
  // Focus reports were asked for too.
  await page.locator('body').click({ position: { x: 5, y: 5 } })
  await clickCell(page, 20, 5)
  await page.keyboard.type('end')
  await expect.poll(typed).toBe('end')
})

test('a device that may only watch types nothing, not even by paste', async ({ page }) => {
  await using tmux = await startTmux()
  const typed = await newRecorder(tmux)
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'rec', { scope: 'watch' })
  await expectRow(page, 'READY')
  await clickCell(page, 20, 5)
  await page.keyboard.type('hello')
  await paste(page, 'hello')
  await expect(page.getByText('may only watch').first()).toBeVisible()
  await tmux.run('send-keys', '-t', '%0', '-l', 'from outside')
  await expect.poll(typed).toBe('from outside')
})

test('composed text arrives once, when it is committed', async ({ page }) => {
  await using tmux = await startTmux()
  const typed = await newRecorder(tmux)
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'rec')
  await expectRow(page, 'READY')
  const cdp = await page.context().newCDPSession(page)
  for (const text of ['k', 'か', 'かん', '漢']) {
    const at = { selectionStart: text.length, selectionEnd: text.length }
    await cdp.send('Input.imeSetComposition', { text, ...at })
  }
  expect(typed()).toBe('')
  await cdp.send('Input.insertText', { text: '漢字' })
  await page.keyboard.press('Enter')
  await page.keyboard.press('Backspace')
  await expect.poll(typed).toBe('漢字\r\x7f')
})
