import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setImmediate as nextTick } from 'node:timers/promises'
import { expect, test } from 'playwright/test'
import { backupFolder, listBackups } from '../../db/backup.ts'
import { closeDatabase, openDatabase } from '../../db/open.ts'
import { Reader } from '../../db/reader.ts'
import { listTurns, openTurns, saveTurns } from '../../db/turns.ts'
import { Writer } from '../../db/writer.ts'
import { Storage } from '../../server/core/storage.ts'
import { TurnJournal } from '../../server/core/turn-journal.ts'
import type { StorageView, TurnView } from '../../server/protocol.ts'
import { listeningLog, scratchFolder } from '../support/scratch.ts'
import { Server } from '../support/server.ts'
import { noSmallDisk, smallDisk } from '../support/small-disk.ts'

/** The compiled thread: `npm test` builds it first. */
const PROGRAM = resolve(import.meta.dirname, '../../dist/db/reader-worker.js')
const DAY_MS = 86_400_000

async function openHouse({ turnsMax = 100_000 } = {}) {
  const folder = await scratchFolder()
  const { db } = openDatabase(folder.path)
  const { log, messages } = listeningLog()
  const life = new AbortController()
  const { signal } = life
  const file = join(folder.path, 'dogwatch.db')
  const writer = new Writer({ db, log, reserveBytes: 4_096, idleMs: 20 })
  const reader = new Reader({ file, log, signal, program: PROGRAM })
  const loadFault = undefined
  const dataDir = folder.path
  const storage = new Storage({ dataDir, writer, reader, loadFault, log, signal, turnsMax })
  const told: StorageView[] = []
  storage.changes.on((view) => told.push(view))
  return {
    ...{ db, file, writer, reader, storage, messages, told, log, signal },
    backups: backupFolder(folder.path),
    async [Symbol.asyncDispose]() {
      life.abort()
      await reader.close()
      writer.close()
      closeDatabase(db)
      await folder[Symbol.asyncDispose]()
    },
  }
}

function turn(generation: number, startedAt: number, ended = true): TurnView {
  return {
    ...{ id: `a.${generation}`, agent: 'a', generation, startedAt },
    ...(ended ? { endedAt: startedAt + 1, end: 'done' } : {}),
    ...{ prompt: 'p', lastWords: 'w', tools: 0, usage: {} },
  }
}

test('a backup is made once a day, while the database goes on being written', async () => {
  await using house = await openHouse()
  const now = Date.now()
  saveTurns(house.db, [turn(1, now)])
  const tidying = house.storage.tidy(now)
  await house.writer.write((tx) => saveTurns(tx, [turn(2, now)]))
  await tidying
  expect(house.messages).toEqual([])
  expect(listBackups(house.backups)).toHaveLength(1)
  expect(house.told.at(-1)?.backupAt).toBe(listBackups(house.backups)[0]?.at)
  await house.storage.tidy(now + DAY_MS / 2)
  expect(listBackups(house.backups)).toHaveLength(1)
  await house.storage.tidy(now + 2 * DAY_MS)
  expect(listBackups(house.backups)).toHaveLength(2)
  expect(statSync(house.backups).mode & 0o777).toBe(0o700)
  expect(statSync(listBackups(house.backups)[0]?.file ?? '').mode & 0o777).toBe(0o600)
})

test('a database with a fault displaces no good backup, and old turns are forgotten all the same', async () => {
  await using house = await openHouse()
  const now = Date.now()
  saveTurns(
    house.db,
    Array.from({ length: 300 }, (_, index) => turn(index + 1, index < 5 ? 1 : now)),
  )
  await house.storage.backUp()
  const good = readdirSync(house.backups)
  house.db.$client.pragma('wal_checkpoint(TRUNCATE)')
  const bytes = readFileSync(house.file)
  // The root of an index: nothing that only adds rows at the end would find this.
  const page = Number(
    house.db.$client
      .prepare("SELECT rootpage FROM sqlite_master WHERE name = 'devices_token_hash_unique'")
      .pluck()
      .get(),
  )
  writeFileSync(house.file, bytes.fill(0xff, (page - 1) * 4_096, page * 4_096), { flag: 'r+' })
  await house.storage.tidy(now + 2 * DAY_MS)
  expect(house.messages).toContain('the house is not kept')
  expect(readdirSync(house.backups)).toEqual(good)
  expect(listTurns(house.db, 'a', { limit: 1_000 })).toHaveLength(295)
})

test('of turns the oldest that have ended go, by age and by number, and none that runs', async () => {
  await using house = await openHouse({ turnsMax: 700 })
  const now = Date.now()
  const turns = [turn(1, 1, false), turn(2, now - 91 * DAY_MS)]
  for (let generation = 3; generation <= 2_000; generation += 1) {
    turns.push(turn(generation, now - 10_000 + generation))
  }
  saveTurns(house.db, turns)
  await house.storage.tidy(now)
  const kept = listTurns(house.db, 'a', { limit: 5_000 }).map(({ generation }) => generation)
  expect(kept).toHaveLength(700)
  expect(kept.slice(0, 3)).toEqual([2_000, 1_999, 1_998])
  expect(openTurns(house.db).map(({ generation }) => generation)).toEqual([1])
})

test('a million changes leave a small file and an empty log', async () => {
  test.setTimeout(300_000)
  await using house = await openHouse()
  const { writer, log, signal } = house
  const journal = new TurnJournal({ writer, log, signal })
  let largestLog = 0
  for (let change = 0; change < 1_000_000; change += 1) {
    const one = turn(change % 500, change)
    journal.note([{ ...one, tools: change }])
    if (change % 20_000 !== 0) continue
    await journal.flush()
    await nextTick()
    largestLog = Math.max(largestLog, statSync(`${house.file}-wal`).size)
  }
  await journal.flush()
  expect(journal.waiting('a')).toEqual([])
  expect(listTurns(house.db, 'a', { limit: 1_000 })).toHaveLength(500)
  // SQLite empties its log into the file every thousand pages of 4 KB.
  expect(largestLog).toBeLessThan(3 * 4_096_000)
  await expect.poll(() => statSync(`${house.file}-wal`).size).toBe(0)
  expect(statSync(house.file).size).toBeLessThan(2_000_000)
})

test('on a disk that is full already it starts, says so, and shows what runs', async () => {
  test.skip(noSmallDisk !== undefined, noSmallDisk)
  await using server = new Server({})
  await using disk = smallDisk(server.dataDir, 48)
  await server.start()
  const token = await server.pair()
  expect(readdirSync(server.dataDir)).toContain('dogwatch.db.reserve')
  await server.stop()
  disk.fill()
  await server.start()
  const { json } = await server.api(token).get<{ storage: StorageView }>('/api/status')
  expect(json.storage.writeFault).toBe('The disk is almost full.')
  expect(readdirSync(server.dataDir)).not.toContain('dogwatch.db.reserve')
  expect(await server.pair('watch', 'another')).toHaveLength(43)
  await server.stop()
})
