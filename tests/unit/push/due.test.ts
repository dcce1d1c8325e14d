import { expect, test } from 'playwright/test'
import { DueNeeds, PUSH_AFTER_MS, PUSH_GAP_MS } from '../../../server/core/push-due.ts'
import type { AttentionView } from '../../../server/protocol.ts'

function need(id: string, change: Partial<AttentionView> = {}): AttentionView {
  const common = { reason: 'permission', since: 0, text: 'npm test', generation: 1 } as const
  return { id, agent: `agent-${id}`, ...common, ...change }
}

test('a need is told once, ten seconds after it arose, whatever else is said of it', () => {
  const due = new DueNeeds()
  due.put(need('a'), 1_000)
  due.put(need('a', { text: 'npm run test' }), 5_000)
  expect(due.take(1_000 + PUSH_AFTER_MS - 1)).toEqual([])
  expect(due.nextAt()).toBe(1_000 + PUSH_AFTER_MS)
  expect(due.take(1_000 + PUSH_AFTER_MS)).toEqual(['a'])
  due.put(need('a', { seenAt: 1 }), 60_000)
  expect(due.take(600_000)).toEqual([])
  expect(due.nextAt()).toBeUndefined()
  // One that came later is not told with it before its own ten seconds are over.
  due.put(need('b'), 620_000)
  due.put(need('c'), 626_000)
  expect(due.take(620_000 + PUSH_AFTER_MS)).toEqual(['b'])
  // Another turn of the same agent is news.
  due.put(need('a', { generation: 2 }), 700_000)
  expect(due.take(700_000 + PUSH_AFTER_MS)).toEqual(['a', 'c'])
})

test('what has ended, is put aside or was in sight is not told', () => {
  const due = new DueNeeds()
  for (const id of ['over', 'aside', 'shown']) due.put(need(id), 0)
  due.drop('over')
  due.put(need('aside', { snoozedUntil: 99 }), 3_000)
  due.look()
  due.put(need('after'), 4_000)
  expect(due.take(60_000)).toEqual(['after'])
})

test('a need that was put aside is told when it comes back, also where it was told before', () => {
  const due = new DueNeeds()
  due.put(need('a'), 0)
  expect(due.take(PUSH_AFTER_MS)).toEqual(['a'])
  due.put(need('a', { snoozedUntil: 99 }), 20_000)
  due.look()
  expect(due.take(90_000)).toEqual([])
  due.put(need('a'), 100_000)
  expect(due.take(100_000 + PUSH_AFTER_MS - 1)).toEqual([])
  expect(due.take(100_000 + PUSH_AFTER_MS)).toEqual(['a'])
})

test('a burst becomes one notice, and what comes soon after it another one', () => {
  const due = new DueNeeds()
  for (let at = 0; at < 10; at++) due.put(need(`a${at}`), at * 100)
  const first = due.take(PUSH_AFTER_MS + 900)
  expect(first).toHaveLength(10)
  for (let at = 0; at < 10; at++) due.put(need(`b${at}`), 2_000 + at * 1_000)
  const told: [at: number, count: number][] = []
  for (let at = PUSH_AFTER_MS; at < 120_000; at += 500) {
    const ids = due.take(at)
    if (ids.length > 0) told.push([at, ids.length])
  }
  expect(told).toEqual([[PUSH_AFTER_MS + 900 + PUSH_GAP_MS + 100, 10]])
})

test('what is open at the start is no news, until its snooze ends', () => {
  const due = new DueNeeds()
  due.begin([need('old'), need('aside', { snoozedUntil: 99 })], 0)
  expect(due.take(60_000)).toEqual([])
  due.put(need('old'), 61_000)
  due.put(need('aside'), 61_000)
  expect(due.take(61_000 + PUSH_AFTER_MS)).toEqual(['aside'])
})

test('a notice is right for as long as its need is open and nobody has seen it', () => {
  const due = new DueNeeds()
  for (const id of ['a', 'b', 'c']) due.put(need(id), 0)
  due.take(PUSH_AFTER_MS)
  expect(['a', 'b', 'c'].map((id) => due.isTold(id))).toEqual([true, true, true])
  due.drop('a')
  due.put(need('b', { snoozedUntil: 99 }), 11_000)
  expect(['a', 'b', 'c'].map((id) => due.isTold(id))).toEqual([false, false, true])
  due.look()
  expect(due.isTold('c')).toBe(false)
})
