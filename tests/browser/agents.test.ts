import { expect, type Page, test } from 'playwright/test'
import { fleet, startFleet } from '../support/agent-fleet.ts'
import { agent } from '../support/agent-view.ts'
import { tellAgents } from '../support/feed-agents.ts'
import { axeViolations, openApp, row, rowNames } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

function headings(page: Page): Promise<string[]> {
  return page.locator('.list .heading h2').allTextContents()
}

test('sessions stand by what their agents need, told by shape, word and age', async ({ page }) => {
  await using tmux = await startTmux()
  await startFleet(tmux)
  await using server = await startServer({ tmux })
  const told = await tellAgents(page, fleet())
  const { problems } = await openApp(page, server)
  await expect(row(page, 'billing')).toBeVisible()
  await expect
    .poll(() => headings(page))
    .toEqual(['Needs you 2', 'Working 2', 'Unknown 1', 'Idle 1', 'Sessions 1', 'Ended 1'])
  await expect
    .poll(() => rowNames(page))
    .toEqual([...['billing', 'search', 'auth', 'perf', 'mystery', 'docs', 'plain', 'importer']])
  await expect(page).toHaveTitle(/^\(2\) .*dogwatch$/)
  const shapes = () => page.locator('.row-main > .glyph').allTextContents()
  // The plain session has just printed its prompt.
  await expect.poll(shapes).toEqual(['◆', '▲', '●', '↻', '?', '○', '○', '◌'])
  await expect(row(page, 'billing').locator('.when')).toHaveText('permission 2 min')
  await expect(row(page, 'billing').locator('.what')).toHaveText('Permission: npm run migrate')
  await expect(row(page, 'search').locator('.what')).toHaveText('Stopped: rate limit, resets 14:30')
  await expect(row(page, 'auth').locator('.when')).toHaveText(/^working 4:\d\d$/)
  await expect(row(page, 'auth').locator('.what')).toHaveText('Edit server/session.ts')
  await expect(row(page, 'auth').getByRole('img')).toHaveAccessibleName('62% of the context used')
  await expect(row(page, 'mystery').getByRole('img')).toHaveCount(0)
  await expect(row(page, 'docs').locator('.what')).toContainText('rewritten the landing page')
  expect(await axeViolations(page)).toEqual([])

  const said = page.getByTestId('attention')
  await expect(said).toHaveText('')
  const [billing, search, auth] = fleet()
  if (!billing || !search || !auth) throw new Error('the fleet is short')
  told.tell({ ...auth, activity: 'asking', ask: { ...ask('Delete the table?') } })
  await expect(said).toHaveText('auth, Claude Code: Question, Delete the table?')
  await expect(page).toHaveTitle(/^\(3\) /)
  for (const view of [billing, search, auth]) told.tell({ ...view, activity: 'working' })
  await expect(said).toHaveText('Nobody needs you now.')
  await expect(page).toHaveTitle(/^(?!\()/)
  expect(problems).toEqual([])
})

function ask(text: string) {
  return { id: 'q2', kind: 'question', text, since: Date.now() } as const
}

test('under the pointer no row moves, and it takes its place when the pointer has left', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await startFleet(tmux)
  await using server = await startServer({ tmux })
  const told = await tellAgents(page, fleet())
  await openApp(page, server)
  await expect.poll(() => rowNames(page)).toHaveLength(8)
  const before = await rowNames(page)
  await row(page, 'docs').hover()
  const docs = fleet().find(({ id }) => id === 'docs')
  if (!docs) throw new Error('the fleet is short')
  told.tell({ ...docs, activity: 'failed' })
  await tmux.newSession({ name: 'newcomer', command: 'exec cat' })
  await expect(row(page, 'docs').locator('.glyph')).toHaveText('▲')
  await expect(row(page, 'newcomer')).toBeVisible()
  const held = await rowNames(page)
  expect(held.filter((name) => name !== 'newcomer')).toEqual(before)
  expect(held.indexOf('newcomer')).toBeGreaterThan(held.indexOf('docs'))
  await page.mouse.move(900, 500)
  await expect.poll(() => rowNames(page).then((names) => names.indexOf('docs'))).toBe(1)
})

test('the search finds kind, title and state', async ({ page }) => {
  await using tmux = await startTmux()
  await startFleet(tmux)
  await using server = await startServer({ tmux })
  await tellAgents(page, fleet())
  await openApp(page, server)
  await expect(row(page, 'docs')).toBeVisible()
  const cases = { codex: ['search'], retrying: ['perf'], 'gemini idle': ['docs'] }
  for (const [query, names] of Object.entries(cases)) {
    await page.getByRole('searchbox').fill(query)
    await expect.poll(() => rowNames(page), query).toEqual(names)
  }
})

