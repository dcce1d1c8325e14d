import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Text of a file under /proc, or undefined where the process has ended. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Processes come and go while we look; one that went counts for nothing.
    return undefined
  }
}

/** Why the rows on memory and processor time have no figure here; undefined where they have. */
export function procMissing(): string | undefined {
  return read('/proc/self/smaps_rollup') === undefined
    ? 'this machine has no /proc/PID/smaps_rollup'
    : undefined
}

/** Fields of /proc/PID/stat after the name, which stands in parentheses and may hold anything. */
function statOf(pid: number | string): string[] | undefined {
  const stat = read(`/proc/${pid}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** One tick of /proc/PID/stat; Linux tells programs 100 per second on every machine we know of. */
const TICK_MS = 10

/**
 * Milliseconds of processor time of a process so far: its threads to the nanosecond, and the
 * children that it started and that have ended, in ticks.
 */
export function cpuMs(pid: number): number {
  let nanoseconds = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    // First field of three: time spent on a processor (Linux, Documentation/scheduler/sched-stats).
    nanoseconds += Number(read(`/proc/${pid}/task/${thread}/schedstat`)?.split(' ')[0] ?? 0)
  }
  // Fields 16 and 17 of the whole line, cutime and cstime (proc(5)).
  const [user = 0, system = 0] = (statOf(pid) ?? []).slice(13, 15).map(Number)
  return nanoseconds / 1e6 + (user + system) * TICK_MS
}

/** What a thread had of the processors so far, and how long it was ready and waited for one; milliseconds. */
export interface ThreadTime {
  ran: number
  waited: number
}

/** Of the first thread of a process; undefined where the kernel keeps no such books. */
export function mainThread(pid: number): ThreadTime | undefined {
  const [ran, waited] = read(`/proc/${pid}/task/${pid}/schedstat`)?.split(' ').map(Number) ?? []
  return ran === undefined || waited === undefined
    ? undefined
    : { ran: ran / 1e6, waited: waited / 1e6 }
}

/** A process and all that it started and that still have it as ancestor. */
export function familyOf(pid: number): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const [state, parent] = statOf(name) ?? []
    if (state !== undefined && state !== 'Z') parents.set(Number(name), Number(parent))
  }
  const family = [pid]
  for (const member of family) {
    for (const [child, parent] of parents) if (parent === member) family.push(child)
  }
  return family
}

/** Megabytes of memory of a process, what it shares with others counted in parts (PSS). */
export function pssMb(pid: number): number {
  const kilobytes = read(`/proc/${pid}/smaps_rollup`)?.match(/^Pss:\s+(\d+)/m)?.[1]
  return Number(kilobytes ?? 0) / 1024
}

/** Megabytes that are in memory and that no other process uses. */
export function privateMb(pid: number): number {
  const text = read(`/proc/${pid}/smaps_rollup`) ?? ''
  const kilobytes = [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+)/gm)]
  return kilobytes.reduce((sum, match) => sum + Number(match[1]), 0) / 1024
}

/** Descriptors a process has open, and how many of them are masters of pseudo-terminals. */
export function openFiles(pid: number): { files: number; terminals: number } {
  const targets = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`)
    } catch {
      // Closed since the listing.
      return undefined
    }
  })
  const open = targets.filter((target) => target !== undefined)
  return { files: open.length, terminals: open.filter((path) => path.endsWith('/ptmx')).length }
}
