import { expect, test } from 'playwright/test'
import type { SearchHit } from '../../server/protocol.ts'
import { groupHits, hitPlace, markedParts } from '../../web/views/search/hits.ts'
import {
  hasFilter,
  readQuery,
  searchPath,
  timeFrom,
  withoutFilters,
} from '../../web/views/search/query.ts'
import { agent } from '../support/agent-view.ts'

const NOTHING = { sessions: {}, agents: {} }

function hit(change: Partial<SearchHit> = {}): SearchHit {
  return {
    kind: 'snapshot',
    agent: 'a1',
    agentKind: 'claude',
    session: 'work',
    repository: '/src',
    at: Date.parse('2026-03-02T10:00:00'),
    ref: '7',
    line: 0,
    text: 'needle',
    ranges: [],
    ...change,
  }
}

test.describe('the address of a search', () => {
  test('holds all of it, and reads back the same', () => {
    const query = {
      text: 'a & b #c "d e"',
      kinds: ['snapshot', 'prompt'],
      agent: 'a1',
      session: '<x>',
      repository: '/src/日本',
      time: 'week',
      grouping: 'time',
    } as const
    const path = searchPath(query)
    expect(readQuery(new URL(path, 'http://x').search)).toEqual(query)
    expect(hasFilter(query)).toBe(true)
    expect(searchPath(withoutFilters({ ...query, grouping: 'agent' }))).toBe(
      '/search?q=a+%26+b+%23c+%22d+e%22',
    )
  })

  test('that says something else says nothing', () => {
    const query = readQuery('?kind=nonsense&time=ever&by=colour')
    expect(searchPath(query)).toBe('/search')
    expect(hasFilter(query)).toBe(false)
    expect(timeFrom(query.time, 5)).toBeUndefined()
    expect(timeFrom('hour', 3_600_005)).toBe(5)
  })
})

test.describe('what was found', () => {
  test('opens where it stands, even where an id needs writing down differently', () => {
    expect(hitPlace(hit(), NOTHING).path).toBe('/a/a1/timeline#7.0')
    expect(hitPlace(hit({ kind: 'transcript', ref: 'x/1 #2' }), NOTHING).path).toBe(
      '/a/a1/conversation#x%2F1%20%232',
    )
    expect(hitPlace(hit({ kind: 'prompt', ref: '3' }), NOTHING).path).toBe('/a/a1/conversation')
    expect(hitPlace(hit({ kind: 'title', ref: 'p9' }), NOTHING).path).toBe('/a/a1/timeline')
    const { agent: _none, ...plain } = hit({ kind: 'screen', ref: 'p9' })
    expect(hitPlace(plain, NOTHING).path).toBe('/')
  })

  test('stands under its agent or its day, in the order of the newest', () => {
    const now = Date.parse('2026-03-03T00:30:00')
    const old = Date.parse('2025-12-31T10:00:00')
    const hits = [
      hit({ at: now - 1_000 }),
      hit({ agent: 'a2', at: now - 3_600_000, session: '' }),
      hit({ at: old }),
    ]
    const known = { sessions: {}, agents: { a2: agent({ id: 'a2', title: 'Fix it' }) } }
    const byAgent = groupHits(hits, 'agent', known, now)
    expect(byAgent.map(({ title, hits }) => [title, hits.length])).toEqual([
      ['work', 2],
      ['Fix it', 1],
    ])
    const byDay = groupHits(hits, 'time', known, now)
    expect(byDay.map(({ title }) => title)).toEqual(['Today', 'Yesterday', 'Wed, Dec 31 2025'])
  })

  test('is marked only where its ranges fit', () => {
    expect(markedParts('one two', [[4, 7]])).toEqual([
      { text: 'one ', marked: false },
      { text: 'two', marked: true },
    ])
    const wrong = [
      [5, 2],
      [3, 99],
    ] as const
    expect(markedParts('one', wrong)).toEqual([{ text: 'one', marked: false }])
    expect(markedParts('', [])).toEqual([])
  })
})
