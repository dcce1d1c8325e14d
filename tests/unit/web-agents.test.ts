import { expect, test } from 'playwright/test'
import type { AgentView, SessionView } from '../../server/protocol.ts'
import {
  ASLEEP_MS,
  agentsBySession,
  contextShare,
  endedAgents,
  MARKS,
  paneToShow,
  restOf,
  type Standing,
  told,
} from '../../web/state/agents.ts'
import { needsByAgent } from '../../web/state/attention.ts'
import { kindName, learnKinds } from '../../web/state/kinds.ts'
import { countGroups, holdPlaces, type Item, railItems, untoldUntil } from '../../web/state/rail.ts'
import { clockText, longAge, shortCount } from '../../web/state/words.ts'
import { agent } from '../support/agent-view.ts'
import { feed, session } from '../support/feed-state.ts'

const NOW = 1_000_000

test.beforeAll(() => learnKinds({ claude: 'Claude Code', codex: 'Codex', aider: 'Aider' }))

test('a kind is called what the server calls it, and by its own name until it does', () => {
  expect(kindName('aider')).toBe('Aider')
  expect(kindName('newer')).toBe('newer')
})

test('every state has a shape and a word of its own', () => {
  const marks = Object.values(MARKS)
  expect(new Set(marks.map(({ glyph }) => glyph)).size).toBe(marks.length)
  expect(new Set(marks.map(({ word }) => word)).size).toBe(marks.length)
})

test('a session’s row speaks for its most needing agent', () => {
  const order: Standing[] = ['asking', 'failed', 'retrying', 'working', 'idle', 'unknown']
  const views = order.map((activity, index) =>
    agent({ id: `a${index}`, activity: activity as AgentView['activity'], session: 's1' }),
  )
  for (let from = 0; from < views.length; from += 1) {
    const some = Object.fromEntries(
      views
        .slice(from)
        .reverse()
        .map((view) => [view.id, view]),
    )
    expect(agentsBySession(some).get('s1')?.[0]?.activity).toBe(order[from])
  }
})

test('sessions stand by need, each once, those without an agent after them', () => {
  const state = feed(
    ['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10'],
    [
      { session: 's1', activity: 'idle' },
      { session: 's2', activity: 'working' },
      { session: 's3', activity: 'unknown' },
      { session: 's4', activity: 'failed', since: 10 },
      { session: 's5', activity: 'asking', since: 90 },
      { session: 's6', activity: 'asking', since: 50 },
      { session: 's6', activity: 'working' },
      { session: 's1', activity: 'idle', liveness: 'ended', endedAt: 1 },
      { session: 's7', kind: 'shell', activity: 'working' },
      { session: 'gone', activity: 'idle', liveness: 'historical' },
      { session: 's8', activity: 'asking', since: 20 },
      { session: 's9', activity: 'asking', since: NOW - 500 },
      // Put aside as soon as it asked.
      { session: 's10', activity: 'asking', since: NOW - 400 },
    ],
  )
  state.attention = {
    n1: { id: 'n1', agent: 'a3', reason: 'failed', since: 10, text: '', generation: 1 },
    n2: { id: 'n2', agent: 'a4', reason: 'permission', since: 90, text: '', generation: 1 },
    n3: { id: 'n3', agent: 'a5', reason: 'question', since: 50, text: '', generation: 1 },
    n4: { id: 'n4', agent: 'a9', reason: 'uncommitted', since: 5, text: '', generation: 1 },
    n5: {
      ...{ id: 'n5', agent: 'a10', reason: 'permission', since: 5, text: '', generation: 1 },
      snoozedUntil: NOW + 1,
    },
    n6: {
      ...{
        id: 'n6',
        agent: 'a12',
        reason: 'permission',
        since: NOW - 400,
        text: '',
        generation: 1,
      },
      snoozedUntil: NOW + 1,
    },
  }
  const items = railItems(state, '', needsByAgent(state.attention, NOW), NOW)
  expect(items).toEqual([
    'n:main',
    // By reason, then who waits longest; what the server has not told yet stands last.
    ...['g:needs', 's:s5', 's:s6', 's:s4', 'e:a9', 's:s9'],
    ...['g:working', 's:s2'],
    ...['g:unknown', 's:s3'],
    ...['g:idle', 's:s1'],
    // Snoozed.
    ...['g:aside', 's:s8', 's:s10'],
    ...['g:plain', 's:s7'],
    ...['g:ended', 'e:a7'],
  ])
  expect(Object.fromEntries(countGroups(items))).toEqual({
    needs: 5,
    working: 1,
    unknown: 1,
    idle: 1,
    aside: 2,
    plain: 1,
    ended: 1,
  })
  // Nobody tells of s9 any more: it was dismissed before we heard of it, and stands there no longer.
  const until = untoldUntil(state, NOW)
  expect(until).toBe(NOW + 1_500)
  expect(railItems(state, '', needsByAgent(state.attention, until), until)).toContain('s:s9')
  expect(railItems(state, '', needsByAgent(state.attention, NOW), until).slice(1, 6)).toEqual([
    ...['g:needs', 's:s5', 's:s6', 's:s4', 'e:a9'],
  ])
  expect(untoldUntil(state, until)).toBe(Number.POSITIVE_INFINITY)
})

