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
