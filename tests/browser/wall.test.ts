import { expect as expectSoon, type Page, test } from 'playwright/test'
import type { SessionsResponse } from '../../server/protocol.ts'
import { fleet, startFleet } from '../support/agent-fleet.ts'
import { tellAgents } from '../support/feed-agents.ts'
import { axeViolations, openApp } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

/** A hundred sessions start here, and a busy machine takes its time. */
const expect = expectSoon.configure({ timeout: 30_000 })
test.setTimeout(120_000)

/** Panes whose screens the page has asked for since the last call, each as often as it asked. */
function askedScreens(page: Page): () => string[] {
  const asked: string[] = []
  page.on('request', (request) => {
    const pane = /\/api\/panes\/([^/]+)\/screen/.exec(request.url())?.[1]
    if (pane) asked.push(decodeURIComponent(pane))
  })
  return () => asked.splice(0)
}

async function openWall(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Wall of all sessions' }).first().click()
  await expect(page.getByRole('heading', { name: 'Wall' })).toBeVisible()
}

test('a hundred sessions are still pictures: those in sight follow, the others cost nothing', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const names = Array.from({ length: 100 }, (_, at) => `s${String(at).padStart(2, '0')}`)
  for (let from = 0; from < 100; from += 20) {
    const made = names.slice(from, from + 20).map((name) => {
      const command = `printf '\\033[32mhello from ${name}\\033[0m\\n'; exec cat`
      return ['new-session', '-d', '-s', name, '-x', '100', '-y', '30', command]
    })
    await tmux.run(...made.flatMap((one, at) => (at > 0 ? [';', ...one] : one)))
  }
  await using server = await startServer({ tmux })
  const asked = askedScreens(page)
  const { problems } = await openApp(page, server)
  await expect(page.locator('.rail .count')).toHaveText('100 sessions')
  await openWall(page)
  const tiles = page.locator('.tile')
  await expect(tiles).toHaveCount(100)
  await expect(tiles.first().locator('.still')).toContainText('hello from s00')
  await expect(page.locator('.wall canvas, .wall .xterm')).toHaveCount(0)
  const inSight = () =>
    tiles.evaluateAll(
      (all) =>
        all.filter((tile) => {
          const { top, bottom } = tile.getBoundingClientRect()
          return bottom > 0 && top < innerHeight
        }).length,
    )
  await expect(async () => {
    await expect(page.locator('.tile .still')).toHaveCount(await inSight(), { timeout: 1_000 })
  }).toPass({ timeout: 30_000 })
  // A grid that makes its rows as low as all of them need would show every one.
  expect(await inSight()).toBeLessThan(20)
  expect(new Set(asked()).size).toBe(await inSight())

  // One in sight and one far below print: only the first is read.
  const { sessions } = (
    await server.api(await server.pair()).get<SessionsResponse>('/api/sessions')
  ).json
  const paneOf = (name: string) =>
    sessions.find((session) => session.name === name)?.windows[0]?.panes[0]?.id ?? ''
  await tmux.run('send-keys', '-t', '=s99:', 'far below', 'Enter')
  await tmux.run('send-keys', '-t', '=s00:', 'printed now', 'Enter')
  await expect(tiles.first().locator('.still')).toContainText('printed now')
  const later = asked()
  expect(later).toContain(paneOf('s00'))
  expect(later).not.toContain(paneOf('s99'))
  // Scrolled to, it is as new as any.
  await tiles.last().scrollIntoViewIfNeeded()
  await expect(tiles.last().locator('.still')).toContainText('far below')
  expect(asked()).toContain(paneOf('s99'))
  expect(await axeViolations(page)).toEqual([])
  expect(problems).toEqual([])
})

test('who needs somebody stands first, says so, and no tile moves under the pointer', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await startFleet(tmux)
  await using server = await startServer({ tmux })
  const told = await tellAgents(page, fleet())
  await openApp(page, server)
  await openWall(page)
  const names = () => page.locator('.tile b bdi').allTextContents()
  await expect
    .poll(names)
    .toEqual([...['billing', 'search', 'auth', 'docs', 'mystery', 'perf', 'plain']])
  const heads = page.locator('.tile-head')
  await expect(heads.nth(0)).toHaveText(/◆\s*billing\s*Claude Code, permission 2 min/)
  await expect(heads.nth(1)).toHaveText(/▲\s*search\s*Codex, failed 6 min/)
  await expect(heads.nth(2)).toHaveText(/●\s*auth\s*Claude Code, working 4:\d\d/)
  await expect(heads.nth(6)).toHaveText(/[●○]\s*plain\s*(printing|quiet)/)
  const shots = process.env.DOGWATCH_SHOTS
  if (shots) await page.screenshot({ path: `${shots}/wall.png` })

  await page.locator('.tile').nth(3).hover()
  const docs = fleet().find(({ id }) => id === 'docs')
  if (!docs) throw new Error('the fleet is short')
  const waiting = page.locator('.tile.waits')
  await expect(waiting).toHaveCount(2)
  told.tell({ ...docs, activity: 'failed' })
  // That it failed is told before that it needs somebody, which is what would move it.
  await expect(waiting).toHaveCount(3)
  await expect(heads.nth(3)).toHaveText(/▲\s*docs/)
  expect((await names()).indexOf('docs')).toBe(3)
  await page.mouse.move(5, 5)
  await expect.poll(async () => (await names()).indexOf('docs')).toBeLessThan(3)
  await page.getByRole('checkbox', { name: 'Only agents' }).check()
  await expect(page.locator('.tile', { hasText: 'plain' })).toHaveCount(0)
  await page.locator('.tile', { hasText: 'billing' }).getByRole('link').press('Enter')
  await expect(page).toHaveURL(/\/s\//)
  await expect(page.locator('.slot:not(.hidden) .head .title')).toHaveText('billing')
})

test('an empty wall says what will stand there', async ({ page }) => {
  await using tmux = await startTmux()
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await openWall(page)
  await expect(page.getByRole('heading', { name: 'Nothing to show' })).toBeVisible()
  expect(await axeViolations(page)).toEqual([])
  // The style of dialogs comes with the first of them, and stays.
  const only = page.locator('label', { hasText: 'Only agents' })
  const before = await only.boundingBox()
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect(await only.boundingBox()).toEqual(before)
})
