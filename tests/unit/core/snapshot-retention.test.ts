import { expect, test } from 'playwright/test'
import type { SnapshotSize } from '../../../db/snapshots.ts'
import { chooseForgotten, type RetentionLimits } from '../../../server/core/snapshot-retention.ts'
import { Random } from '../../support/random.ts'

const DAY = 86_400_000
const NO_LIMIT: RetentionLimits = {
  perAgent: Number.POSITIVE_INFINITY,
  bytesPerAgent: Number.POSITIVE_INFINITY,
  bytes: Number.POSITIVE_INFINITY,
  ageMs: Number.POSITIVE_INFINITY,
}

/** Snapshots of agents with these numbers of snapshots in each of their turns. */
function shown(turns: Record<string, number[]>, bytes = () => 10): SnapshotSize[] {
  return Object.entries(turns).flatMap(([agent, counts]) => {
    let number = 0
    return counts.flatMap((count, turn) =>
      Array.from({ length: count }, () => {
        number += 1
        const at = turn * DAY + number
        return { agent, generation: turn + 1, number, at, seenAt: at, bytes: bytes() }
      }),
    )
  })
}

function left(sizes: SnapshotSize[], limits: Partial<RetentionLimits>, now = 0): SnapshotSize[] {
  const gone = chooseForgotten(sizes, { ...NO_LIMIT, ...limits }, now)
  const names = new Set(gone.map(({ agent, number }) => `${agent} ${number}`))
  expect(names.size).toBe(gone.length)
  return sizes.filter(({ agent, number }) => !names.has(`${agent} ${number}`))
}

const numbers = (sizes: SnapshotSize[]) => sizes.map(({ agent, number }) => `${agent}${number}`)

test('the middle of old turns goes first, and their first and last stay', () => {
  const sizes = shown({ a: [4, 4, 4] })
  expect(numbers(left(sizes, { perAgent: 9 }))).toEqual([
    'a1',
    'a4',
    'a5',
    'a7',
    'a8',
    'a9',
    'a10',
    'a11',
    'a12',
  ])
  expect(numbers(left(sizes, { perAgent: 6 }))).toEqual(['a1', 'a4', 'a5', 'a8', 'a9', 'a12'])
})

test('whole old turns go when only firsts and lasts are left, the last screen of all at the end', () => {
  const sizes = shown({ a: [4, 4, 4] })
  expect(numbers(left(sizes, { perAgent: 4 }))).toEqual(['a5', 'a8', 'a9', 'a12'])
  expect(numbers(left(sizes, { bytes: 10 }))).toEqual(['a12'])
})

test('turns that are too old go whole, but not the newest of an agent', () => {
  const sizes = shown({ a: [3, 3, 3], b: [2] })
  const kept = left(sizes, { ageMs: DAY / 2 }, 20 * DAY)
  expect(numbers(kept)).toEqual(['a7', 'a8', 'a9', 'b1', 'b2'])
})

test('bytes in all take from the oldest turns of every agent', () => {
  const sizes = shown({ a: [5], b: [1, 5] })
  expect(numbers(left(sizes, { bytes: 80 }))).toEqual([
    'a1',
    'a5',
    'b1',
    'b2',
    'b3',
    'b4',
    'b5',
    'b6',
  ])
})

test('whatever there is, the rest is within the limits and nothing dear goes before something cheap', () => {
  const random = new Random(7)
  for (let round = 0; round < 300; round += 1) {
    const pick = (most: number) => random.whole(0, most - 1)
    const turns = Object.fromEntries(
      Array.from({ length: 1 + pick(4) }, (_, at) => [
        `agent${at}`,
        Array.from({ length: 1 + pick(5) }, () => 1 + pick(12)),
      ]),
    )
    const sizes = shown(turns, () => 1 + pick(50))
    const limits = { perAgent: 1 + pick(40), bytesPerAgent: 60 + pick(600), bytes: 250 + pick(900) }
    const kept = left(sizes, limits)
    const sum = (rows: SnapshotSize[]) => rows.reduce((total, { bytes }) => total + bytes, 0)
    expect(sum(kept)).toBeLessThanOrEqual(limits.bytes)
    for (const agent of Object.keys(turns)) {
      const own = sizes.filter((row) => row.agent === agent)
      const mine = kept.filter((row) => row.agent === agent)
      expect(mine.length).toBeLessThanOrEqual(limits.perAgent)
      expect(sum(mine)).toBeLessThanOrEqual(limits.bytesPerAgent)
      // The last screen of an agent outlives all else of it.
      expect(mine.at(-1)).toBe(own.at(-1))
      for (const generation of new Set(own.map((row) => row.generation))) {
        const turn = own.filter((row) => row.generation === generation)
        const rest = mine.filter((row) => row.generation === generation)
        const isBroken = rest[0] !== turn[0] || rest.at(-1) !== turn.at(-1)
        // A turn lost its first or last: then it has no middle left, and neither has an older one.
        if (!isBroken) continue
        const middles = mine.filter((row) => {
          const same = own.filter((one) => one.generation === row.generation)
          return row.generation <= generation && row !== same[0] && row !== same.at(-1)
        })
        expect(middles).toEqual([])
      }
    }
  }
})
