import { readlinkSync } from 'node:fs'
import { open, readFile, readlink } from 'node:fs/promises'
import { glance } from '../lib/proc.ts'

/**
 * Processes as the kernel's /proc tells (Linux; proc(5)). Everywhere else every answer here is
 * undefined, and callers fall back to what tmux itself knows.
 */

/** What runs in a pane's foreground. */
export interface ProcessFacts {
  /** Name as tmux would show it. */
  command: string
  /** Arguments, the program first, at most `MAX_ARGV_BYTES` of them. */
  argv: string[]
  /** Working directory as the kernel writes it, with ` (deleted)` where it is gone. */
  cwd: string
}

/** Longer command lines are cut; agents put whole prompts there. */
const MAX_ARGV_BYTES = 4_096

interface Stat {
  state: string
  parent: number
  /** Process group in the terminal's foreground; -1 without a terminal. */
  foreground: number
  /** Start time in clock ticks since boot; with the pid it names a process for ever. */
  start: string
}

function readStat(pid: number): Stat | undefined {
  try {
    return parseStat(glance(`/proc/${pid}/stat`))
  } catch {
    // It has ended, or there is no /proc: both mean that nothing is known.
    return undefined
  }
}

/** Reads `/proc/<pid>/stat`. The name in brackets may hold brackets and spaces: the last `)` counts. */
export function parseStat(text: string): Stat | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, parent, , , , foreground] = fields
  const start = fields[19]
  if (!state || start === undefined) return undefined
  return { state, parent: Number(parent), foreground: Number(foreground), start }
}

/** When the process started, in the kernel's ticks; undefined where it does not run. */
export function startOf(pid: number): string | undefined {
  const stat = readStat(pid)
  return stat && stat.state !== 'Z' ? stat.start : undefined
}

/** `stopped` (SIGSTOP, a debugger), `running`, or `gone`; undefined without /proc. */
export function lifeOf(pid: number): 'running' | 'stopped' | 'gone' | undefined {
  const stat = readStat(pid)
  if (!stat) return readStat(process.pid) ? 'gone' : undefined
  return stat.state === 'T' || stat.state === 't' ? 'stopped' : 'running'
}

/**
 * The foreground process of the pane whose first process is `pid`. Undefined unless that process is
 * a child of `parent`, the tmux server: else the pid belongs to another pid namespace.
 */
export async function readForeground(
  pid: number,
  parent: number,
): Promise<ProcessFacts | undefined> {
  const stat = readStat(pid)
  if (!stat || stat.parent !== parent) return undefined
  const leader = stat.foreground > 0 ? stat.foreground : pid
  const argv = (await readArgv(leader)) ?? (await readArgv(pid)) ?? []
  // The group's leader may have ended while others of its pipeline run; a set-uid program hides its folder.
  const cwd = (await readCwd(leader)) ?? (await readCwd(pid)) ?? ''
  return { command: shownName(argv[0] ?? '') || (await readName(leader)), argv, cwd }
}

/**
 * Who is in the foreground and where, as one word to compare; empty where the pane cannot be seen.
 * At once and without a thread: unlike a process's arguments, neither can make a reader wait.
 */
export function peekForeground(pid: number, parent: number): string {
  try {
    const stat = parseStat(glance(`/proc/${pid}/stat`))
    if (!stat || stat.parent !== parent) return ''
    const leader = stat.foreground > 0 ? stat.foreground : pid
    return `${leader} ${readlinkSync(`/proc/${leader}/cwd`)}`
  } catch {
    // Ended, or another user's process: the thorough reading tells what can be known.
    return ''
  }
}

async function readArgv(pid: number): Promise<string[] | undefined> {
  try {
    await using file = await open(`/proc/${pid}/cmdline`)
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(MAX_ARGV_BYTES),
      0,
      MAX_ARGV_BYTES,
      0,
    )
    const words = buffer.toString('utf8', 0, bytesRead).split('\0')
    // A program that set its own title leaves empty words behind it.
    while (words.at(-1) === '') words.pop()
    return words.length > 0 ? words : undefined
  } catch {
    // It has ended since its group was read.
    return undefined
  }
}

async function readCwd(pid: number): Promise<string | undefined> {
  try {
    return (await readlink(`/proc/${pid}/cwd`, 'buffer')).toString('utf8')
  } catch {
    // Ended, or another user's process.
    return undefined
  }
}

async function readName(pid: number): Promise<string> {
  try {
    return (await readFile(`/proc/${pid}/comm`, 'utf8')).trimEnd()
  } catch {
    // Ended.
    return ''
  }
}

/** What tmux makes of a program's first argument: no login dash, no arguments, no folder. */
export function shownName(first: string): string {
  const word =
    first
      .replace(/^"|"$/g, '')
      .replace(/^exec /, '')
      .replace(/^[ -]+/, '')
      .split(' ')[0] ?? ''
  return word.startsWith('/') ? word.slice(word.lastIndexOf('/') + 1) : word
}
