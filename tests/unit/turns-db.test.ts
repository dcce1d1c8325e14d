import { expect, test } from 'playwright/test'
import { forgetApplied, listApplied, noteApplied } from '../../db/applied-hooks.ts'
import { closeDatabase, openDatabase } from '../../db/open.ts'
import {
  endOpenTurns,
  forgetOldestTurns,
  forgetTurns,
  lastGeneration,
  listTurns,
  openTurns,
  saveTurns,
} from '../../db/turns.ts'
import type { TurnView } from '../../server/protocol.ts'
import { scratchFolder } from '../support/scratch.ts'

const full: TurnView = {
  id: 'a1.1',
  agent: 'a1',
  generation: 1,
  startedAt: 1_000,
  endedAt: 2_000,
  end: 'done',
  prompt: 'Please tidy up',
  lastWords: 'All done.',
  tools: 3,
  usage: {
    input: 1,
    output: 2,
    cacheRead: 3,
    cacheWrite: 4,
    contextUsed: 5,
    contextSize: 6,
    costUsd: 0.75,
  },
}

function running(agent: string, generation: number): TurnView {
  const { endedAt: _, end: __, ...rest } = full
  return { ...rest, id: `${agent}.${generation}`, agent, generation, usage: { output: 9 } }
}

/** A database of a test's own. */
async function scratchDatabase() {
  const folder = await scratchFolder()
  const { db } = openDatabase(folder.path)
  return {
    db,
    [Symbol.asyncDispose]: async () => {
      closeDatabase(db)
      await folder[Symbol.asyncDispose]()
    },
  }
}

test('a turn comes back as it was written, what is unknown stays unknown', async () => {
  await using scratch = await scratchDatabase()
  saveTurns(scratch.db, [full, running('a1', 2)])
  expect(listTurns(scratch.db, 'a1')).toEqual([running('a1', 2), full])
  saveTurns(scratch.db, [{ ...running('a1', 2), endedAt: 5_000, end: 'failed', usage: {} }])
  expect(listTurns(scratch.db, 'a1')[0]).toMatchObject({ end: 'failed', usage: {} })
  expect(listTurns(scratch.db, 'a1', { before: 2 })).toEqual([full])
  expect(listTurns(scratch.db, 'a1', { limit: 1 })).toHaveLength(1)
  expect(lastGeneration(scratch.db, 'a1')).toBe(2)
  expect(lastGeneration(scratch.db, 'nobody')).toBe(0)
})

test('turns that nobody ended are found, and ended but for those of live agents', async () => {
  await using scratch = await scratchDatabase()
  saveTurns(scratch.db, [full, running('a1', 2), running('a2', 1)])
  expect(openTurns(scratch.db).map(({ id }) => id)).toEqual(['a1.2', 'a2.1'])
  expect(endOpenTurns(scratch.db, 9_000, 'interrupted', new Set(['a2']))).toBe(1)
  expect(listTurns(scratch.db, 'a1')[0]).toMatchObject({ end: 'interrupted', endedAt: 9_000 })
  expect(openTurns(scratch.db).map(({ id }) => id)).toEqual(['a2.1'])
})

test('old turns that have ended can be forgotten', async () => {
  await using scratch = await scratchDatabase()
  saveTurns(scratch.db, [full, running('a1', 2)])
  expect(forgetTurns(scratch.db, 10_000)).toBe(1)
  expect(listTurns(scratch.db, 'a1').map(({ generation }) => generation)).toEqual([2])
})

test('beyond a number the oldest turns that have ended are forgotten, a slice at a time', async () => {
  await using scratch = await scratchDatabase()
  const turn = (generation: number): TurnView => ({
    ...full,
    id: `a1.${generation}`,
    generation,
    startedAt: generation,
  })
  saveTurns(scratch.db, [running('a0', 1), ...[1, 2, 3, 4, 5, 6].map(turn)])
  const kept = () => listTurns(scratch.db, 'a1').map(({ generation }) => generation)
  expect(forgetOldestTurns(scratch.db, { keep: 4, most: 2 })).toBe(2)
  expect(kept()).toEqual([6, 5, 4, 3])
  expect(forgetOldestTurns(scratch.db, { keep: 4, most: 2 })).toBe(1)
  expect(forgetOldestTurns(scratch.db, { keep: 4, most: 2 })).toBe(0)
  expect(kept()).toEqual([6, 5, 4])
  expect(openTurns(scratch.db).map(({ id }) => id)).toEqual(['a0.1'])
})

test('events are noted as applied, again at no harm, until they are forgotten', async () => {
  await using scratch = await scratchDatabase()
  const { db } = scratch
  const ids = Array.from({ length: 1_200 }, (_, at) => `e${at}`)
  noteApplied(db, ids)
  noteApplied(db, ['e1', 'last'])
  expect(listApplied(db).sort()).toEqual([...ids, 'last'].sort())
  forgetApplied(db, [...ids, 'unknown'])
  expect(listApplied(db)).toEqual(['last'])
})
