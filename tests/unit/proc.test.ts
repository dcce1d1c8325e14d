import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'playwright/test'
import {
  parsePsLine,
  parseStat,
  psTable,
  readArgv,
  readCwd,
  readEnvironment,
  readRow,
  readTable,
  readTree,
} from '../../server/lib/proc.ts'

test('a name with brackets and blanks does not shift the fields behind it', () => {
  const rest = 'S 7 9 9 34816 11 4194560 1 0 0 0 0 0 0 0 20 0 1 0 5555 9 9'
  const row = parseStat(`42 (a) b (c) 1) ${rest}`)
  expect(row).toEqual({
    pid: 42,
    parent: 7,
    group: 9,
    foreground: 11,
    start: '5555',
    name: 'a) b (c) 1',
  })
  expect(parseStat(`42 (x) ${rest.replace('S', 'Z')}`)).toBeUndefined()
  expect(parseStat('')).toBeUndefined()
})

test('the table, the tree and one row tell the same of a child', async () => {
  const child = spawn('/bin/sleep', ['300'], { env: { HOME: '/h', SECRET: 'x' }, cwd: '/' })
  await once(child, 'spawn')
  const pid = child.pid ?? 0
  try {
    await expect.poll(() => readArgv(pid)).toEqual(['/bin/sleep', '300'])
    const row = readRow(pid)
    expect(row).toMatchObject({ pid, parent: process.pid, name: 'sleep' })
    expect((await readTable()).get(pid)).toEqual(row)
    expect((await readTree(process.pid))?.get(pid)).toEqual(row)
    expect(await readCwd(pid)).toBe('/')
    expect(await readEnvironment(pid, ['HOME', 'ABSENT'])).toEqual({ HOME: '/h' })
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  expect(readRow(pid)).toBeUndefined()
  expect(await readArgv(pid)).toBeUndefined()
  expect(await readCwd(pid)).toBeUndefined()
  expect(await readEnvironment(pid, ['HOME'])).toEqual({})
  expect((await readTree(pid))?.size).toBe(0)
})

test('arguments and environments are read to their limit, however long they are', async () => {
  const long = 'x'.repeat(100_000)
  const words = Array.from({ length: 3_000 }, (_, at) => `word-${at}`)
  const argv = ['/bin/sh', '-c', 'read _', ...words]
  const start = (count: number, env: Record<string, string>) =>
    spawn('/bin/sh', argv.slice(1, count), { env, stdio: ['pipe', 'ignore', 'ignore'] })
  const child = start(100, { FIRST: 'a', LONG: long, LAST: 'z' })
  const cut = start(argv.length, {})
  try {
    const pid = child.pid ?? 0
    await expect.poll(() => readArgv(pid)).toEqual(argv.slice(0, 100))
    const environment = await readEnvironment(pid, ['FIRST', 'LONG', 'LAST'])
    expect(environment).toEqual({ FIRST: 'a', LONG: long, LAST: 'z' })
    // Cut after 8 KB, at the last whole word.
    await expect.poll(async () => (await readArgv(cut.pid ?? 0))?.length ?? 0).toBeGreaterThan(700)
    const read = (await readArgv(cut.pid ?? 0)) ?? []
    expect(read).toEqual(argv.slice(0, read.length))
    const bytes = read.join(' ').length
    expect(bytes).toBeGreaterThan(8_150)
    expect(bytes).toBeLessThanOrEqual(8_192)
  } finally {
    for (const one of [child, cut]) {
      one.kill('SIGKILL')
      await once(one, 'exit')
    }
  }
})

test('ps tells the same tree where there is no /proc', async () => {
  const table = await psTable()
  const row = readRow(process.pid)
  expect(table.get(process.pid)).toMatchObject({ parent: row?.parent, group: row?.group })
  expect(table.get(process.pid)?.argv?.[0]).toMatch(/node$/)
  expect(table.get(process.pid)?.start).toMatch(/^\w{3} \w{3} \d+ [\d:]{8} \d{4}$/)
})

test('lines of ps from both families of systems are read', () => {
  expect(
    parsePsLine(
      '  501     1   501   501 Sat Nov 21 09:20:45 2026 /usr/local/bin/node /b/codex -m x',
    ),
  ).toEqual({
    pid: 501,
    parent: 1,
    group: 501,
    foreground: 501,
    start: 'Sat Nov 21 09:20:45 2026',
    name: 'node',
    argv: ['/usr/local/bin/node', '/b/codex', '-m', 'x'],
  })
  expect(parsePsLine('1 0 1 -1 Sun Nov  1 09:20:45 2026 (sh)')?.foreground).toBe(-1)
  expect(parsePsLine('PID PPID')).toBeUndefined()
})