test('without agents the list has no groups', () => {
  expect(railItems(feed(['s1', 's2'], []), '', new Map(), NOW)).toEqual(['n:main', 's:s1', 's:s2'])
})

test('sessions without an agent do not stand among those that need somebody', () => {
  const state = feed(['s1'], [{ session: 'gone', activity: 'idle', liveness: 'ended' }])
  const need = { id: 'n', agent: 'a0', reason: 'turn', since: 1, text: '', generation: 1 } as const
  expect(railItems(state, '', needsByAgent({ n: need }, NOW), NOW)).toEqual([
    ...['n:main', 'g:needs', 'e:a0', 'g:plain', 's:s1'],
  ])
})

test('the search finds kind, title and state, of any agent in the session', () => {
  const state = feed(
    ['s1', 's2'],
    [
      { session: 's1', activity: 'asking', title: 'Fix the login' },
      { session: 's1', kind: 'codex', activity: 'working' },
      { session: 's2', kind: 'gemini', activity: 'idle' },
    ],
  )
  state.attention = {
    n1: { id: 'n1', agent: 'a0', reason: 'permission', since: 0, text: '', generation: 1 },
  }
  const needs = needsByAgent(state.attention, NOW)
  const found = (query: string) =>
    railItems(state, query, needs, NOW).filter((item) => item.startsWith('s:'))
  for (const query of [
    'claude code',
    'codex',
    'login',
    'ASKING',
    'needs permission',
    's1 working',
  ]) {
    expect(found(query), query).toEqual(['s:s1'])
  }
  expect(found('idle')).toEqual(['s:s2'])
  expect(found('idle codex')).toEqual([])
})

test('under a pointer rows keep their places, what comes stands last, what goes leaves a gap', () => {
  const before: Item[] = [
    'n:main',
    'g:working',
    's:s1',
    's:s2',
    'g:plain',
    's:s3',
    'g:ended',
    'e:a1',
  ]
  const now: Item[] = ['n:main', 'g:needs', 's:s2', 's:s4', 'g:plain', 's:s3', 'g:ended', 'e:a1']
  expect(holdPlaces(before, now)).toEqual([
    ...['n:main', 'g:working', 's:s1', 's:s2', 'g:plain', 's:s3', 's:s4', 'g:ended', 'e:a1'],
  ])
})

