import { execFile } from 'node:child_process'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { open, readdir, readlink } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'

/**
 * Processes as the kernel's /proc tells (Linux; proc(5)), else as ps(1) does: then without folders
 * and environment, and with arguments split at blanks.
 */

export interface ProcessRow {
  pid: number
  parent: number
  /** Process group. */
  group: number
  /** The process group in the foreground of its terminal; -1 without a terminal. */
  foreground: number
  /** When it started: kernel ticks since boot, or what ps prints. With the pid a name for ever. */
  start: string
  /** The kernel's short name: at most 15 bytes, and a thread's name where a program sets one. */
  name: string
  /** Only where ps told it with the rest. */
  argv?: string[]
}

export type ProcessTable = ReadonlyMap<number, ProcessRow>

/** Longer command lines are cut at the last whole word; agents put whole prompts there. */
const MAX_ARGV_BYTES = 8_192
/** The kernel allows megabytes of environment; what we look for stands in the ordinary ones. */
const MAX_ENVIRONMENT_BYTES = 262_144
/** Command lines and environments are read into so much room first; it grows with them. */
const FIRST_BYTES = 4_096
/** Rows read between two turns of the event loop: about a millisecond. */
const SLICE = 64
const PS_DEADLINE_MS = 5_000

/** Reads `/proc/<pid>/stat`. The name may hold brackets and blanks: the last `)` counts. */
export function parseStat(text: string): ProcessRow | undefined {
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  const fields = text.slice(close + 2).split(' ')
  const [state, parent, group, , , foreground] = fields
  const start = fields[19]
  // A zombie has ended; only its parent has not looked yet.
  if (open < 0 || start === undefined || state === 'Z' || state === 'X') return undefined
  return {
    pid: Number(text.slice(0, open)),
    parent: Number(parent),
    group: Number(group),
    foreground: Number(foreground),
    start,
    name: text.slice(open + 1, close),
  }
}

/** Kept, because a glance at 100 processes must leave nothing to collect. */
const glanceBuffer = Buffer.alloc(1_024)

/**
 * The first kilobyte of one of the kernel's small files, at once and without a thread; throws where
 * it cannot be read. Only for those that never make a reader wait.
 */
export function glance(path: string): string {
  const file = openSync(path, 'r')
  try {
    const length = readSync(file, glanceBuffer, 0, glanceBuffer.length, 0)
    return glanceBuffer.toString('latin1', 0, length)
  } finally {
    closeSync(file)
  }
}

/** One process; undefined where it has ended. A read of the kernel's memory: it never waits. */
export function readRow(pid: number): ProcessRow | undefined {
  try {
    return parseStat(glance(`/proc/${pid}/stat`))
  } catch {
    // It has ended, or there is no /proc: both mean that nothing is known.
    return undefined
  }
}

/**
 * Whether a process of this number runs, or is waited for by its parent. One call of the kernel, for
 * those who ask often: whose number it is now, `readRow` tells.
 */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether one process was started by another, by itself or by what it started. */
export function isBelow(pid: number, ancestor: number): boolean {
  // Deeper chains are nobody's launcher; and a chain that changes while it is read must end.
  for (let row = readRow(pid), depth = 0; row && depth < 32; depth += 1) {
    if (row.parent === ancestor) return true
    row = readRow(row.parent)
  }
  return false
}

/** Epoch milliseconds at which a process began, from its kernel ticks; undefined where unknown. */
export function startTime(start: string): number | undefined {
  if (!/^\d+$/.test(start)) return undefined
  try {
    const uptime = Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0])
    // Linux counts these in hundredths of a second on every machine.
    return Math.round(Date.now() - (uptime - Number(start) / 100) * 1_000)
  } catch {
    // No /proc: the caller takes the time at which it saw the process first.
    return undefined
  }
}

/** Whether the kernel tells; else every question goes to ps. */
export function hasProc(): boolean {
  return readRow(process.pid) !== undefined
}

/** All processes in one pass. */
export async function readTable(): Promise<ProcessTable> {
  if (!hasProc()) return psTable()
  const table = new Map<number, ProcessRow>()
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  for (let at = 0; at < pids.length; at += SLICE) {
    for (const pid of pids.slice(at, at + SLICE)) {
      const row = readRow(pid)
      if (row) table.set(pid, row)
    }
    await setImmediate()
  }
  return table
}

/**
 * One process and all below it, by the kernel's lists of children: work for the size of this tree,
 * not of the machine. Undefined where the kernel keeps no such lists.
 */
export async function readTree(root: number): Promise<ProcessTable | undefined> {
  const table = new Map<number, ProcessRow>()
  const first = readRow(root)
  if (!first) return hasProc() ? table : undefined
  const queue = [first]
  for (let row = queue.shift(); row; row = queue.shift()) {
    if (table.has(row.pid)) continue
    table.set(row.pid, row)
    const children = await readChildren(row.pid)
    if (!children) return undefined
    for (const pid of children) {
      const child = readRow(pid)
      if (child) queue.push(child)
    }
  }
  return table
}

