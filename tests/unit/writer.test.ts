import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, test } from 'playwright/test'
import { listApplied, noteApplied } from '../../db/applied-hooks.ts'
import { LatestWriter } from '../../db/latest-writer.ts'
import { closeDatabase, openDatabase } from '../../db/open.ts'
import { appliedHooks } from '../../db/schema.ts'
import { diskFault, NotSavedError } from '../../db/write-faults.ts'
import { type Transaction, Writer, type WriterOptions } from '../../db/writer.ts'
import { listeningLog, scratchFolder } from '../support/scratch.ts'
import { noSmallDisk, smallDisk } from '../support/small-disk.ts'

const RESERVE = 65_536

/** A database with its writer, and a disk whose fullness the test decides. */
async function openWriter(options: Partial<WriterOptions> = {}) {
  const folder = await scratchFolder()
  const { db } = openDatabase(folder.path)
  const { log, messages } = listeningLog()
  const writer = new Writer({ db, log, reserveBytes: RESERVE, probeMs: 10, ...options })
  const file = join(folder.path, 'dogwatch.db')
  const told: string[] = []
  writer.changes.on(({ state, fault }) => told.push(`${state}: ${fault ?? 'well'}`))
  const pages = () => Number(db.$client.pragma('page_count', { simple: true }))
  return {
    db,
    file,
    writer,
    messages,
    told,
    log,
    /** No page more than there are now: SQLite answers as it does where the disk is full. */
    fill: () => db.$client.pragma(`max_page_count = ${pages()}`),
    clear: () => db.$client.pragma('max_page_count = 1000000'),
    async [Symbol.asyncDispose]() {
      writer.close()
      closeDatabase(db)
      await folder[Symbol.asyncDispose]()
    },
  }
}

const put = (id: string) => (tx: Transaction) => {
  tx.insert(appliedHooks).values({ id }).run()
  return id
}
/** Needs several pages more. */
const putMuch = (tx: Transaction) => put('x'.repeat(50_000))(tx)

test('what comes together is written together, and acknowledged in its order after that', async () => {
  await using scene = await openWriter()
  const acked: string[] = []
  const writes = ['a', 'b', 'c'].map(async (id) => {
    acked.push(await scene.writer.write(put(id)))
  })
  expect(listApplied(scene.db)).toEqual([])
  await Promise.all(writes)
  expect(acked).toEqual(['a', 'b', 'c'])
  expect(listApplied(scene.db).sort()).toEqual(['a', 'b', 'c'])
})

test('a full group does not wait, and no acknowledgement comes before its commit', async () => {
  await using scene = await openWriter()
  const writes = Array.from({ length: 200 }, (_, number) => scene.writer.write(put(`${number}`)))
  // In the same moment: the two hundredth brought it about.
  expect(listApplied(scene.db)).toHaveLength(200)
  await Promise.all(writes)
})

test('work that fails is undone alone', async () => {
  await using scene = await openWriter()
  const first = scene.writer.write(put('a'))
  const failing = scene.writer.write((tx) => {
    put('half')(tx)
    throw new Error('planted')
  })
  const again = scene.writer.write(put('a'))
  const last = scene.writer.write(put('b'))
  await expect(failing).rejects.toThrow('planted')
  await expect(again).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' })
  expect(await Promise.all([first, last])).toEqual(['a', 'b'])
  expect(listApplied(scene.db).sort()).toEqual(['a', 'b'])
  expect(scene.writer.health.state).toBe('saving')
})

test('its end writes what waits and takes nothing more', async () => {
  await using scene = await openWriter()
  const waiting = scene.writer.write(put('a'))
  scene.writer.close()
  expect(listApplied(scene.db)).toEqual(['a'])
  expect(await waiting).toBe('a')
  await expect(scene.writer.write(put('b'))).rejects.toBeInstanceOf(NotSavedError)
})

test('on a full disk the oldest is forgotten and the write succeeds', async () => {
  await using scene = await openWriter({ probeMs: 60_000 })
  await scene.writer.write(putMuch)
  scene.writer.onFull((tx) => tx.delete(appliedHooks).run().changes)
  const before = listApplied(scene.db).length
  expect([before > 0, scene.writer.gaveWay]).toEqual([true, 0])
  scene.fill()
  await scene.writer.write((tx) => put('y'.repeat(50_000))(tx))
  expect(listApplied(scene.db).map((id) => id[0])).toEqual(['y'])
  expect(scene.writer.gaveWay).toBe(before)
  expect(scene.writer.health).toMatchObject({ state: 'saving', fault: 'full' })
  expect(existsSync(`${scene.file}.reserve`)).toBe(false)
})

