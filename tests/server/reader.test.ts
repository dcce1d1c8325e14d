import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'playwright/test'
import { closeDatabase, openDatabase } from '../../db/open.ts'
import { Reader } from '../../db/reader.ts'
import { listeningLog, scratchFolder } from '../support/scratch.ts'

/** The compiled thread: `npm test` builds it first. */
const PROGRAM = resolve(import.meta.dirname, '../../dist/db/reader-worker.js')

async function openReader() {
  const folder = await scratchFolder()
  const { db } = openDatabase(folder.path)
  const { log, messages } = listeningLog()
  const life = new AbortController()
  const file = join(folder.path, 'dogwatch.db')
  const reader = new Reader({ file, log, signal: life.signal, program: PROGRAM })
  return {
    db,
    file,
    reader,
    life,
    messages,
    async [Symbol.asyncDispose]() {
      await reader.close()
      closeDatabase(db)
      await folder[Symbol.asyncDispose]()
    },
  }
}

test('reads are answered in order, and see what was committed before them', async () => {
  await using scene = await openReader()
  const order: number[] = []
  const reads = [1, 2, 3].map(async (number) => {
    const faults = await scene.reader.call('checkIntegrity', { limit: 10 })
    order.push(number)
    return faults
  })
  expect(await Promise.all(reads)).toEqual([[], [], []])
  expect(order).toEqual([1, 2, 3])
})

test('a read past its deadline is given up, and those behind it are answered', async () => {
  await using scene = await openReader()
  const late = scene.reader.call('checkIntegrity', { limit: 10 }, { deadlineMs: 0 })
  const next = scene.reader.call('checkIntegrity', { limit: 10 })
  await expect(late).rejects.toMatchObject({ code: 'deadline', read: 'checkIntegrity' })
  expect(await next).toEqual([])
})

test('a thread that dies fails its read alone, and the next one gets another thread', async () => {
  await using folder = await scratchFolder()
  const file = join(folder.path, 'dogwatch.db')
  const { log, messages } = listeningLog()
  const life = new AbortController()
  const reader = new Reader({ file, log, signal: life.signal, program: PROGRAM })
  const read = () => reader.call('checkIntegrity', { limit: 1 })
  await expect(read()).rejects.toMatchObject({ code: 'crashed' })
  expect(messages).toContain('the thread of heavy reads died')
  writeFileSync(file, '')
  expect(await read()).toEqual([])
  await reader.close()
})

test('it ends with its signal, and tells whoever waits', async () => {
  await using scene = await openReader()
  const waiting = scene.reader.call('checkIntegrity', { limit: 1 })
  scene.life.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'ended' })
  await expect(scene.reader.call('checkIntegrity', { limit: 1 })).rejects.toMatchObject({
    code: 'ended',
  })
})

test('more reads than may wait are refused at once', async () => {
  await using scene = await openReader()
  const reads = Array.from({ length: 110 }, () => scene.reader.call('checkIntegrity', { limit: 1 }))
  const settled = await Promise.allSettled(reads)
  const refused = settled.filter((one) => one.status === 'rejected')
  expect(refused).toHaveLength(9)
  expect(refused[0]).toMatchObject({ reason: { code: 'busy' } })
})
