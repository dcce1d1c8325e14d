import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { startServer } from '../support/server.ts'
import {
  attached,
  clickCell,
  expectRow,
  expectSameScreen,
  grid,
  openSession,
  openTerminal,
  rows,
} from '../support/terminal-tab.ts'
import { startTmux } from '../support/tmux.ts'

test.use({ permissions: ['clipboard-read', 'clipboard-write'] })

test('hostile output neither stops the page nor becomes part of it', async ({ page }) => {
  await using tmux = await startTmux()
  const file = join(tmux.dir, 'hostile')
  const huge = ['b', 'L', 'M', 'S', 'T', 'Z', 'I', 'X', 'P', '@', 'A', 'B', 'C', 'D'].map(
    (final) => `x\x1b[2147483647${final}`,
  )
  writeFileSync(
    file,
    [
      ...huge,
      '\x1b]0;<img src=x onerror="window.owned=1">\x07',
      '\x1b]2;<script>window.owned=1</script>\x07',
      '<img src=x onerror="window.owned=1">',
      `\x1b]8;;javascript:window.owned=1\x07link\x1b]8;;\x07`,
      '\x1bP+q544e\x1b\\\x1b[?1049h\x1b[?1049l\x1b[99999;99999H\x1b[0m\r\n',
      '\x9b31m\x84\x85\xff\xfe\xc0\x80',
      'THE-END\r\n',
    ].join(''),
  )
  await tmux.newSession({ name: 'work', cols: 100, rows: 30 })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await page.keyboard.type(`clear; cat ${file}\n`)
  await expectRow(page, 'THE-END')
  await expectSameScreen(page, tmux, '%0')
  expect(await page.evaluate('window.owned')).toBeUndefined()
  expect(await page.locator('img[src="x"]').count()).toBe(0)
  await page.keyboard.type('echo still-here\n')
  await expectRow(page, /^still-here$/)
})

test('the marks that agents draw are shown from the bundled letters, one cell each', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const marks = '⎿❯●✻⏵⏸✶✳◇✦╭─│█░⠋⣾◐☐✔·éß'
  await tmux.newSession({
    name: 'work',
    cols: 80,
    rows: 10,
    command: `printf '%s|\\n' '${marks}'; exec cat`,
  })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await expectRow(page, `${marks}|`)
  const loaded = await page.evaluate(async (text) => {
    await document.fonts.ready
    const families = '13px "Dogwatch Mono", "Dogwatch Symbols"'
    await document.fonts.load(families, text)
    const faces = [...document.fonts].filter((face) => face.status === 'loaded')
    return faces.map((face) => face.family.replaceAll('"', ''))
  }, marks)
  expect(loaded).toContain('Dogwatch Mono')
  expect(loaded).toContain('Dogwatch Symbols')
  // With a font that does not exist as the only other choice, a missing glyph would be of its width.
  const widths = await page.evaluate((text) => {
    const context = document.createElement('canvas').getContext('2d')
    if (!context) return []
    context.font = '100px "Dogwatch Mono", "Dogwatch Symbols"'
    return [...text].map((mark) => Math.round(context.measureText(mark).width))
  }, marks)
  expect(new Set(widths)).toEqual(new Set([60]))
  // The bar after the marks stands where the twenty-fourth cell begins. A font that arrives has the
  // rows drawn anew: until the next frame they are empty.
  const gap = () =>
    grid(page).evaluate(
      (element, count) => {
        const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          const at = node.textContent?.indexOf('|') ?? -1
          if (at < 0) continue
          const range = document.createRange()
          range.setStart(node, at)
          range.setEnd(node, at + 1)
          const cell = element.getBoundingClientRect().width / 80
          return Math.abs(
            range.getBoundingClientRect().left -
              element.getBoundingClientRect().left -
              count * cell,
          )
        }
        return undefined
      },
      [...marks].length,
    )
  await expect.poll(gap).toBeLessThan(2)
})

test('a selection is copied with Ctrl+C, which interrupts only without one', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({
    name: 'work',
    cols: 80,
    rows: 10,
    command: 'echo copy-this-word; exec cat',
  })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await expectRow(page, 'copy-this-word')
  await clickCell(page, 4, 0, 2)
  await page.keyboard.press('Control+c')
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toBe('copy-this-word')
  await expect
    .poll(() => tmux.run('list-panes', '-a', '-F', '#{pane_current_command}'))
    .toContain('cat')
  // The selection is gone: now it interrupts, and with its program the session ends.
  await page.keyboard.press('Control+c')
  await expect(page.getByText('This is its last screen')).toBeVisible()
  await expectRow(page, 'copy-this-word')
})