test('a group that the disk refuses is refused whole, and so is what follows, until it works', async () => {
  await using scene = await openWriter()
  await scene.writer.write(put('before'))
  expect(statSync(`${scene.file}.reserve`).size).toBe(RESERVE)
  scene.fill()
  const group = [put('small'), putMuch, put('after')].map((work) => scene.writer.write(work))
  for (const one of await Promise.allSettled(group)) {
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'not-saved' } })
  }
  expect(listApplied(scene.db)).toEqual(['before'])
  expect(scene.writer.health).toMatchObject({ state: 'not-saving', fault: 'full' })
  await expect(scene.writer.write(put('late'))).rejects.toThrow('The disk is full.')
  scene.clear()
  await expect.poll(() => scene.writer.health.state).toBe('saving')
  await scene.writer.write(putMuch)
  expect(scene.writer.health.fault).toBeUndefined()
  expect(scene.told.at(-1)).toBe('saving: well')
  expect(statSync(`${scene.file}.reserve`).size).toBe(RESERVE)
})

test('where the disk fails for another reason than room, nothing is forgotten to make any', async () => {
  await using scene = await openWriter()
  await scene.writer.write(put('kept'))
  scene.writer.onFull((tx) => tx.delete(appliedHooks).run().changes)
  const failing = scene.writer.write(() => {
    throw new Sqlite.SqliteError('disk I/O error', 'SQLITE_IOERR_WRITE')
  })
  await expect(failing).rejects.toThrow('The disk reports errors.')
  expect(scene.writer.health).toMatchObject({ state: 'not-saving', fault: 'broken' })
  expect(scene.writer.gaveWay).toBe(0)
  expect(listApplied(scene.db)).toEqual(['kept'])
  expect(existsSync(`${scene.file}.reserve`)).toBe(true)
  await expect.poll(() => scene.told.at(-1)).toBe('saving: well')
})

test('an error of the disk is one of room where the kernel has none either', async () => {
  test.skip(noSmallDisk !== undefined, noSmallDisk)
  await using folder = await scratchFolder()
  await using disk = smallDisk(join(folder.path, 'disk'), 1)
  const file = join(folder.path, 'disk', 'dogwatch.db')
  // As SQLite tells of its shared memory that cannot grow.
  const error = new Sqlite.SqliteError('disk I/O error', 'SQLITE_IOERR_SHMSIZE')
  expect(diskFault(error, file)).toMatchObject({ fault: 'broken' })
  disk.fill(100_000)
  expect(diskFault(error, file)).toMatchObject({ fault: 'full' })
  expect(existsSync(`${file}.probe`)).toBe(false)
  const other = new Error('planted')
  expect(diskFault(other, file)).toBe(other)
})

test('the newest of each thing outlives the time in which nothing is saved', async () => {
  await using scene = await openWriter()
  const life = new AbortController()
  const latest = new LatestWriter<{ id: string; text: string }>({
    writer: scene.writer,
    log: scene.log,
    what: 'things',
    keyOf: ({ id }) => id,
    save: (tx, things) => {
      noteApplied(
        tx,
        things.map(({ id, text }) => `${id} ${text}`),
      )
    },
    gatherMs: 1,
    signal: life.signal,
  })
  scene.fill()
  const big = 'z'.repeat(20_000)
  latest.put([{ id: 'a', text: big }])
  await expect.poll(() => scene.writer.health.state).toBe('not-saving')
  latest.put([{ id: 'a', text: 'newest' }])
  latest.put([{ id: 'b', text: 'only' }])
  expect(latest.waiting.map(({ text }) => text)).toEqual(['newest', 'only'])
  scene.clear()
  await expect.poll(() => listApplied(scene.db).sort()).toEqual(['a newest', 'b only'])
  expect(latest.waiting).toEqual([])
  life.abort()
})

test('the log goes into the main file when nothing was written for a while', async () => {
  await using scene = await openWriter({ idleMs: 5 })
  await scene.writer.write(putMuch)
  await expect.poll(() => statSync(`${scene.file}-wal`).size).toBe(0)
  expect(scene.db.$client.pragma('busy_timeout', { simple: true })).toBe(1_000)
})
