import { expect, test } from 'playwright/test'
import type { PushOutcome } from '../../../server/core/push-send.ts'
import { PushTarget } from '../../../server/core/push-target.ts'
import { TEST_NOTICE } from '../../../server/core/push-text.ts'
import type { PushFault } from '../../../server/protocol.ts'

const SENT: PushOutcome = { sent: true }
const failed = (reason: PushFault['reason'], retryAfterMs?: number): PushOutcome => ({
  ...{ sent: false, reason, message: `It is ${reason}.` },
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
})

/** A place whose answers a test gives by hand, and the needs that are still open. */
function place(retryMs: readonly number[] = [1, 1, 1]) {
  const open = new Set(['a', 'b', 'c'])
  const sent: string[] = []
  const faults: (string | undefined)[] = []
  let gone = 0
  let answer: ((outcome: PushOutcome) => void) | undefined
  const row = {
    ...{ id: 'd1', endpoint: 'https://push.example.org/1' },
    ...{ p256dh: null, auth: null, since: 0 },
  }
  const target = new PushTarget(row, {
    retryMs,
    compose(ids) {
      const body = ids.filter((id) => open.has(id)).join(' ')
      return body === '' ? undefined : { ...TEST_NOTICE, body }
    },
    send(_row, notice) {
      sent.push(notice.body)
      return new Promise((resolve) => {
        answer = resolve
      })
    },
    onFault: (fault) => faults.push(fault?.reason),
    onGone: () => {
      gone += 1
    },
  })
  return {
    ...{ target, open, sent, faults },
    gone: () => gone,
    /** Answers what is on its way, and waits until as many were sent in all. */
    async answer(outcome: PushOutcome, count: number) {
      await expect.poll(() => answer !== undefined).toBe(true)
      const reply = answer
      answer = undefined
      reply?.(outcome)
      await expect.poll(() => sent.length).toBe(count)
    },
  }
}

test('what comes due while a notice is on its way becomes one notice after it', async () => {
  const { target, sent, answer } = place()
  target.tell(['a'])
  target.tell(['b'])
  target.tell(['c'])
  expect(sent).toEqual(['a'])
  await answer(SENT, 2)
  expect(sent).toEqual(['a', 'b c'])
})

test('a notice is tried again three times and then given up; the next one is a new start', async () => {
  const { target, sent, answer, faults } = place()
  target.tell(['a'])
  for (const count of [2, 3, 4]) await answer(failed('broken'), count)
  await answer(failed('timeout'), 4)
  expect(sent).toEqual(['a', 'a', 'a', 'a'])
  expect(target.fault).toMatchObject({ reason: 'timeout', message: 'It is timeout.' })
  await expect
    .poll(() => {
      target.tell(['b'])
      return sent.length
    })
    .toBe(5)
  await answer(SENT, 5)
  await expect.poll(() => target.fault).toBeUndefined()
  expect(faults).toEqual(['broken', 'timeout', undefined])
  expect(target.view().sentAt).toBeGreaterThan(0)
})

test('what is over by the next try is left out, and nothing is sent where nothing is left', async () => {
  const { target, sent, open, answer } = place()
  target.tell(['a', 'b'])
  open.delete('a')
  await answer(failed('unreachable'), 2)
  expect(sent).toEqual(['a b', 'b'])
  open.clear()
  await answer(failed('unreachable'), 2)
  open.add('c')
  await expect
    .poll(() => {
      target.tell(['c'])
      return sent.length
    })
    .toBe(3)
  expect(sent.at(-1)).toBe('c')
})

for (const reason of ['refused', 'too-large', 'gone'] as const) {
  test(`a notice that is ${reason} is not sent again by itself`, async () => {
    const { target, sent, answer, gone } = place()
    target.tell(['a'])
    await answer(failed(reason), 1)
    await expect.poll(() => target.fault?.reason).toBe(reason)
    target.tell(['b'])
    await expect.poll(() => sent).toEqual(['a', 'b'])
    expect(gone()).toBe(reason === 'gone' ? 1 : 0)
  })
}

test('who asks for patience gets it, within limits', async () => {
  const { target, sent, answer } = place()
  target.tell(['a'])
  await answer(failed('too-many', 5), 2)
  // An hour is too long for this one: what comes next is tried anew.
  await answer(failed('too-many', 3_600_000), 2)
  await expect.poll(() => target.fault?.reason).toBe('too-many')
  target.tell(['b'])
  await expect.poll(() => sent).toEqual(['a', 'a', 'b'])
})

test('nothing is sent after its end, also not what waited', async () => {
  const { target, sent, answer, faults } = place([60_000])
  target.tell(['a'])
  target.tell(['b'])
  target.end()
  await answer(failed('broken'), 1)
  expect(sent).toEqual(['a'])
  expect(faults).toEqual([])
})