/** Children that a process's first thread made, as the kernel lists them; empty where unknown. */
export function readFirstChildren(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1')
  } catch {
    // It has ended, or this kernel keeps no such lists: nothing can be told by them.
    return ''
  }
}

/** A child belongs to the thread that made it, so every thread's list counts. */
async function readChildren(pid: number): Promise<number[] | undefined> {
  let threads: string[]
  try {
    threads = await readdir(`/proc/${pid}/task`)
  } catch {
    // It has ended meanwhile, and its children are no longer its own.
    return []
  }
  const children: number[] = []
  for (const thread of threads) {
    try {
      const text = readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1')
      children.push(...text.split(' ').filter(Boolean).map(Number))
    } catch (error) {
      // A thread may end at any time; a kernel without these lists lacks the first one's too.
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      if (isMissing && thread === String(pid) && readRow(pid)) return undefined
    }
  }
  return children
}

/** The table by one call of ps, for systems without /proc. */
export async function psTable(): Promise<ProcessTable> {
  const table = new Map<number, ProcessRow>()
  const { stdout } = await promisify(execFile)(
    'ps',
    ['-axwwo', 'pid=,ppid=,pgid=,tpgid=,lstart=,args='],
    {
      maxBuffer: 1 << 26,
      timeout: PS_DEADLINE_MS,
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
    },
  )
  for (const line of stdout.split('\n')) {
    const row = parsePsLine(line)
    if (row) table.set(row.pid, row)
  }
  return table
}

const PS_LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(-?\d+)\s+(\w{3} +\w{3} +\d+ [\d:]{8} \d{4})\s+(\S.*)$/

/** One line of ps as `psTable` asks for it. */
export function parsePsLine(line: string): ProcessRow | undefined {
  const [, pid, parent, group, foreground, start, command] = PS_LINE.exec(line) ?? []
  if (start === undefined || command === undefined || /<defunct>$/.test(command)) return undefined
  const argv = command.trimEnd().split(/\s+/)
  return {
    pid: Number(pid),
    parent: Number(parent),
    group: Number(group),
    foreground: Number(foreground),
    start: start.replace(/\s+/g, ' '),
    name: (argv[0] ?? '').replace(/^.*\//, ''),
    argv,
  }
}

/** Arguments, the program first; undefined where they cannot be read. */
export async function readArgv(pid: number): Promise<string[] | undefined> {
  const bytes = await readStart(`/proc/${pid}/cmdline`, MAX_ARGV_BYTES)
  if (!bytes || bytes.length === 0) return undefined
  const words = bytes.toString('utf8').split('\0')
  if (bytes.length === MAX_ARGV_BYTES && words.length > 1) words.pop()
  // A program that set its own title leaves empty words behind it.
  while (words.length > 0 && words.at(-1) === '') words.pop()
  return words.length > 0 ? words : undefined
}

/** Working directory; undefined for another user's process. */
export async function readCwd(pid: number): Promise<string | undefined> {
  return readlink(`/proc/${pid}/cwd`).catch(() => undefined)
}

/** The named variables of a process's environment as it was started with; no other one is kept. */
export async function readEnvironment(
  pid: number,
  names: readonly string[],
): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  const bytes = await readStart(`/proc/${pid}/environ`, MAX_ENVIRONMENT_BYTES)
  for (const entry of bytes?.toString('utf8').split('\0') ?? []) {
    const at = entry.indexOf('=')
    const name = entry.slice(0, at)
    const value = entry.slice(at + 1)
    if (at > 0 && value !== '' && names.includes(name) && !(name in found)) found[name] = value
  }
  return found
}

/** Paths of the files that a process has open; empty for another user's process. */
export async function readOpenFiles(pid: number): Promise<string[]> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => [])
  const paths = await Promise.all(
    names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')),
  )
  return paths.filter((path) => path.startsWith('/'))
}

/** The first `limit` bytes of a file of the kernel's, which has no size before it is read. */
async function readStart(path: string, limit: number): Promise<Buffer | undefined> {
  try {
    await using file = await open(path)
    // Most are short: a buffer of the whole limit for each of a hundred agents is 25 MB to collect.
    let buffer = Buffer.allocUnsafe(Math.min(limit, FIRST_BYTES))
    for (let length = 0; ; ) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length)
      length += bytesRead
      if (bytesRead === 0 || length === limit) return buffer.subarray(0, length)
      if (length < buffer.length) continue
      const larger = Buffer.allocUnsafe(Math.min(limit, 2 * buffer.length))
      buffer.copy(larger)
      buffer = larger
    }
  } catch {
    // Ended, or another user's process.
    return undefined
  }
}
