import { expect, type Page, test } from 'playwright/test'
import { touch } from '../support/phone.ts'
import { newRecorder } from '../support/recorder.ts'
import { startServer } from '../support/server.ts'
import {
  captured,
  expectRow,
  expectSameScreen,
  grid,
  openTerminal,
} from '../support/terminal-tab.ts'
import { startTmux } from '../support/tmux.ts'

const key = (page: Page, name: string | RegExp) =>
  page.getByRole('toolbar', { name: 'Keys' }).getByRole('button', { name, exact: true })

const field = (page: Page) => page.locator('.term-host:visible .xterm-helper-textarea')

/** Every row of the grid lies in sight, above the dock, with its beginning. */
async function expectAllRowsInSight(page: Page): Promise<void> {
  await expect(async () => {
    const inner = await grid(page).boundingBox()
    const dock = await page.getByRole('toolbar', { name: 'Keys' }).boundingBox()
    const slot = await page.locator('.term-slot:visible').first().boundingBox()
    if (!inner || !dock || !slot) throw new Error('not there yet')
    expect(inner.height).toBeGreaterThan(50)
    expect(inner.y).toBeGreaterThanOrEqual(slot.y)
    expect(inner.y + inner.height).toBeLessThanOrEqual(dock.y)
    expect(inner.x).toBeGreaterThanOrEqual(slot.x)
  }).toPass({ timeout: 15_000 })
}

test('the key row types what soft keyboards lack, and keeps the focus where it is', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const typed = await newRecorder(tmux)
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'rec')
  await expectRow(page, 'READY')
  await grid(page).locator('..').tap()
  await expect(field(page)).toBeFocused()
  for (const name of ['Tab', 'Shift Tab', 'Up', 'Enter', 'Page up', 'Control C, interrupt']) {
    await key(page, name).tap()
  }
  await expect(field(page)).toBeFocused()
  await expect.poll(typed).toBe('\t\x1b[Z\x1b[A\r\x1b[5~\x03')
  await key(page, 'Escape').tap()
  await expect.poll(() => typed().slice(-1)).toBe('\x1b')
})

test('Ctrl holds for one key after a tap and for all after two', async ({ page }) => {
  await using tmux = await startTmux()
  const typed = await newRecorder(tmux)
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'rec')
  await expectRow(page, 'READY')
  await grid(page).locator('..').tap()
  await expect(field(page)).toBeFocused()
  await key(page, 'Ctrl').tap()
  await expect(key(page, 'Ctrl, for the next key')).toHaveAttribute('aria-pressed', 'true')
  await page.keyboard.type('dd')
  await expect.poll(typed).toBe('\x04d')
  await key(page, 'Ctrl').tap()
  await key(page, 'Ctrl, for the next key').tap()
  await page.keyboard.type('aa')
  await expect.poll(typed).toBe('\x04d\x01\x01')
  await key(page, 'Ctrl, locked').tap()
  await key(page, 'Alt').tap()
  await page.keyboard.type('b')
  await expect.poll(typed).toBe('\x04d\x01\x01\x1bb')
})

test('what a soft keyboard inserts, deletes and enters arrives once', async ({ page }) => {
  await using tmux = await startTmux()
  const typed = await newRecorder(tmux)
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'rec')
  await expectRow(page, 'READY')
  await grid(page).locator('..').tap()
  await expect(field(page)).toBeFocused()
  const cdp = await page.context().newCDPSession(page)
  const composing = { keyCode: 229, windowsVirtualKeyCode: 229, key: 'Unidentified' }
  const press = async (act: () => Promise<unknown>) => {
    await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...composing })
    await act()
    await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', ...composing })
  }
  await press(() => cdp.send('Input.insertText', { text: 'l' }))
  await press(() => cdp.send('Input.insertText', { text: 's' }))
  // A word that is being composed, as phones do for every word.
  const compose = (text: string) =>
    cdp.send('Input.imeSetComposition', {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    })
  await press(() => compose('w'))
  await press(() => compose('wo'))
  await press(() => cdp.send('Input.insertText', { text: 'wo' }))
  await page.keyboard.press('Backspace')
  await page.keyboard.press('Enter')
  await expect.poll(typed).toBe('lswo\x7f\r')
})

