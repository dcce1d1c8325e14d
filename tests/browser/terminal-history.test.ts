import { expect, type Page, test } from 'playwright/test'
import { holdBack } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { clickCell, expectRow, grid, openTerminal, rows } from '../support/terminal-tab.ts'
import { startTmux } from '../support/tmux.ts'

test.use({ permissions: ['clipboard-read', 'clipboard-write'] })

const viewer = (page: Page) => page.getByRole('dialog', { name: 'Scrollback' })
const viewerRows = (page: Page) => rows(page, viewer(page).locator('.xterm-rows'))

async function wheel(page: Page, deltaY: number): Promise<void> {
  const box = await grid(page).boundingBox()
  await page.mouse.move((box?.x ?? 0) + 60, (box?.y ?? 0) + 60)
  await page.mouse.wheel(0, deltaY)
}

test('the wheel shows what scrolled away, for this page alone, and leads back', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', cols: 80, rows: 20 })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await page.keyboard.type('seq 1 1900\n')
  await expectRow(page, /^1900$/)
  await wheel(page, -120)
  await expect(viewer(page)).toContainText('lines above the screen')
  await expect.poll(() => viewerRows(page)).toContain('1875')
  // The pane is not in tmux's copy mode, in which everybody would see it scrolled.
  expect(await tmux.run('display-message', '-p', '-t', '%0', '#{pane_in_mode}')).toBe('0')
  await page.keyboard.press('Home')
  await expect.poll(async () => (await viewerRows(page))[0], { timeout: 15_000 }).toMatch(/\S/)
  // Older lines come as the top is reached, until the first.
  await expect(async () => {
    await page.keyboard.press('PageUp')
    await page.keyboard.press('Home')
    expect(await viewerRows(page)).toContain('1')
  }).toPass({ timeout: 20_000 })
  await page.keyboard.press('Escape')
  await expect(viewer(page)).toBeHidden()
  await page.keyboard.type('echo back\n')
  await expectRow(page, /^back$/)
})

test('lines that come while the scrollback opens are neither lost nor doubled', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({
    name: 'work',
    cols: 80,
    rows: 20,
    command: 'stty -echo; seq 100 199; exec cat',
  })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await expectRow(page, /^199$/)
  let print = () => {}
  const printed = new Promise<void>((done) => {
    print = done
  })
  await page.route(/\/history\?/, async (route) => {
    const response = await route.fetch()
    const more = Array.from({ length: 50 }, (_, at) => `${200 + at}`).join('\r')
    await tmux.run('send-keys', '-t', '%0', '-l', `${more}\r`)
    await expectRow(page, /^249$/)
    print()
    await route.fulfill({ response })
  })
  // What is asked beside the lines is not to be answered with a later screen.
  await page.route(/\/screen\?format=ansi/, async (route) => {
    await printed
    await route.continue()
  })
  await wheel(page, -120)
  await expect(viewer(page)).toContainText('lines above the screen')
  await expect
    .poll(async () => {
      const shown = (await viewerRows(page)).filter(Boolean).map(Number)
      return shown.length > 10 && shown.every((line, at) => line === (shown[0] ?? 0) + at)
    })
    .toBe(true)
})

test('the scrollback is searched with a count, in both directions', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', cols: 80, rows: 20 })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await page.keyboard.type(
    'for i in $(seq 1 1500); do echo "row $i $((i % 500))needle"; done | sed s/[1-9][0-9]*needle//; echo ok\n',
  )
  await expectRow(page, /^ok$/)
  await clickCell(page, 10, 10)
  await page.keyboard.press('Shift+PageUp')
  await expect(viewer(page)).toContainText('lines above')
  await viewer(page).getByRole('searchbox').fill('0needle')
  await expect(viewer(page).locator('.term-hits')).toHaveText('3 of 3')
  await expect.poll(() => viewerRows(page)).toContain('row 1500 0needle')
  await page.keyboard.press('Enter')
  await expect(viewer(page).locator('.term-hits')).toHaveText('2 of 3')
  await expect.poll(() => viewerRows(page)).toContain('row 1000 0needle')
  await page.keyboard.press('Shift+Enter')
  await expect(viewer(page).locator('.term-hits')).toHaveText('3 of 3')
  await viewer(page).getByRole('searchbox').fill('not there')
  await expect(viewer(page).locator('.term-hits')).toHaveText('none')
})

