import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page, test } from 'playwright/test'
import { ACTS } from '../../web/state/shortcuts.ts'
import { axeViolations, openApp, row } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { openSession } from '../support/terminal-tab.ts'
import { startTmux } from '../support/tmux.ts'

/** Presses a chord and closes what it opens. */
async function press(page: Page, chord: string, opens: boolean): Promise<void> {
  await page.keyboard.press(chord.replace('Mod', 'Control'))
  if (!opens) return
  await expect(page.getByRole('dialog').getByRole('combobox')).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
}

test('no shortcut changes the bytes that reach the pane while the terminal has the focus', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const seen = join(tmux.dir, 'bytes')
  await tmux.newSession({
    name: 'reads',
    command: `stty raw -echo; echo ready; exec cat > ${seen}`,
  })
  await tmux.newSession({ name: 'other', command: 'cat' })
  await using server = await startServer({ tmux })
  const { problems } = await openApp(page, server)
  await openSession(page, 'reads')
  await expect(page.locator('.slot.current')).toContainText('ready')
  const bytes = () => (existsSync(seen) ? readFileSync(seen, 'latin1') : '')
  const terminal = page.locator('.slot.current .xterm-helper-textarea')
  let wanted = ''
  for (const { id, keys } of ACTS) {
    for (const chord of keys) {
      await terminal.focus()
      await press(page, chord, /^Mod\+Shift/.test(chord) && ['palette', 'beside'].includes(id))
      // A single key is typed as what it is; ^K is the terminal's own; every other chord is nothing.
      if (!chord.startsWith('Mod+')) wanted += chord
      else if (!chord.includes('Shift')) wanted += '\x0b'
      if (id === 'search' && chord.startsWith('Mod+')) {
        await expect(page).toHaveURL(/\/search$/)
        await page.goBack()
      }
      await expect(terminal, id).toBeVisible()
      await terminal.focus()
      await page.keyboard.press('.')
      wanted += '.'
      await expect.poll(bytes, { message: `${id} ${chord}` }).toBe(wanted)
    }
  }
  // What programs in a terminal live on: nothing of it is ours.
  for (const [key, code] of [
    ['Control+p', '\x10'],
    ['Control+n', '\x0e'],
    ['Control+l', '\x0c'],
    ['Alt+k', '\x1bk'],
    ['Escape', '\x1b'],
    ['Tab', '\t'],
    ['Shift+Tab', '\x1b[Z'],
  ] as const) {
    await page.keyboard.press(key)
    wanted += code
    await expect.poll(bytes, { message: key }).toBe(wanted)
  }
  expect(problems).toEqual([])
})

test('in a text field every single key is a character, and no chord changes the text', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  const field = page.getByRole('searchbox', { name: 'Find a session' })
  let wanted = ''
  for (const { id, keys } of ACTS) {
    for (const chord of keys) {
      await field.focus()
      await press(page, chord, id === 'palette')
      if (!chord.startsWith('Mod+')) wanted += chord
      // The page that it leads to takes the focus once it is there.
      else if (id === 'search') {
        await expect(page.getByRole('searchbox', { name: 'Search everything' })).toBeFocused()
      }
      await expect(field, `${id} ${chord}`).toHaveValue(wanted)
    }
  }
})

test('in the list single keys act: the help sheet, the palette, rows, pages and dialogs', async ({
  page,
}) => {
  await using tmux = await startTmux()
  for (const name of ['alpha', 'beta', 'gamma']) await tmux.newSession({ name, command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  const link = (name: string) => row(page, name).getByRole('link')
  await expect(link('gamma')).toBeVisible()
  await page.keyboard.press('j')
  await expect(link('alpha')).toBeFocused()
  await page.keyboard.press('j')
  await page.keyboard.press('ArrowDown')
  await expect(link('gamma')).toBeFocused()
  await page.keyboard.press('k')
  await expect(link('beta')).toBeFocused()
  for (const [key, name] of [
    ['?', 'Keyboard shortcuts'],
    ['d', 'Devices'],
    ['c', 'New session'],
    ['Control+k', 'Find and do anything'],
  ] as const) {
    await page.keyboard.press(key)
    await expect(page.getByRole('dialog', { name })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toHaveCount(0)
    // The way back is part of the way.
    await expect(link('beta'), name).toBeFocused()
  }
  await page.keyboard.press('/')
  await expect(page.getByRole('searchbox', { name: 'Find a session' })).toBeFocused()
  await page.keyboard.press('Escape')
  await page.keyboard.press(',')
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible()
  await page.keyboard.press('w')
  await expect(page.getByRole('heading', { name: 'Wall' })).toBeVisible()
})

test('a terminal is no trap: one chord leads to its row, Enter back into it', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'alpha', command: 'cat' })
  await tmux.newSession({ name: 'beta', command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await expect(row(page, 'beta')).toBeVisible()
  await page.keyboard.press('j')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const terminal = page.locator('.slot.current .xterm-helper-textarea')
  await expect(terminal).toBeFocused()
  await page.keyboard.press('Control+Shift+L')
  await expect(row(page, 'beta').getByRole('link')).toBeFocused()
  await page.keyboard.press('i')
  await expect(terminal).toBeFocused()
  const box = page.getByRole('textbox', { name: 'Message to the program' })
  await expect(box).toBeVisible()
  await page.keyboard.press('Control+Shift+M')
  await expect(box).toBeFocused()
  await page.keyboard.press('Control+Shift+L')
  await page.keyboard.press('r')
  await expect(page.getByLabel('New name of the session')).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(row(page, 'beta').getByRole('link')).toBeFocused()
  await page.keyboard.press('b')
  await expect(page.getByRole('dialog', { name: 'Scrollback' })).toBeVisible()
})

test('the help sheet names every act with its keys and passes the accessibility check', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  for (const { words } of ACTS)
    await expect(sheet.locator('dt').getByText(words, { exact: true })).toHaveCount(1)
  expect(await axeViolations(page)).toEqual([])
  // Who presses keys by mistake, or by voice, has them do nothing.
  await sheet.getByRole('checkbox', { name: 'Single keys act' }).uncheck()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'Keyboard shortcuts' })).toBeFocused()
  await page.keyboard.press('w')
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog', { name: 'Find and do anything' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/settings$/)
})
