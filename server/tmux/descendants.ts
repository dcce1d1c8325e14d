import { readdir, readFile } from 'node:fs/promises'
import { delay } from '../lib/time.ts'
import { parseStat } from './process.ts'

/** One process, named for ever by its number and start time. */
export interface Process {
  pid: number
  /** Clock ticks since boot. */
  start: string
  command: string
}

const LOOK_MS = 100

/** These processes and all they have started, as /proc tells; nothing where there is no /proc. */
export async function readDescendants(roots: ReadonlySet<number>): Promise<Process[]> {
  const all = await readAll()
  const wanted = new Set(roots)
  // A child may stand before its parent: go round until nothing is added.
  for (let size = -1; size !== wanted.size; ) {
    size = wanted.size
    for (const { pid, parent } of all) if (wanted.has(parent)) wanted.add(pid)
  }
  return all.filter(({ pid }) => wanted.has(pid))
}

/** Waits until these have ended, at most `ms`; answers with those that have not. */
export async function waitForEnd(processes: readonly Process[], ms: number): Promise<Process[]> {
  const until = performance.now() + ms
  let left = [...processes]
  for (;;) {
    const alive = await Promise.all(left.map(isAlive))
    left = left.filter((_, index) => alive[index])
    if (left.length === 0 || performance.now() >= until) return left
    await delay(LOOK_MS)
  }
}

async function readAll(): Promise<(Process & { parent: number })[]> {
  // Without /proc nothing can be followed, and nothing is claimed.
  const names = await readdir('/proc').catch(() => [])
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(pids.map(readOne))
  return found.filter((process) => process !== undefined)
}

async function readOne(pid: number): Promise<(Process & { parent: number }) | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'latin1')
    const stat = parseStat(text)
    if (!stat || stat.state === 'Z') return undefined
    const command = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'))
    return { pid, start: stat.start, parent: stat.parent, command }
  } catch {
    // It ended between the listing and this.
    return undefined
  }
}

async function isAlive({ pid, start }: Process): Promise<boolean> {
  return (await readOne(pid))?.start === start
}