test('what tmux wants on the clipboard gets there by a click and not before', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', cols: 80, rows: 10 })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await page.evaluate(() => navigator.clipboard.writeText('before'))
  const [ours = ''] = await attached(tmux)
  await tmux.run('set-buffer', '-w', '-t', ours, '<b>from tmux</b> 日本')
  const card = page.getByRole('dialog', { name: 'Copy 23 bytes from the terminal?' })
  await expect(card).toContainText('<b>from tmux</b> 日本')
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('before')
  // Nobody asked for the card: typing goes on.
  await page.keyboard.type('echo typed-on\n')
  await expectRow(page, /^typed-on$/)
  await card.getByRole('button', { name: 'Copy' }).click()
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toBe('<b>from tmux</b> 日本')
})

test('a link shows its true target before it opens, and only web addresses do', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({
    name: 'work',
    cols: 80,
    rows: 10,
    command: 'exec cat',
  })
  await using server = await startServer({ tmux })
  const address = `${server.url}/api/health?q=1`
  await openTerminal(page, server, 'work')
  await tmux.run('send-keys', '-t', '%0', '-l', address)
  await expectRow(page, /health\?q=1$/)
  const card = page.getByRole('dialog', { name: 'Open this address?' })
  // A row that is drawn once more takes the link away until the pointer moves.
  await expect(async () => {
    if (await card.isVisible()) return
    const box = await grid(page).boundingBox()
    await page.mouse.move((box?.x ?? 0) + 60, (box?.y ?? 0) + 8)
    await page.mouse.move((box?.x ?? 0) + 62, (box?.y ?? 0) + 8)
    const pointer = page.locator('.term-host:visible .xterm-cursor-pointer')
    await expect(pointer).toBeVisible({ timeout: 1_000 })
    await page.mouse.click((box?.x ?? 0) + 62, (box?.y ?? 0) + 8)
    await expect(card).toBeVisible({ timeout: 1_000 })
  }).toPass()
  await expect(card).toContainText(address)
  const opened = page.waitForEvent('popup')
  await card.getByRole('button', { name: 'Open' }).click()
  const popup = await opened
  await expect(popup).toHaveURL(address)
  expect(await popup.evaluate('window.opener')).toBeNull()
  await popup.close()
})

test('five terminals are open at once and each shows its own session', async ({ page }) => {
  await using tmux = await startTmux()
  const names = ['one', 'two', 'three', 'four', 'five']
  for (const name of names) {
    await tmux.newSession({ name, cols: 80, rows: 20, command: `echo I-am-${name}; exec cat` })
  }
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'one')
  for (const name of names.slice(1)) await openSession(page, name)
  for (const name of names) {
    await openSession(page, name)
    await expectRow(page, `I-am-${name}`)
    await page.keyboard.type(`typed-in-${name}\n`)
    await expectRow(page, `typed-in-${name}`)
  }
  for (const [index, name] of names.entries()) {
    await openSession(page, name)
    await expectSameScreen(page, tmux, `%${index}`)
  }
  expect(await page.locator('.term-host .xterm').count()).toBe(5)
})

test('a window that changes its size changes the grid, at a size of text that shows all of it', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', cols: 80, rows: 20 })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await expect.poll(async () => (await rows(page)).length).toBe(21)
  await tmux.run('resize-window', '-t', '@0', '-x', '240', '-y', '70')
  await expect.poll(async () => (await rows(page)).length, { timeout: 15_000 }).toBe(71)
  await expect(async () => {
    const inner = await grid(page).boundingBox()
    const outer = await page.locator('.term-slot:visible').first().boundingBox()
    expect((inner?.x ?? 0) + (inner?.width ?? 0)).toBeLessThanOrEqual(
      (outer?.x ?? 0) + (outer?.width ?? 0),
    )
    expect((inner?.y ?? 0) + (inner?.height ?? 0)).toBeLessThanOrEqual(
      (outer?.y ?? 0) + (outer?.height ?? 0),
    )
  }).toPass()
  await page.keyboard.type('seq 100\n')
  await expectRow(page, /^100$/)
  await expectSameScreen(page, tmux, '%0')
})
