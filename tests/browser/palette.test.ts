import { expect, test } from 'playwright/test'
import { axeViolations, openApp, row } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { openSession } from '../support/terminal-tab.ts'
import { startTmux } from '../support/tmux.ts'

test('the palette finds a session and an act, and opens them with the keyboard alone', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const names = ['billing-api', 'search-index', 'docs']
  for (const name of names) {
    await tmux.newSession({ name, command: `echo I am ${name}; exec cat` })
  }
  await using server = await startServer({ tmux })
  const { problems } = await openApp(page, server)
  // What may be chosen is what could be when it opened.
  for (const name of names) await expect(row(page, name)).toBeVisible()
  await page.keyboard.press('Control+k')
  const palette = page.getByRole('dialog', { name: 'Find and do anything' })
  const field = palette.getByRole('combobox')
  await expect(field).toBeFocused()
  await expect(palette.getByRole('group', { name: 'Sessions' }).getByRole('option')).toHaveCount(3)
  expect(await axeViolations(page)).toEqual([])
  await field.fill('sea ind')
  await expect(palette.getByRole('option')).toHaveCount(1)
  const active = await field.getAttribute('aria-activedescendant')
  await expect(palette.locator(`[id="${active}"]`)).toContainText('search-index')
  await page.keyboard.press('Enter')
  await expect(palette).toHaveCount(0)
  await expect(page.locator('.slot.current')).toContainText('I am search-index')

  // From within the terminal, by the chord that it sends no bytes for.
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused()
  await page.keyboard.press('Control+Shift+K')
  await field.fill('wall')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Wall' })).toBeVisible()
  await page.keyboard.press('Control+k')
  await field.fill('there is no such thing')
  await expect(palette).toContainText('Nothing here is called that.')
  expect(await axeViolations(page)).toEqual([])
  expect(problems).toEqual([])
})

test('arrow keys walk the palette and go round, page keys pass several lines', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'one', command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await expect(row(page, 'one')).toBeVisible()
  const opener = page.getByRole('button', { name: 'Find and do anything' })
  await opener.click()
  const options = page.getByRole('dialog').getByRole('option')
  const chosen = page.locator('[role=option][aria-selected=true]')
  const first = (await options.first().textContent()) ?? ''
  const last = (await options.last().textContent()) ?? ''
  await expect(chosen).toHaveText(first)
  await page.keyboard.press('ArrowUp')
  await expect(chosen).toHaveText(last)
  await expect(chosen).toBeInViewport()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('PageDown')
  await expect(chosen).toHaveText((await options.nth(8).textContent()) ?? '')
  await page.keyboard.press('PageUp')
  await page.keyboard.press('PageUp')
  await expect(chosen).toHaveText(first)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(opener).toBeFocused()
})

test('an act of the palette begins where the focus was: a name to edit, a question to answer', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'stays', command: 'cat' })
  await tmux.newSession({ name: 'work', command: 'cat' })
  await using server = await startServer({ tmux })
  // A busy browser draws late: what one dialog leads to opens before the frame after it.
  await page.addInitScript(() => {
    const frame = window.requestAnimationFrame.bind(window)
    const after = (frames: number, work: FrameRequestCallback): number =>
      frame(frames > 0 ? () => after(frames - 1, work) : work)
    window.requestAnimationFrame = (work) => after(20, work)
  })
  await openApp(page, server)
  await openSession(page, 'work')
  const field = page.getByRole('combobox', { name: 'Find and do anything' })
  // Who is quicker than the terminal still has the focus in the list.
  await row(page, 'work').locator('a').first().focus()
  await page.keyboard.press('Control+Shift+K')
  await field.fill('rename')
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('New name of the session')).toBeFocused()
  await page.keyboard.type('renamed')
  // Who is quick opens the next dialog before the answer takes the field of the name away.
  let letAnswer = () => {}
  const answered = new Promise<void>((resolve) => {
    letAnswer = resolve
  })
  await page.route('**/api/sessions/*', async (route) => {
    const response = await route.fetch()
    await answered
    await route.fulfill({ response })
  })
  await page.keyboard.press('Enter')
  await expect(row(page, 'renamed')).toBeVisible()

  await page.keyboard.press('Control+Shift+K')
  await expect(field).toBeFocused()
  letAnswer()
  await expect(page.getByLabel('New name of the session')).toHaveCount(0)
  await field.fill('end session')
  await page.keyboard.press('Enter')
  const question = page.getByRole('dialog', { name: 'End renamed?' })
  await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(question).toHaveCount(0)
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused()
})

test('a device that may only watch finds no act that changes anything', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'seen', command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server, { scope: 'watch' })
  await openSession(page, 'seen')
  await page.keyboard.press('Control+Shift+K')
  await expect(page.getByRole('option', { name: 'Scrollback and search' })).toBeVisible()
  const forbidden = /New session|Rename|End the|Fit to|Devices|Allow|Deny|Write a message/
  await expect(page.getByRole('option', { name: forbidden })).toHaveCount(0)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Settings' }).focus()
  await page.keyboard.press('c')
  await page.keyboard.press('x')
  await expect(page.getByRole('dialog')).toHaveCount(0)
})