test('several agents of a session unfold, the most needing one speaks for it', async ({ page }) => {
  await using tmux = await startTmux()
  const session = await tmux.newSession({ name: 'pair', command: 'exec cat' })
  await tmux.run('new-window', '-d', '-t', `${session}:`, '-n', 'second', 'exec cat')
  await using server = await startServer({ tmux })
  const views = ['working', 'asking'] as const
  const agents = views.map((activity, index) =>
    agent({ id: `a${index}`, session: 'pair', activity, startedAt: index }),
  )
  await tellAgents(page, agents)
  await openApp(page, server)
  await expect(row(page, 'pair').locator('.when')).toHaveText(/^permission/)
  await expect(row(page, 'pair').locator('.side')).toContainText('2 agents')
  await page.getByRole('button', { name: 'Windows of pair' }).click()
  await expect(row(page, 'pair').locator('.windows .agent')).toHaveText([
    /Claude Code asking/,
    /Claude Code working/,
  ])
  expect(await axeViolations(page)).toEqual([])
})

test('subagents stand below their parent while they run, three of them in words', async ({
  page,
}) => {
  const auth = fleet()[2]
  if (!auth) throw new Error('the fleet is short')
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'auth', command: 'exec cat' })
  await using server = await startServer({ tmux })
  const told = await tellAgents(page, [auth])
  await openApp(page, server)
  const list = row(page, 'auth').getByRole('list', { name: 'Subagents' })
  await expect(row(page, 'auth').locator('.when')).toHaveText(/^working/)
  await expect(list).toHaveCount(0)
  const child = (at: number) => ({
    ...{ ...auth, id: `child-${at}`, parent: auth.id, title: `Part ${at}`, tool: `Read ${at}.ts` },
    startedAt: auth.startedAt + at,
  })
  for (const at of [2, 1]) told.tell(child(at))
  await expect(list.getByRole('listitem')).toHaveText([/Part 1 Read 1.ts/, /Part 2 Read 2.ts/])
  for (const at of [3, 4, 5]) told.tell(child(at))
  await expect(list.getByRole('listitem').last()).toHaveText('2 more')
  await expect.poll(() => rowNames(page)).toHaveLength(1)
  expect(await axeViolations(page)).toEqual([])
  for (const at of [1, 2, 3, 4]) told.forget(`child-${at}`)
  await expect(list.getByRole('listitem')).toHaveText([/Part 5/])
})

test('why shows source, line, time and what the others say; that’s wrong keeps a report', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await startFleet(tmux)
  await using server = await startServer({ tmux })
  await tellAgents(page, fleet())
  const at = Date.now()
  const evidence = { source: 'screen', line: 'Do you want to proceed?', at, confidence: 'high' }
  const sources = [
    { ...evidence, says: 'asking', since: at },
    { ...evidence, source: 'hook', says: 'working', line: 'PreToolUse Bash', since: at },
  ]
  const turn = {
    ...{ id: 't1', agent: 'billing', generation: 1, startedAt: at - 90_000, endedAt: at },
    ...{ end: 'done', prompt: 'Migrate it', lastWords: '', tools: 2, usage: { output: 12_400 } },
  }
  await page.route('**/api/agents/billing/evidence', (route) =>
    route.fulfill({ json: { agent: 'billing', activity: 'asking', evidence, sources } }),
  )
  await page.route('**/api/agents/billing/turns', (route) =>
    route.fulfill({ json: { turns: [turn] } }),
  )
  const wrong: unknown[] = []
  await page.route('**/api/agents/billing/wrong', (route) => {
    wrong.push(route.request().postDataJSON())
    return route.fulfill({ json: { path: '/data/reports/one.json' } })
  })
  await openApp(page, server)
  await row(page, 'billing').hover()
  await page.getByRole('button', { name: 'Why billing is asking' }).click()
  const box = page.getByRole('dialog', { name: 'Claude Code is asking' })
  await expect(box.getByTestId('evidence')).toContainText(
    'Told by the rows on its screen, high confidence',
  )
  await expect(box.getByTestId('evidence')).toContainText('Do you want to proceed?')
  await expect(box).toContainText('an event that it reported (hook): it works')
  await expect(box).toContainText('done 1:30, 12 k tokens')
  expect(await axeViolations(page)).toEqual([])
  await box.getByRole('button', { name: 'That’s wrong' }).click()
  await box.getByRole('button', { name: 'idle' }).click()
  await expect(box).toContainText('/data/reports/one.json')
  expect(wrong).toEqual([{ expected: 'idle' }])
  await page.keyboard.press('Escape')
  await expect(box).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Why billing is asking' })).toBeFocused()
})

test('the head says state, model and context of the agent in sight', async ({ page }) => {
  await using tmux = await startTmux()
  await startFleet(tmux)
  await using server = await startServer({ tmux })
  await tellAgents(page, fleet())
  await openApp(page, server)
  await row(page, 'auth').getByRole('link').click()
  const head = page.locator('.slot:not(.hidden) .head')
  await expect(head.getByRole('button', { name: 'Why auth is working' })).toContainText(/4:\d\d/)
  await expect(head.locator('.model')).toHaveText('opus')
  await expect(head.locator('.context')).toHaveText('62% context')
  expect(await axeViolations(page)).toEqual([])
  const shots = process.env.DOGWATCH_SHOTS
  for (const scheme of shots ? (['dark', 'light'] as const) : []) {
    await page.emulateMedia({ colorScheme: scheme })
    await page.screenshot({ path: `${shots}/desktop-${scheme}.png` })
  }
})
