import { expect, test } from 'playwright/test'
import { beatsOf, rest } from '../../server/lib/time.ts'

test('waits of seconds end with the beat that is nearest to their time', () => {
  expect(beatsOf(1_000, 0)).toBe(1)
  expect(beatsOf(1_000, 400)).toBe(1)
  expect(beatsOf(1_000, 600)).toBe(2)
  expect(beatsOf(30_000, 600)).toBe(31)
  expect(beatsOf(2_500, 100)).toBe(3)
  // Held up for a minute, the next beat comes at once: a second is then the one after it.
  expect(beatsOf(1_000, 60_000)).toBe(2)
})

test('waits of seconds that were begun together end together, each after its own time', async () => {
  const ends: string[] = []
  const short = rest(1_000).then(() => ends.push('short'))
  const long = rest(3_000).then(() => ends.push('long'))
  const other = rest(1_000).then(() => ends.push('other'))
  await Promise.race([short, other])
  // What ends with the same beat has ended before anything else can happen.
  await Promise.resolve()
  expect(ends).toEqual(['short', 'other'])
  await Promise.all([short, other, long])
  expect(ends).toEqual(['short', 'other', 'long'])
})

test('a wait of seconds ends with its signal, and the others go on', async () => {
  const stop = new AbortController()
  const stopped = rest(3_600_000, stop.signal)
  const other = rest(1_000)
  stop.abort()
  await stopped
  await other
  await rest(3_600_000, stop.signal)
  // A first wait after all others have ended.
  await rest(1_000)
})