test('a search that is begun before any line is there goes through all of them', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const command = 'seq 1 1500 | sed "s/^[0-9]*00$/& needle/"; exec cat'
  await tmux.newSession({ name: 'work', cols: 80, rows: 20, command })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await expectRow(page, '1500 needle')
  const release = await holdBack(page, '**/history?*')
  await wheel(page, -120)
  await expect(viewer(page)).toContainText('Reading')
  await viewer(page).getByRole('searchbox').fill('needle')
  release()
  await expect(viewer(page).locator('.term-hits')).toHaveText('15 of 15')
})

test('text of the scrollback can be selected and copied', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', cols: 80, rows: 20 })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await page.keyboard.type('seq 1000 1100\n')
  await expectRow(page, /^1100$/)
  await wheel(page, -120)
  const copied = () => page.evaluate(() => navigator.clipboard.readText())
  // Lines may still move when they are first seen: then another one was under the pointer.
  await expect(async () => {
    const at = (await viewerRows(page)).indexOf('1085')
    expect(at).toBeGreaterThanOrEqual(0)
    const box = await viewer(page).locator('.xterm-rows > div').nth(at).boundingBox()
    await page.mouse.dblclick((box?.x ?? 0) + 12, (box?.y ?? 0) + (box?.height ?? 0) / 2)
    await page.keyboard.press('Control+c')
    await expect.poll(copied, { timeout: 2_000 }).toBe('1085')
  }).toPass()
})

test('a full-screen program gets the wheel itself, as arrow keys', async ({ page }) => {
  await using tmux = await startTmux({ config: 'set -g mouse on\n' })
  await tmux.newSession({ name: 'work', cols: 80, rows: 20 })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await page.keyboard.type('seq 1 500 | less\n')
  await expectRow(page, /^19$/)
  await expect
    .poll(() => tmux.run('display-message', '-p', '-t', '%0', '#{alternate_on}'))
    .toBe('1')
  await wheel(page, 100)
  await expectRow(page, /^21$/)
  await expect(viewer(page)).toBeHidden()
})

test('a program that asked for the mouse gets it; a shell under mouse mode does not', async ({
  page,
}) => {
  await using tmux = await startTmux({ config: 'set -g mouse on\n' })
  const command = "stty raw -echo; printf '\\033[?1000h\\033[?1006hMOUSE'; exec cat -v"
  await tmux.newSession({ name: 'program', cols: 80, rows: 20, command })
  await tmux.newSession({ name: 'shell', cols: 80, rows: 20, command: 'echo some-words; exec cat' })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'program')
  await expectRow(page, 'MOUSE')
  const pressed = async () => (await rows(page)).join('')
  await expect(async () => {
    await clickCell(page, 9, 4)
    expect(await pressed()).toContain('^[[<0;10;5M')
  }).toPass()
  await expect.poll(pressed).toContain('^[[<0;10;5m')
  await page.getByRole('link', { name: /shell/ }).click()
  await expectRow(page, 'some-words')
  await clickCell(page, 2, 0, 2)
  await page.keyboard.press('Control+c')
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('some-words')
  expect(await tmux.run('display-message', '-p', '-t', '%1', '#{pane_in_mode}')).toBe('0')
})

test('the screen is there as plain text, and follows the program', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', cols: 80, rows: 20, command: 'echo first-words; exec cat' })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await page.getByRole('button', { name: 'More about work' }).click()
  await page.getByRole('menuitem', { name: 'Screen as text' }).click()
  const text = page.getByRole('dialog', { name: 'Screen as text' })
  await expect(text).toContainText('first-words')
  await tmux.run('send-keys', '-t', '%0', '-l', 'more-words')
  await expect(text).toContainText('more-words')
  await page.keyboard.press('Escape')
  await expect(text).toBeHidden()
})

test('an answer about the screen that comes late does not stand over a newer one', async ({
  page,
}) => {
  await page.clock.install()
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', cols: 80, rows: 20, command: 'exec cat' })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  let release = () => {}
  const released = new Promise<void>((done) => {
    release = done
  })
  let asked = 0
  await page.route(/\/screen$/, async (route) => {
    asked += 1
    if (asked > 1) return route.continue()
    const response = await route.fetch()
    await released
    await route.fulfill({ response })
  })
  await page.getByRole('button', { name: 'More about work' }).click()
  await page.getByRole('menuitem', { name: 'Screen as text' }).click()
  await expect.poll(() => asked).toBe(1)
  for (const word of ['one', 'two', 'three']) {
    await tmux.run('send-keys', '-t', '%0', '-l', word)
    await expectRow(page, new RegExp(`${word}$`))
    await page.clock.fastForward(1_000)
  }
  // What is printed meanwhile is asked for once this answer is there.
  expect(asked).toBe(1)
  release()
  await expect(page.getByRole('dialog', { name: 'Screen as text' })).toContainText('three')
})
