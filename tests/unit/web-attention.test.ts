import { expect, test } from 'playwright/test'
import { ATTENTION_REASONS, type AttentionView } from '../../server/protocol.ts'
import {
  needPlaces,
  needsByAgent,
  needTold,
  nextNeed,
  REASON_MARKS,
  seenText,
  snoozeChoices,
} from '../../web/state/attention.ts'
import { agent } from '../support/agent-view.ts'

function need(id: string, change: Partial<AttentionView> = {}): AttentionView {
  return { id, agent: id, reason: 'turn', since: 0, text: 'done', generation: 1, ...change }
}

const byId = (items: AttentionView[]) => Object.fromEntries(items.map((item) => [item.id, item]))

test('every reason has a shape and a word of its own', () => {
  const marks = ATTENTION_REASONS.map((reason) => REASON_MARKS[reason])
  expect(new Set(marks.map(({ glyph }) => glyph)).size).toBe(marks.length)
  expect(new Set(marks.map(({ word }) => word)).size).toBe(marks.length)
})

test('needs stand by reason, then by who waits longest, without what is snoozed', () => {
  const items = byId([
    need('a', { reason: 'turn', since: 1 }),
    need('b', { reason: 'permission', since: 90 }),
    need('c', { reason: 'permission', since: 50 }),
    need('d', { reason: 'failed', since: 2 }),
    need('e', { reason: 'permission', since: 1, snoozedUntil: 1_001 }),
  ])
  expect([...needsByAgent(items, 1_000).keys()]).toEqual(['c', 'b', 'd', 'a'])
  expect([...needsByAgent(items, 1_001).keys()]).toEqual(['e', 'c', 'b', 'd', 'a'])
})

test('of one reason the newest can stand first, and what is doubtful stands behind', () => {
  const items = byId([
    need('a', { reason: 'turn', since: 1 }),
    need('b', { reason: 'turn', since: 90 }),
    need('c', { reason: 'permission', since: 5 }),
  ])
  const order = (how: Parameters<typeof needsByAgent>[2]) => [
    ...needsByAgent(items, 100, how).keys(),
  ]
  expect(order({})).toEqual(['c', 'a', 'b'])
  expect(order({ newestFirst: true })).toEqual(['c', 'b', 'a'])
  expect(order({ isDegraded: (agent) => agent !== 'b' })).toEqual(['c', 'b', 'a'])
})

test('a need is met in its terminal, and in what is remembered where that is gone', () => {
  const agents = Object.fromEntries(
    [
      agent({ id: 'a', session: 's1' }),
      agent({ id: 'b', session: 's1' }),
      agent({ id: 'c', session: 's2', liveness: 'historical' }),
      agent({ id: 'd', session: 's3' }),
      agent({ id: 'e', session: 's4', kind: 'shell' }),
    ].map((view) => [view.id, view]),
  )
  const needs = needsByAgent(byId(['b', 'a', 'c', 'd', 'e', 'f'].map((id) => need(id))), 10)
  const places = needPlaces(needs, agents, { s1: {}, s4: {} })
  expect(places).toEqual([
    { type: 'session', session: 's1', agent: 'a' },
    { type: 'agent', agent: 'c' },
  ])
  expect(nextNeed(places, { session: 's1' })).toEqual(places[1])
  expect(nextNeed(places, { agent: 'c' })).toEqual(places[0])
  expect(nextNeed(places, { session: 'elsewhere' })).toEqual(places[0])
  expect(nextNeed(places.slice(0, 1), { session: 's1' })).toBeUndefined()
  expect(nextNeed([], {})).toBeUndefined()
  // Backwards, going round as well.
  expect(nextNeed(places, { session: 's1' }, -1)).toEqual(places.at(-1))
  expect(nextNeed(places, { agent: 'c' }, -1)).toEqual(places.at(-2))
  expect(nextNeed(places, { session: 'elsewhere' }, -1)).toEqual(places.at(-1))
  expect(nextNeed([], {}, -1)).toBeUndefined()
})

test('the second line says what is needed, and how many files are uncommitted', () => {
  const git = {
    ...{ worktree: '/w', repository: '/w', linked: false, branch: 'main', head: 'a' },
    ...{ staged: 1, modified: 2, untracked: 3, conflicts: 0, at: 0 },
    state: 'dirty',
  } as const
  const of = (change: Partial<AttentionView>) => needTold(need('a', change), agent({ git }))
  expect(of({ reason: 'permission', text: 'rm x' })).toMatchObject({
    label: 'Permission',
    code: true,
  })
  expect(of({ reason: 'turn', text: 'All done' })).toMatchObject({ label: '', quote: true })
  expect(of({ reason: 'uncommitted' }).label).toBe('Uncommitted work in 6 files')
  expect(needTold(need('a', { reason: 'uncommitted' }), agent()).label).toBe('Uncommitted work')
})

test('a snooze ends when its words say: after hours, or at nine in the morning there', () => {
  const now = new Date(2026, 10, 21, 22, 30)
  const ends = snoozeChoices(now).map(({ label, ms }) => [label, new Date(now.getTime() + ms)])
  expect(ends).toEqual([
    ['1 hour', new Date(2026, 10, 21, 23, 30)],
    ['4 hours', new Date(2026, 10, 22, 2, 30)],
    ['Until tomorrow 9:00', new Date(2026, 10, 22, 9, 0)],
  ])
})

test('who has seen a need is said with the time, whatever their device is called', () => {
  expect(seenText(need('a'), 100_000)).toBe('Nobody has looked at it yet.')
  const seen = need('a', { seenAt: 10_000, seenBy: 'phone\u202e' })
  expect(seenText(seen, 10_500)).toBe('Seen just now on phone<202E>.')
  expect(seenText(seen, 200_000)).toBe('Seen 3 min ago on phone<202E>.')
})
