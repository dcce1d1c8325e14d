import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { appendFile, mkdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { expect, test } from 'playwright/test'
import { finishTranscript, followTranscript } from '../../../server/agents/follow.ts'
import { type TailEvent, type TailOptions, TranscriptTail } from '../../../server/agents/tail.ts'
import { scratchFolder } from '../../support/scratch.ts'

/** A tail with all that it told. */
function tailOf(folder: string, options: Partial<TailOptions> = {}) {
  const path = join(folder, 'log.jsonl')
  const tail = new TranscriptTail({ path, root: folder, from: 'end', ...options })
  const events: TailEvent[] = []
  const read = async () => {
    const before = events.length
    await tail.read((event) => events.push(event))
    return events.slice(before)
  }
  return { path, tail, events, read }
}

const lines = (events: readonly TailEvent[]) =>
  events.flatMap((event) => (event.type === 'line' ? [event.text] : []))

test('it begins at the end, and tells each line once, when its newline is there', async () => {
  await using folder = await scratchFolder()
  const { path, read } = tailOf(folder.path)
  await writeFile(path, 'old 1\nold 2\n')
  expect(await read()).toEqual([])
  await appendFile(path, '{"half":')
  expect(await read()).toEqual([])
  await appendFile(path, '1}\nnext\n')
  expect(lines(await read())).toEqual(['{"half":1}', 'next'])
  expect(await read()).toEqual([])
})

test('a line that was half written at the start is told whole', async () => {
  await using folder = await scratchFolder()
  const { path, read } = tailOf(folder.path)
  await writeFile(path, 'old\n{"half":')
  await read()
  await appendFile(path, '1}\n')
  expect(lines(await read())).toEqual(['{"half":1}'])
})

test('characters that lie across reads stay whole, broken ones are replaced', async () => {
  await using folder = await scratchFolder()
  const { path, read } = tailOf(folder.path, { from: 'start' })
  const euro = Buffer.from('€')
  await writeFile(path, Buffer.concat([Buffer.from('a'), euro.subarray(0, 1)]))
  await read()
  await appendFile(path, Buffer.concat([euro.subarray(1), Buffer.from([0x0a, 0xff, 0x00, 0x0a])]))
  expect(lines(await read())).toEqual(['a€', '\ufffd\u0000'])
})

test('a shrunk, rewritten or replaced file is told again, and what may be old is marked', async () => {
  await using folder = await scratchFolder()
  const { path, read } = tailOf(folder.path)
  await writeFile(path, 'one\ntwo\nthree\n')
  await read()
  await truncate(path, 4)
  expect(await read()).toEqual([
    { type: 'restarted', reason: 'shrunk' },
    { type: 'line', text: 'one', replay: true },
  ])
  await appendFile(path, 'new\n')
  expect(await read()).toEqual([{ type: 'line', text: 'new', replay: false }])
  await writeFile(path, 'ONE\nTWO\nTHREE\n')
  expect((await read())[0]).toEqual({ type: 'restarted', reason: 'rewritten' })
  await writeFile(`${path}.2`, 'another file of more bytes\n')
  await rename(`${path}.2`, path)
  expect((await read())[0]).toEqual({ type: 'restarted', reason: 'replaced' })
})

test('the same text in another file goes on where it was', async () => {
  await using folder = await scratchFolder()
  const { path, read } = tailOf(folder.path)
  await writeFile(path, 'one\ntwo\n')
  await read()
  await writeFile(`${path}.2`, 'one\ntwo\nthree\n')
  await rename(`${path}.2`, path)
  expect(await read()).toEqual([{ type: 'line', text: 'three', replay: false }])
})

test('a place that was kept is where the next start goes on', async () => {
  await using folder = await scratchFolder()
  const first = tailOf(folder.path)
  await writeFile(first.path, 'one\n')
  await first.read()
  const from = first.tail.place
  if (!from) throw new Error('no place after a read')
  await appendFile(first.path, 'two\n')
  const second = tailOf(folder.path, { from })
  expect(await second.read()).toEqual([{ type: 'line', text: 'two', replay: false }])
})

test('a deleted file that comes back is told from its beginning', async () => {
  await using folder = await scratchFolder()
  const { path, read } = tailOf(folder.path)
  await writeFile(path, 'one\n')
  await read()
  await rm(path)
  await expect(read()).rejects.toMatchObject({ code: 'missing' })
  await writeFile(path, 'x\n')
  expect(lines(await read())).toEqual(['x'])
})

test('a line of 100 MB is skipped with a mark, in little memory, and the next one is read', async () => {
  await using folder = await scratchFolder()
  const { path, read } = tailOf(folder.path)
  await writeFile(path, 'before\n')
  await read()
  const out = createWriteStream(path, { flags: 'a' })
  const megabyte = Buffer.alloc(1_000_000, 'x')
  for (let index = 0; index < 100; index += 1) {
    if (!out.write(megabyte)) await once(out, 'drain')
  }
  out.end('\nafter\n')
  await finished(out)
  const before = process.memoryUsage().rss
  const told = await read()
  const grown = process.memoryUsage().rss - before
  expect(told).toEqual([
    { type: 'skipped', bytes: 100_000_000 },
    { type: 'line', text: 'after', replay: false },
  ])
  expect(grown).toBeLessThan(60_000_000)
})

test('a long line that comes in parts is skipped whole', async () => {
  await using folder = await scratchFolder()
  const { path, read } = tailOf(folder.path, { lineBytes: 1_000 })
  await writeFile(path, 'before\n')
  await read()
  await appendFile(path, 'x'.repeat(1_500))
  expect(await read()).toEqual([])
  await appendFile(path, 'y'.repeat(700))
  expect(await read()).toEqual([])
  await appendFile(path, '\nafter\n')
  expect(await read()).toEqual([
    { type: 'skipped', bytes: 2_200 },
    { type: 'line', text: 'after', replay: false },
  ])
})

test('what is no plain file of ours under the root is refused at once', async () => {
  await using folder = await scratchFolder()
  const root = join(folder.path, 'root')
  await mkdir(join(root, 'inside'), { recursive: true })
  await mkdir(join(folder.path, 'outside'))
  await writeFile(join(folder.path, 'outside', 'secret'), 'secret\n')
  await writeFile(join(root, 'plain'), 'plain\n')
  await symlink(join(root, 'plain'), join(root, 'link'))
  await symlink(join(folder.path, 'outside'), join(root, 'way-out'))
  execFileSync('mkfifo', [join(root, 'fifo')])
  const code = (path: string) =>
    new TranscriptTail({ path, root, from: 'start' })
      .read(() => {})
      .then(
        () => 'read',
        (error: { code?: string }) => error.code,
      )
  expect(await code(join(root, 'plain'))).toBe('read')
  expect(await code(join(root, 'link'))).toBe('refused')
  expect(await code(join(root, 'fifo'))).toBe('refused')
  expect(await code(join(root, 'inside'))).toBe('refused')
  expect(await code(join(root, 'way-out', 'secret'))).toBe('refused')
  expect(await code(join(root, '..', 'outside', 'secret'))).toBe('refused')
  expect(await code('/dev/zero')).toBe('refused')
  expect(await code(join(root, 'none'))).toBe('missing')
})

test('lines are told as they come, also after the file was away', async () => {
  await using folder = await scratchFolder()
  const { path, tail } = tailOf(folder.path, { from: 'start' })
  const told: string[] = []
  const troubles: (string | undefined)[] = []
  const end = new AbortController()
  const following = followTranscript(
    tail,
    (event) => {
      if (event.type === 'line') told.push(event.text)
    },
    { signal: end.signal, trouble: (trouble) => troubles.push(trouble?.code) },
  )
  await expect.poll(() => troubles).toEqual(['missing'])
  await writeFile(path, 'one\n')
  await expect.poll(() => told).toEqual(['one'])
  await appendFile(path, 'two\n')
  await expect.poll(() => told).toEqual(['one', 'two'])
  expect(troubles).toEqual(['missing', undefined])
  end.abort()
  await following
})

test('the kernel alone tells of what comes, also in a file that took the place of another', async () => {
  await using folder = await scratchFolder()
  const { path, tail } = tailOf(folder.path, { from: 'start' })
  const told: string[] = []
  const end = new AbortController()
  await writeFile(path, 'one\n')
  const following = followTranscript(
    tail,
    (event) => {
      if (event.type === 'line') told.push(event.text)
    },
    { signal: end.signal, pollMs: 3_600_000 },
  )
  await expect.poll(() => told).toEqual(['one'])
  await appendFile(path, 'two\n')
  await expect.poll(() => told).toEqual(['one', 'two'])
  await writeFile(`${path}.new`, 'three\n')
  await rename(`${path}.new`, path)
  await expect.poll(() => told).toEqual(['one', 'two', 'three'])
  await appendFile(path, 'four\n')
  await expect.poll(() => told).toEqual(['one', 'two', 'three', 'four'])
  end.abort()
  await following
})

test.describe('after the end of the agent', () => {
  const isTerminal = (line: string) => line.includes('shutdown')
  const finish = (tail: TranscriptTail, told: string[], limitMs: number) =>
    finishTranscript(
      tail,
      (event) => {
        if (event.type === 'line') told.push(event.text)
      },
      isTerminal,
      { signal: new AbortController().signal, stepMs: 20, limitMs },
    )

  test('it reads until the terminal record is the last line', async () => {
    await using folder = await scratchFolder()
    const { path, tail, read } = tailOf(folder.path)
    await writeFile(path, 'shutdown of an earlier run\nresumed\n')
    await read()
    const told: string[] = []
    const finishing = finish(tail, told, 30_000)
    await appendFile(path, 'last words\n')
    await expect.poll(() => told).toEqual(['last words'])
    await appendFile(path, 'shutdown with totals\n\n')
    expect(await finishing).toBe('terminal')
    expect(told).toEqual(['last words', 'shutdown with totals', ''])
  })

  test('without one it stops in time and keeps the last words, a half line included', async () => {
    await using folder = await scratchFolder()
    const { path, tail, read } = tailOf(folder.path)
    await writeFile(path, 'old\n')
    await read()
    await appendFile(path, 'last words\n{"never":"ended"}')
    const told: string[] = []
    expect(await finish(tail, told, 200)).toBe('time-out')
    expect(told).toEqual(['last words', '{"never":"ended"}'])
  })
})