test('the ten that ended last are shown, latest first', () => {
  const many = Array.from({ length: 15 }, (_, index) =>
    agent({ id: `a${index}`, liveness: 'ended', endedAt: index }),
  )
  const shown = endedAgents(Object.fromEntries(many.map((view) => [view.id, view])))
  expect(shown.map(({ endedAt }) => endedAt)).toEqual([14, 13, 12, 11, 10, 9, 8, 7, 6, 5])
})

test('only an idle agent rests, deeply only where its waiting is proven', () => {
  const low = { source: 'silence', line: '', at: 0, confidence: 'low' } as const
  const cases: [Partial<AgentView>, number, string][] = [
    [{ activity: 'idle' }, -5_000, 'active'],
    [{ activity: 'idle' }, 29_999, 'active'],
    [{ activity: 'idle' }, 30_000, 'drowsy'],
    [{ activity: 'idle' }, ASLEEP_MS, 'asleep'],
    [{ activity: 'idle', evidence: low }, ASLEEP_MS * 9, 'drowsy'],
    [{ activity: 'working' }, ASLEEP_MS, 'active'],
    [{ activity: 'asking' }, ASLEEP_MS, 'active'],
    [{ activity: 'unknown' }, ASLEEP_MS, 'active'],
    [{ liveness: 'ended' }, 0, 'gone'],
  ]
  for (const [change, age, rest] of cases) expect(restOf(agent(change), age)).toBe(rest)
})

test('the second line says the most telling thing there is', () => {
  const ask = { id: 'q', kind: 'permission', text: 'rm -r dist', since: 0 } as const
  const lastWords = 'All tests pass'
  const line = (change: Partial<AgentView>) => {
    const { label, text } = told(agent({ lastWords, ...change }))
    return [label, text].filter(Boolean).join(': ')
  }
  expect(line({ activity: 'asking', ask })).toBe('Permission: rm -r dist')
  const evidence = { source: 'screen', line: 'rate limit', at: 0, confidence: 'high' } as const
  expect(line({ activity: 'failed', evidence })).toBe('Stopped: rate limit')
  expect(line({ activity: 'working', tool: 'Bash npm test' })).toBe('Bash npm test')
  expect(line({ activity: 'working' })).toBe(lastWords)
  expect(line({ activity: 'idle' })).toBe(lastWords)
  expect(line({ activity: 'idle', lastWords: '' })).toBe('/home/ada/src')
  expect(line({ activity: 'unknown', evidence: { ...evidence, line: '' } })).not.toBe(lastWords)
})

test('an unknown context shows no meter, and no number goes past full', () => {
  expect(contextShare(agent())).toBeUndefined()
  expect(contextShare(agent({ usage: { contextUsed: 5 } }))).toBeUndefined()
  expect(contextShare(agent({ usage: { contextUsed: 50, contextSize: 200 } }))).toBe(0.25)
  expect(contextShare(agent({ usage: { contextUsed: 300, contextSize: 200 } }))).toBe(1)
})

test('a click leads to the pane only where the current window does not show it', () => {
  const pane = (id: string) => ({ id }) as SessionView['windows'][number]['panes'][number]
  const window = (active: boolean, ...ids: string[]) =>
    ({ active, panes: ids.map(pane) }) as SessionView['windows'][number]
  const view = { ...session('s1'), windows: [window(true, 'p1', 'p2'), window(false, 'p3')] }
  expect(paneToShow(view, 'p2')).toBeUndefined()
  expect(paneToShow(view, 'p3')).toBe('p3')
  expect(paneToShow(view, 'p9')).toBeUndefined()
})

test('running times and counts read as on a clock and in short', () => {
  const clocks = [-1, 0, 41_000, 252_000, 725_000, 3_849_000].map(clockText)
  expect(clocks).toEqual(['0:00', '0:00', '0:41', '4:12', '12:05', '1:04:09'])
  expect([0, 59_999, 60_000, 7_200_000].map(longAge)).toEqual(['', '', '1 min', '2 h'])
  expect([940, 12_400, 999_600].map(shortCount)).toEqual(['940', '12 k', '1.0 M'])
})
