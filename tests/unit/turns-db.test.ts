import { expect, test } from 'playwright/test'
import { forgetApplied, listApplied, noteApplied } from '../../db/applied-hooks.ts'
import { closeDatabase, openDatabase } from '../../db/open.ts'
import { forgetOldestTurns, forgetTurns, listTurns, openTurns, saveTurns } from '../../db/turns.ts'
import { Writer } from '../../db/writer.ts'
import { TurnJournal, turnsOf } from '../../server/core/turn-journal.ts'
import type { TurnView } from '../../server/protocol.ts'
import { scratchFolder } from '../support/scratch.ts'
import { quietLog } from '../support/watch.ts'

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
})

test('turns that nobody ended are found', async () => {
  await using scratch = await scratchDatabase()
  saveTurns(scratch.db, [full, running('a1', 2), running('a2', 1)])
  expect(openTurns(scratch.db).map(({ id }) => id)).toEqual(['a1.2', 'a2.1'])
})

test('what waits to be written is newer than what is stored, the newest turn first', async () => {
  await using scratch = await scratchDatabase()
  const { signal } = new AbortController()
  const writer = new Writer({ db: scratch.db, log: quietLog })
  const journal = new TurnJournal({ writer, log: quietLog, signal })
  saveTurns(scratch.db, [full, running('a1', 2)])
  journal.note([running('a1', 3)])
  // Late words of an older turn: that it changed last makes it no newer.
  journal.note([{ ...running('a1', 2), lastWords: 'late' }, running('a2', 9)])
  const turns = turnsOf(scratch.db, journal, 'a1')
  expect(turns.map(({ generation, lastWords }) => `${generation} ${lastWords}`)).toEqual([
    `3 ${running('a1', 3).lastWords}`,
    '2 late',
    `1 ${full.lastWords}`,
  ])
  expect(turnsOf(scratch.db, journal, 'a1', { limit: 1 })).toEqual(turns.slice(0, 1))
  expect(turnsOf(scratch.db, journal, 'a1', { before: 3, limit: 1 })).toEqual(turns.slice(1, 2))
  writer.close()
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
