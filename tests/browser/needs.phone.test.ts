import { expect, type Page, test } from 'playwright/test'
import type { AgentView, SearchResponse } from '../../server/protocol.ts'
import { agent } from '../support/agent-view.ts'
import { tellAgents } from '../support/feed-agents.ts'
import { axeViolations, openApp, row, rowNames } from '../support/page.ts'
import { overflow, smallTargets } from '../support/phone.ts'
import { startServer } from '../support/server.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'

const MINUTE = 60_000
const nav = (page: Page, name: string | RegExp) =>
  page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name })

/** So many agents that ask, each longer than the one before, one that failed, and one at work. */
async function startAsking(tmux: Tmux, count: number): Promise<AgentView[]> {
  const names = Array.from({ length: count }, (_, index) => `ask-${index + 1}`)
  for (const name of [...names, 'broken', 'busy']) await tmux.newSession({ name, command: 'cat' })
  const now = Date.now()
  return [
    ...names.map((name, index) => {
      const since = now - (index + 2) * MINUTE
      const ask = { id: `q-${name}`, kind: 'permission', text: `run ${name}`, since } as const
      const lastWords = `I have to run ${name} now.`
      return agent({ id: name, session: name, activity: 'asking', since, ask, lastWords })
    }),
    agent({ id: 'broken', session: 'broken', activity: 'failed', since: now - MINUTE }),
    agent({ id: 'busy', session: 'busy', since: now, tool: 'Edit x.ts' }),
  ]
}

test('the first screen is who needs me: five in their order, with words and time, then all', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const agents = await startAsking(tmux, 6)
  await using server = await startServer({ tmux })
  await tellAgents(page, agents)
  const { problems } = await openApp(page, server)
  await expect(nav(page, 'Needs you 7')).toHaveAttribute('aria-current', 'page')
  // Who waits longest stands first.
  await expect.poll(() => rowNames(page)).toEqual(['ask-6', 'ask-5', 'ask-4', 'ask-3', 'ask-2'])
  const first = row(page, 'ask-6')
  await expect(first.locator('.when')).toHaveText('permission 7 min')
  await expect(first.locator('.what')).toHaveText('Permission: run ask-6')
  await expect(first.locator('.words')).toHaveText('“I have to run ask-6 now.”')
  await expect.poll(() => smallTargets(page)).toEqual([])
  await expect.poll(() => overflow(page)).toEqual({ x: 0, y: 0 })
  expect(await axeViolations(page)).toEqual([])

  await page.getByRole('button', { name: 'Show all 7' }).tap()
  await expect.poll(() => rowNames(page)).toHaveLength(7)
  expect((await rowNames(page)).at(-1)).toBe('broken')

  await page.getByRole('link', { name: 'All sessions: 1 working' }).tap()
  await expect(nav(page, 'Sessions')).toHaveAttribute('aria-current', 'page')
  await expect(row(page, 'busy')).toBeVisible()
  await row(page, 'busy').getByRole('link').tap()
  await expect(page.getByRole('navigation', { name: 'Pages' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Back to the list' }).tap()
  await expect(page).toHaveURL(/\/sessions$/)
  await expect(row(page, 'busy')).toBeVisible()
  await nav(page, /Needs you/).tap()
  await expect(row(page, 'busy')).toHaveCount(0)
  expect(problems).toEqual([])
})

test('five who failed fit the first screen, each with its words and its acts', async ({ page }) => {
  await using tmux = await startTmux()
  const agents = ['one', 'two', 'three', 'four', 'five'].map((name) =>
    agent({ id: name, session: name, activity: 'failed', lastWords: `The work of ${name} ended.` }),
  )
  for (const { session } of agents) await tmux.newSession({ name: session, command: 'cat' })
  await using server = await startServer({ tmux })
  await tellAgents(page, agents)
  await openApp(page, server)
  const rows = page.locator('.row')
  await expect(rows).toHaveCount(5)
  await expect(rows.locator('.words')).toHaveCount(5)
  await expect(rows.nth(4)).toBeInViewport({ ratio: 1 })
  for (const name of ['Snooze', 'Dismiss']) {
    await expect(rows.nth(4).getByLabel(name)).toBeInViewport({ ratio: 1 })
  }
  // The acts stand beside the words, not over them.
  const words = await rows.nth(4).locator('.words').boundingBox()
  const snooze = await rows.nth(4).locator('.snooze').boundingBox()
  expect((words?.x ?? 0) + (words?.width ?? 0)).toBeLessThanOrEqual(snooze?.x ?? 0)
  await expect.poll(() => smallTargets(page)).toEqual([])
  expect(await axeViolations(page)).toEqual([])
})

test('when nobody needs me the first screen says so and shows the rest, until somebody does', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const agents = (await startAsking(tmux, 1)).filter(({ id }) => id === 'busy')
  await using server = await startServer({ tmux })
  const told = await tellAgents(page, agents)
  await openApp(page, server)
  await expect(page.getByTestId('all-clear')).toContainText('All clear')
  await expect(page.getByTestId('all-clear')).toContainText('1 working, 2 without an agent')
  await expect(row(page, 'busy')).toBeVisible()
  expect(await axeViolations(page)).toEqual([])
  told.tell(agent({ id: 'broken', session: 'broken', activity: 'failed', since: Date.now() }))
  await expect(page.getByTestId('all-clear')).toHaveCount(0)
  await expect.poll(() => rowNames(page)).toEqual(['broken'])
  await expect(nav(page, 'Needs you 1')).toBeVisible()
})

for (const [width, height] of [
  [320, 568],
  [844, 390],
] as const) {
  test(`every page has its way around and fits ${width} by ${height}`, async ({ page }) => {
    await page.setViewportSize({ width, height })
    await using tmux = await startTmux()
    const agents = await startAsking(tmux, 2)
    await using server = await startServer({ tmux })
    await tellAgents(page, agents)
    await openApp(page, server)
    for (const name of ['Sessions', 'Wall', 'Search', 'Settings', /Needs you/]) {
      await nav(page, name).tap()
      await expect(nav(page, name)).toHaveAttribute('aria-current', 'page')
      await expect(page.locator('.waiting')).toHaveCount(0)
      await expect.poll(() => overflow(page), `${name}`).toEqual({ x: 0, y: 0 })
      await expect.poll(() => smallTargets(page), `${name}`).toEqual([])
      const box = await page.getByRole('navigation', { name: 'Pages' }).boundingBox()
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeCloseTo(height, 0)
    }
  })
}

test('search and settings pass the accessibility check under a thumb', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'one', command: 'printf "needle\\n"; exec cat' })
  await using server = await startServer({ tmux })
  // The page searches once, as it opens.
  const api = server.api(await server.pair())
  const hits = async () => (await api.get<SearchResponse>('/api/search?q=needle')).json.hits
  await expect.poll(hits).toHaveLength(1)
  await openApp(page, server, { path: '/search?q=needle' })
  await page.locator('.hit').tap()
  await expect(page.locator('.slot:not(.hidden) .title')).toHaveText('one')
  await page.goBack()
  await expect(page.locator('.hit')).toBeVisible()
  expect(await axeViolations(page)).toEqual([])
  await nav(page, 'Settings').tap()
  await expect(page.getByRole('heading', { name: 'This device', exact: true })).toBeVisible()
  expect(await axeViolations(page)).toEqual([])
})
