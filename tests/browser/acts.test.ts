import { expect, type Page, test } from 'playwright/test'
import { FakeAgent } from '../support/fake-agent.ts'
import { axeViolations, openApp, row } from '../support/page.ts'
import { type Server, startServer } from '../support/server.ts'
import { openSession } from '../support/terminal-tab.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'

/** Presses a key until something with these words has the focus, and is seen to have it. */
async function walkTo(page: Page, key: string, words: string): Promise<void> {
  const target = page.locator('.slot.current').getByRole('button', { name: words, exact: true })
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press(key)
    if (await target.evaluate((element) => element === document.activeElement)) break
  }
  await expect(target).toBeFocused()
  await expect(target).toHaveCSS('outline-style', 'solid')
}

/** An agent whose question is in sight of the page. */
async function asking(tmux: Tmux, page: Page, server: Server, name: string): Promise<FakeAgent> {
  const fake = new FakeAgent(tmux, 'claude', name)
  await fake.start()
  fake.show('03-permission-bash')
  await openApp(page, server)
  await expect(row(page, name).getByRole('button', { name: 'Allow once' })).toBeVisible()
  return fake
}

test('a permission is given by a chord from within the terminal, and by no single key', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'plain', command: 'cat' })
  await using server = await startServer({ tmux })
  const fake = await asking(tmux, page, server, 'work')
  await openSession(page, 'work')
  await expect(page.locator('.slot.current .ask-bar')).toContainText('Waiting for your permission')
  await page.keyboard.press('Control+Shift+O')
  await expect.poll(() => fake.typed()).toBe('\r')
  fake.show('05-after-approve')
  await expect(page.locator('.slot.current .waiting-for')).not.toBeVisible()
  // The second press finds nothing to answer, and types nothing.
  await page.keyboard.press('Control+Shift+O')
  await expect(page.locator('.toast')).toContainText('Allow once: there is nothing here')
  expect(fake.typed()).toBe('\r')
})

test('whoever points at a row is asked nothing over its words', async ({ page }) => {
  await using tmux = await startTmux()
  await using server = await startServer({ tmux })
  await asking(tmux, page, server, 'work')
  const told = row(page, 'work')
  await told.hover()
  const why = told.getByRole('button', { name: /^Why work is/ })
  await expect(why).toHaveCSS('opacity', '1')
  // It says what stands under it, letter on letter.
  await expect(why).toHaveText(/^permission.*\?$/)
  const parts = [why, told.locator('.second'), told.locator('.name')]
  // Each is looked at by itself, and what the agent says may come in between.
  await expect(async () => {
    const [button, words, name] = await Promise.all(parts.map((part) => part.boundingBox()))
    if (!button || !words || !name) throw new Error('a part of the row is not drawn')
    expect(button.y + button.height).toBeLessThanOrEqual(words.y + 2)
    expect(button.x).toBeGreaterThanOrEqual(name.x + name.width - 2)
  }).toPass({ timeout: 15_000 })
})

test('who needs somebody is reached and put aside with keys alone', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'plain', command: 'cat' })
  await using server = await startServer({ tmux })
  const fake = await asking(tmux, page, server, 'work')
  await openSession(page, 'plain')
  await page.keyboard.press('Control+Shift+A')
  await expect(page.locator('.slot.current .head .title')).toHaveText('work')
  // A terminal takes the focus once it is there.
  await expect(page.locator('.slot.current .xterm-helper-textarea')).toBeFocused()
  await page.keyboard.press('Control+Shift+L')
  await page.keyboard.press('e')
  const why = page.getByRole('dialog', { name: 'Claude Code is asking' })
  await expect(why).toBeVisible()
  expect(await axeViolations(page)).toEqual([])
  await page.keyboard.press('Escape')
  await expect(why).toHaveCount(0)
  await page.keyboard.press('3')
  await expect(page).toHaveURL(/\/timeline$/)
  await page.keyboard.press('1')
  await page.keyboard.press('Control+Shift+H')
  await expect(page.locator('.slot.current .waiting-for')).toHaveCount(0)
  await expect(row(page, 'work').locator('.when')).toContainText('asking')
  expect(fake.typed()).toBe('')
})

test('every act of a row and of the page is reached with Tab and Enter, and shows its focus', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'plain', command: 'cat' })
  await using server = await startServer({ tmux })
  const fake = await asking(tmux, page, server, 'work')
  const reached: string[] = []
  await page.getByRole('searchbox', { name: 'Find a session' }).focus()
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press('Tab')
    const now = await page.evaluate(() => {
      const element = document.activeElement
      if (!element || element === document.body) return undefined
      const { outlineStyle, outlineWidth } = getComputedStyle(element)
      const words = element.getAttribute('aria-label') ?? element.textContent ?? ''
      return { words: words.trim(), ring: `${outlineStyle} ${outlineWidth}` }
    })
    if (!now) break
    expect(now.ring, now.words).toBe('solid 2px')
    reached.push(now.words)
  }
  for (const words of ['New', 'Allow once', 'Deny', 'Snooze', 'Dismiss', 'Settings', 'Devices']) {
    expect(reached).toContain(words)
  }
  expect(reached.filter((words) => words.includes('Why'))).toHaveLength(1)
  expect(reached).toContain('Find and do anything')
  await row(page, 'work').getByRole('button', { name: 'Deny' }).focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => fake.typed()).toBe('\x1b')
})

test('around a terminal, which takes Tab for itself, every act is reached from both sides', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'plain', command: 'cat' })
  await using server = await startServer({ tmux })
  const fake = await asking(tmux, page, server, 'work')
  await openSession(page, 'work')
  const terminal = page.locator('.slot.current .xterm-helper-textarea')
  await expect(terminal).toBeFocused()
  // From the list through the head: up to where the terminal begins.
  await page.keyboard.press('Control+Shift+L')
  for (const words of ['Fit', 'More about work']) await walkTo(page, 'Tab', words)
  await page.keyboard.press('Tab')
  await expect(terminal).toBeFocused()
  // From the box below back through the bar of what waits.
  await expect(page.getByRole('textbox', { name: 'Message to the program' })).toBeVisible()
  await page.keyboard.press('Control+Shift+M')
  for (const words of ['Dismiss', 'Deny', 'Allow once']) await walkTo(page, 'Shift+Tab', words)
  expect(fake.typed()).toBe('')
  await page.keyboard.press('Enter')
  await expect.poll(() => fake.typed()).toBe('\r')
})
