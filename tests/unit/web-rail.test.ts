import { expect, test } from 'playwright/test'
import type { GitView } from '../../server/protocol.ts'
import { needPlaces, needsByAgent } from '../../web/state/attention.ts'
import {
  type Grouping,
  isNamedAfter,
  knownWorktrees,
  repositoryHue,
  repositoryOf,
} from '../../web/state/grouping.ts'
import { learnKinds } from '../../web/state/kinds.ts'
import { countGroups, groupNeeds, railItems } from '../../web/state/rail.ts'
import { agent, dirty } from '../support/agent-view.ts'
import { feed } from '../support/feed-state.ts'

const NOW = 1_000_000

test.beforeAll(() => learnKinds({ claude: 'Claude Code', codex: 'Codex', gemini: 'Gemini CLI' }))

test('filters narrow by what agents do and of which kind they are', () => {
  const state = feed(
    ['s1', 's2', 's3'],
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
  expect(found('state:asking')).toEqual(['s:s1'])
  expect(found('STATE:Permission')).toEqual(['s:s1'])
  expect(found('state:needs')).toEqual(['s:s1'])
  expect(found('state:idle state:asking')).toEqual(['s:s1', 's:s2'])
  expect(found('agent:claude-code login')).toEqual(['s:s1'])
  expect(found('agent:codex state:working')).toEqual(['s:s1'])
  // The one that asks is another agent of the session.
  expect(found('agent:codex state:asking')).toEqual([])
  expect(found('agent:gemini login')).toEqual([])
  expect(found('agent:none')).toEqual(['s:s3'])
  expect(found('state:nonsense')).toEqual([])
  // Nothing is asked for yet.
  expect(found('state: agent:')).toEqual(['s:s1', 's:s2', 's:s3'])
})

test('the list is grouped by repository, directory or batch, or is one; who needs somebody is first', () => {
  const git = (repository: string, worktree = repository): GitView => ({
    ...dirty,
    repository,
    worktree,
  })
  const state = feed(
    ['s1', 's2', 's3', 's4', 's5'],
    [
      { session: 's1', activity: 'working', cwd: '/w/shop/api', git: git('/w/shop') },
      { session: 's2', activity: 'idle', cwd: '/w/shop-2', git: git('/w/shop', '/w/shop-2') },
      { session: 's3', activity: 'asking', cwd: '/w/shop', git: git('/w/shop') },
      { session: 's4', activity: 'idle', cwd: '/w/blog', git: git('/w/blog') },
      { session: 's9', activity: 'idle', liveness: 'ended', cwd: '/w/blog', git: git('/w/blog') },
      { session: 's8', activity: 'idle', liveness: 'ended', endedAt: 1 },
    ],
  )
  const need = { since: 0, text: '', generation: 1 } as const
  state.attention = {
    n1: { id: 'n1', agent: 'a2', reason: 'permission', ...need },
    n2: { id: 'n2', agent: 'a4', reason: 'uncommitted', ...need },
  }
  state.batches = { s2: 'first', s1: 'second', s9: 'second' }
  const needs = needsByAgent(state.attention, NOW)
  const by = (grouping: Grouping, query = '') =>
    railItems(state, query, needs, NOW, grouping).slice(1)
  const ended = ['g:ended', 'e:a5']
  expect(by('repository')).toEqual([
    ...['k:/w/blog', 'e:a4', 's:s4'],
    ...['k:/w/shop', 's:s3', 's:s1', 's:s2'],
    ...['k:', 's:s5', ...ended],
  ])
  expect(by('batch')).toEqual([
    ...['k:second', 'e:a4', 's:s1', 'k:first', 's:s2'],
    ...['k:', 's:s3', 's:s4', 's:s5', ...ended],
  ])
  expect(by('directory').filter((item) => item.startsWith('k:'))).toEqual([
    ...['k:/w/shop/api', 'k:/w/blog', 'k:/w/shop', 'k:/w/shop-2', 'k:'],
  ])
  expect(by('none')).toEqual(['s:s3', 'e:a4', 's:s1', 's:s2', 's:s4', 's:s5', ...ended])
  expect(by('repository', 'state:idle')).toEqual([...['k:/w/blog', 's:s4', 'k:/w/shop', 's:s2']])
  expect(Object.fromEntries(countGroups(by('repository')))).toEqual({
    ...{ 'k:/w/blog': 2, 'k:/w/shop': 3, 'k:': 1, ended: 1 },
  })
})

test('a heading tells how many under it need somebody, and the most urgent of them', () => {
  const shop = { ...dirty, repository: '/w/shop', worktree: '/w/shop' }
  const state = feed(
    ['s1', 's2', 's3'],
    [
      { session: 's1', activity: 'idle', git: shop },
      { session: 's2', activity: 'asking', git: shop },
      { session: 's3', activity: 'working', cwd: '/w/blog' },
    ],
  )
  const need = { since: 0, text: '', generation: 1 } as const
  state.attention = {
    n0: { id: 'n0', agent: 'a0', reason: 'turn', ...need },
    n1: { id: 'n1', agent: 'a1', reason: 'permission', ...need },
  }
  const needs = needsByAgent(state.attention, NOW)
  const places = needPlaces(needs, state.agents, state.sessions)
  const items = railItems(state, '', needs, NOW, 'repository')
  const found = groupNeeds(items, places, needs)
  expect([...found.keys()]).toEqual(['k:/w/shop'])
  expect(found.get('k:/w/shop')).toEqual({ count: 2, lead: state.attention.n1 })
})

test('a repository has one colour, and a folder in any of its worktrees is its own', () => {
  const worktrees = knownWorktrees({
    a: agent({ git: { ...dirty, repository: '/w/shop', worktree: '/w/shop-2' } }),
  })
  expect(repositoryOf('/w/shop-2/src', worktrees)).toBe('/w/shop')
  expect(repositoryOf('/w/shop-22', worktrees)).toBeUndefined()
  expect(repositoryOf('', worktrees)).toBeUndefined()
  expect(repositoryHue('/w/shop')).toBe(repositoryHue('/w/shop'))
  const hues = new Set(Array.from({ length: 100 }, (_, at) => repositoryHue(`/w/repo-${at}`)))
  expect(hues.size).toBe(15)
})

test('a session that tmux named after a repository has its name', () => {
  expect(isNamedAfter('shop', '/w/shop')).toBe(true)
  expect(isNamedAfter('my_shop_js', '/w/my.shop.js')).toBe(true)
  expect(isNamedAfter('shop-2', '/w/shop')).toBe(false)
  expect(isNamedAfter('w', '/w/shop')).toBe(false)
})