test('a message survives a reload and is submitted once, with a receipt', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', cols: 60, rows: 20 })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  const box = page.getByRole('textbox', { name: 'Message to the program' })
  await box.fill('echo from-the-box')
  await page.reload()
  await expect(box).toHaveValue('echo from-the-box')
  await page.getByRole('button', { name: 'Send' }).tap()
  await expect(page.getByText('Submitted.')).toBeVisible({ timeout: 20_000 })
  await expect(box).toHaveValue('')
  await expectRow(page, /^from-the-box$/)
  const answers = (await captured(tmux, '%0')).filter((row) => row === 'from-the-box')
  expect(answers).toHaveLength(1)
  await page.reload()
  await expect(box).toHaveValue('')
})

test('a message whose answer was lost is tried again and typed once', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', cols: 60, rows: 20 })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  const box = page.getByRole('textbox', { name: 'Message to the program' })
  // The request arrives, its answer does not.
  await page.route('**/prompt', async (route) => {
    await route.fetch()
    await route.abort()
  })
  await box.fill('echo once-only')
  await page.getByRole('button', { name: 'Send' }).tap()
  await expect(page.getByText('It may have arrived.')).toBeVisible({ timeout: 20_000 })
  await expect(box).toHaveValue('echo once-only')
  await page.unroute('**/prompt')
  await page.reload()
  await page.getByRole('button', { name: 'Try again' }).tap()
  await expect(page.getByText('Submitted.')).toBeVisible({ timeout: 20_000 })
  await expectRow(page, /^once-only$/)
  await expectSameScreen(page, tmux, '%0')
  expect((await captured(tmux, '%0')).filter((row) => row === 'once-only')).toHaveLength(1)
})

test('no row is hidden: upright, turned, and with the keyboard open', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', cols: 80, rows: 24 })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await expectAllRowsInSight(page)
  await page.setViewportSize({ width: 844, height: 390 })
  await expectAllRowsInSight(page)
  // The keyboard takes the lower half: the page is laid out in what is left.
  await page.setViewportSize({ width: 390, height: 480 })
  await expectAllRowsInSight(page)
  await page.setViewportSize({ width: 320, height: 568 })
  await expectAllRowsInSight(page)
  // The user's window is as it was.
  expect(
    await tmux.run('display-message', '-p', '-t', '@0', '#{window_width}x#{window_height}'),
  ).toBe('80x24')
})

test('text starts readable; fingers make it larger and move it, two taps show all of it', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', cols: 120, rows: 30, command: 'seq 1 28; exec cat' })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await expectRow(page, /^28$/)
  const width = async () => (await grid(page).boundingBox())?.width ?? 0
  const fontSize = () =>
    grid(page).evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize))
  // 120 columns do not fit a phone at a size that one can read: the first ones are in sight.
  await expect.poll(fontSize).toBe(9)
  expect((await grid(page).boundingBox())?.x).toBeGreaterThanOrEqual(0)
  const before = await width()
  const steps = Array.from({ length: 11 }, (_, step) => step)
  await touch(
    page,
    steps.map((step) => [
      [180 - step * 6, 300],
      [210 + step * 6, 300],
    ]),
  )
  await expect.poll(width).toBeGreaterThan(before * 1.5)
  // Sharper, not blown up: the size of the text has changed.
  const large = await fontSize()
  const x = async () => (await grid(page).boundingBox())?.x ?? 0
  const left = await x()
  await touch(
    page,
    steps.map((step) => [[300 - step * 15, 300]]),
  )
  await expect.poll(x).toBeLessThan(left - 50)
  const tapTwice = () => touch(page, [[[200, 300]]], [[[200, 300]]])
  await tapTwice()
  await expect.poll(width).toBeLessThanOrEqual(390)
  await expect.poll(fontSize).toBeLessThan(large)
  await tapTwice()
  await expect.poll(width).toBe(before)
})

test('a swipe down shows what scrolled away', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', cols: 60, rows: 20, command: 'seq 1 500; exec cat' })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await expectRow(page, /^500$/)
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Input.synthesizeScrollGesture', {
    x: 200,
    y: 200,
    yDistance: 150,
    gestureSourceType: 'touch',
  })
  await expect(page.getByRole('dialog', { name: 'Scrollback' })).toContainText(
    'lines above the screen',
  )
})
