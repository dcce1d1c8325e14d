import { expect, type Page, test } from 'playwright/test'
import { FakeAgent } from '../support/fake-agent.ts'
import { openApp, row } from '../support/page.ts'
import { smallTargets } from '../support/phone.ts'
import { type Server, startServer } from '../support/server.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'

const NAME = 'auth-refactor'

/** The page beside an agent that asks; another one asks too, so that there is a next. */
async function openAsking(page: Page, tmux: Tmux, server: Server): Promise<void> {
  for (const name of [NAME, 'other']) {
    const agent = new FakeAgent(tmux, 'claude', name)
    await agent.start()
    agent.show('03-permission-bash')
  }
  await openApp(page, server)
  for (const name of [NAME, 'other']) {
    await expect(row(page, name).getByRole('button', { name: 'Allow once' })).toBeVisible({
      timeout: 40_000,
    })
  }
}

/** Whether all text in the one element of the open session that is in sight has its room. */
function isWhole(page: Page, selector: string): Promise<boolean> {
  return page
    .locator(`.slot.current ${selector}`)
    .evaluate((element) => element.scrollWidth <= element.clientWidth)
}

test('the ways around stand apart: upright, turned, and over a keyboard', async ({ page }) => {
  await using tmux = await startTmux()
  await using server = await startServer({ tmux })
  await openAsking(page, tmux, server)
  const ways = page.getByRole('navigation', { name: 'Pages' })
  await expect(ways).toContainText('2')
  for (const [width, height] of [
    [390, 844],
    [844, 390],
    [390, 430],
    [320, 450],
  ] as const) {
    await page.setViewportSize({ width, height })
    const strays = () =>
      ways.getByRole('link').evaluateAll((links) =>
        links.flatMap((link) => {
          const { left, right } = link.getBoundingClientRect()
          const [icon, ...words] = [...link.querySelectorAll('svg, span, b')]
            .map((part) => part.getBoundingClientRect())
            .filter((box) => box.width > 1)
          const parts = [icon, ...words].filter((box) => box !== undefined)
          const out = parts.some((box) => box.left < left - 1 || box.right > right + 1)
          // A word that stands far from its face belongs to nothing.
          const far = (words[0]?.left ?? 0) - (icon?.right ?? 0) > 16
          return out || far ? [link.textContent] : []
        }),
      )
    await expect.poll(strays, { message: `${width}x${height}` }).toEqual([])
    await expect(ways.getByRole('link', { name: 'Sessions', exact: true })).toBeVisible()
    await expect.poll(() => smallTargets(page)).toEqual([])
  }
})

test('the head has room for the name and every view', async ({ page }) => {
  await using tmux = await startTmux()
  await using server = await startServer({ tmux })
  await openAsking(page, tmux, server)
  await row(page, NAME).getByRole('link').tap()
  await expect(page.locator('.slot.current .title')).toHaveText(NAME)
  await expect(page.locator('.slot.current .head .fit')).toBeVisible()
  await expect.poll(() => isWhole(page, '.title')).toBe(true)
  await page.getByRole('link', { name: 'Conversation' }).tap()
  // What only a terminal can do is no part of another view.
  await expect(page.locator('.slot.current .head .fit')).toBeHidden()
  await page.setViewportSize({ width: 844, height: 390 })
  await expect.poll(() => isWhole(page, '.title')).toBe(true)
  await expect.poll(() => isWhole(page, '.tabs.views')).toBe(true)
})

test('what an agent waits for is said to its end on the narrowest phone', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 568 })
  await using tmux = await startTmux()
  await using server = await startServer({ tmux })
  await openAsking(page, tmux, server)
  await row(page, NAME).getByRole('link').tap()
  await expect(page.locator('.slot.current .waiting-for')).toContainText('permission')
  await expect.poll(() => isWhole(page, '.waiting-for')).toBe(true)
  await expect.poll(() => smallTargets(page)).toEqual([])
})
