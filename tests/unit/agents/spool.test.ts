import { execFileSync, spawn } from 'node:child_process'
import { mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { expect, test } from 'playwright/test'
import { makeFolders, readSpool, type SpoolOptions } from '../../../server/agents/spool.ts'
import type { SpooledHook } from '../../../server/agents/spool-file.ts'
import { namesThatWait } from '../../../server/agents/spool-names.ts'
import { listeningLog, scratchFolder } from '../../support/scratch.ts'

const FIRST = 1_700_000_000_000_000_000n

function nameOf(index: number, pid = 7): string {
  return `${FIRST + BigInt(index) * 1_000_000n}.${pid}.9`
}

function textOf(event: string, payload: unknown = {}, pid = 7): string {
  return `dogwatch-hook 1\nclaude\n${event}\n%1\n/tmp/s,1,0\n${pid}\n\n${JSON.stringify(payload)}`
}

/** Whole or not at all, as the script does: whoever reads may come at any moment. */
async function put(folder: string, index: number, event: string, payload?: unknown): Promise<void> {
  const name = nameOf(index)
  await writeFile(join(folder, 'tmp', name), textOf(event, payload))
  await rename(join(folder, 'tmp', name), join(folder, 'new', name))
}

/** Reads a spool until `stop`; keeps what it was given. */
function listen(folder: string, options: Partial<SpoolOptions> = {}) {
  const heard: SpooledHook[] = []
  const gone: string[] = []
  const { log, messages } = listeningLog()
  const end = new AbortController()
  const reading = readSpool({
    folder,
    log,
    handle: (events) => {
      heard.push(...events)
    },
    deleted: (ids) => gone.push(...ids),
    signal: end.signal,
    pollMs: 50,
    ...options,
  })
  const stop = async () => {
    end.abort()
    await reading
  }
  return { heard, gone, messages, stop }
}

test('what waited is applied by age, then what comes, and each file goes after it', async () => {
  await using folder = await scratchFolder()
  await makeFolders(folder.path)
  for (const index of [3, 1, 2]) await put(folder.path, index, `e${index}`)
  const { heard, gone, stop } = listen(folder.path)
  await expect.poll(() => heard.map(({ event }) => event)).toEqual(['e1', 'e2', 'e3'])
  await put(folder.path, 4, 'e4')
  await expect.poll(() => heard.length).toBe(4)
  await expect.poll(() => readdir(join(folder.path, 'new'))).toEqual([])
  await stop()
  expect(gone).toEqual([1, 2, 3, 4].map((index) => nameOf(index)))
  expect(heard[0]?.at).toBe(Number(FIRST / 1_000_000n) + 1)
  expect(await readdir(folder.path)).not.toContain('reader')
})

test('what could not be kept is brought again and again, and nothing behind it waits to be seen', async () => {
  await using folder = await scratchFolder()
  await makeFolders(folder.path)
  await put(folder.path, 1, 'first')
  await put(folder.path, 2, 'second')
  const seen = new Set<string>()
  let isFull = true
  const { stop, messages, gone } = listen(folder.path, {
    handle: async (events) => {
      for (const { event } of events) seen.add(event)
      if (isFull) throw new Error('the disk is full')
    },
  })
  await expect.poll(() => [...seen]).toEqual(['first', 'second'])
  await put(folder.path, 3, 'third')
  await expect.poll(() => [...seen]).toEqual(['first', 'second', 'third'])
  expect(await readdir(join(folder.path, 'new'))).toHaveLength(3)
  isFull = false
  await expect.poll(() => readdir(join(folder.path, 'new'))).toEqual([])
  await stop()
  expect(gone).toEqual([1, 2, 3].map((index) => nameOf(index)))
  expect(messages.filter((line) => line === 'hook events wait to be kept').length).toBeGreaterThan(
    0,
  )
})

test('a crash between apply and delete brings the same id again', async () => {
  await using folder = await scratchFolder()
  await makeFolders(folder.path)
  await put(folder.path, 1, 'Stop')
  const ids: string[] = []
  const crashed = listen(folder.path, {
    // Never resolves, as for a process that dies before the file is deleted.
    handle: (events) => {
      ids.push(...events.map(({ id }) => id))
      return new Promise<void>(() => {})
    },
  })
  await expect.poll(() => ids).toHaveLength(1)
  const { heard, stop } = listen(folder.path)
  await expect.poll(() => heard.map(({ id }) => id)).toEqual(ids)
  await stop()
  void crashed
})

test('a burst of 10,000 with every tenth malformed: all good ones once, the loop stays free', async () => {
  await using folder = await scratchFolder()
  await makeFolders(folder.path)
  for (let index = 0; index < 10_000; index += 1) {
    const text = index % 10 === 9 ? '{"no":"hook"}' : textOf(`e${index}`)
    await writeFile(join(folder.path, 'new', nameOf(index, index % 40)), text)
  }
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const { heard, stop } = listen(folder.path)
  await expect.poll(() => readdir(join(folder.path, 'new')), { timeout: 50_000 }).toEqual([])
  delay.disable()
  await stop()
  const expected = Array.from({ length: 10_000 }, (_, index) => index)
    .filter((index) => index % 10 !== 9)
    .map((index) => `e${index}`)
  expect(heard.map(({ event }) => event)).toEqual(expected)
  expect(await readdir(join(folder.path, 'bad'))).toHaveLength(100)
  console.log(
    `spool burst: loop delay p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, max ${(delay.max / 1e6).toFixed(1)} ms`,
  )
})

test('no event is listed without those that were left before it, also while more are left', async () => {
  await using folder = await scratchFolder()
  await makeFolders(folder.path)
  const count = 30_000
  const script = `const { renameSync, writeFileSync } = require('node:fs')
    for (let index = 0; index < ${count}; index += 1) {
      const name = ${FIRST}n + BigInt(index) * 1_000_000n + '.7.9'
      writeFileSync('tmp/' + name, '')
      renameSync('tmp/' + name, 'new/' + name)
    }`
  const writer = spawn(process.execPath, ['-e', script], { cwd: folder.path, stdio: 'inherit' })
  let isWriting = true
  writer.once('exit', () => {
    isWriting = false
  })
  const gaps: number[] = []
  while (isWriting) {
    const names = (await namesThatWait(join(folder.path, 'new'))).sort()
    const last = names.at(-1)
    if (last === undefined) continue
    const before = (BigInt(last.split('.')[0] ?? '') - FIRST) / 1_000_000n
    if (BigInt(names.length) !== before + 1n) gaps.push(names.length)
  }
  expect(gaps).toEqual([])
  expect(await readdir(join(folder.path, 'new'))).toHaveLength(count)
})

test('a process that left too much loses its oldest, and the next event says how many', async () => {
  await using folder = await scratchFolder()
  await makeFolders(folder.path)
  for (let index = 0; index < 20; index += 1) {
    await put(folder.path, index, `e${index}`, { text: 'x'.repeat(1_000) })
  }
  await writeFile(join(folder.path, 'new', nameOf(0, 8)), textOf('other', {}, 8))
  const { heard, stop, messages } = listen(folder.path, { backlogBytes: 10_500 })
  await expect.poll(() => heard.length).toBe(10)
  await stop()
  expect(heard.map(({ event }) => event)).toEqual([
    'other',
    ...[11, 12, 13, 14, 15, 16, 17, 18, 19].map((n) => `e${n}`),
  ])
  expect(heard.map(({ droppedBefore }) => droppedBefore)).toEqual([0, 11, ...Array(8).fill(0)])
  expect(messages).toContain('too many hook events waited; the oldest were dropped')
})

test('links, folders and FIFOs in the spool are set aside, never followed or waited for', async () => {
  await using folder = await scratchFolder()
  await makeFolders(folder.path)
  const spool = join(folder.path, 'new')
  await symlink('/etc/passwd', join(spool, nameOf(1)))
  await mkdir(join(spool, nameOf(2)))
  execFileSync('mkfifo', [join(spool, nameOf(3))])
  await writeFile(join(spool, nameOf(4)), 'x'.repeat(1_000_000))
  await put(folder.path, 5, 'good')
  const { heard, stop } = listen(folder.path)
  await expect.poll(() => heard.map(({ event }) => event)).toEqual(['good'])
  await stop()
  expect(await readdir(join(folder.path, 'bad'))).toHaveLength(4)
})
