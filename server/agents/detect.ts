import {
  hasProc,
  type ProcessRow,
  type ProcessTable,
  readArgv,
  readCwd,
  readEnvironment,
  readRow,
  readTable,
  readTree,
} from '../lib/proc.ts'
import { ENVIRONMENT, type ProcessFacts } from './adapter.ts'
import { agentOf } from './index.ts'
import { childrenOf, type FactsOf, type PaneFound, readPane } from './tree.ts'

/** A pane whose foreground changed is read in full for so long: wrappers start one another. */
const UNSETTLED_MS = 5_000
/** A pane where nothing seems to happen is read in full this often: background jobs, `exec`. */
const RECHECK_MS = 5_000
/** A command without an agent may be a script that is about to start one, in its own group. */
const RECHECK_COMMAND_MS = 1_000
/** Up to so many panes are read one by one; for more, one pass over all processes is cheaper. */
const ONE_BY_ONE = 8
/** A launcher whose agent ran for so long is only that: sooner it may start its agent anew. */
const LAUNCHED_MS = 30_000
/** It ends so soon after its agent; one that stays longer is an agent itself. */
const LAUNCHER_MS = 3_000
/** `exec` changes arguments: those of a young process are read each time, of others this often. */
const ARGV_MS = 60_000

interface Known {
  found: PaneFound
  /** The pane's first process and its foreground group when this was read. */
  start: string
  foreground: number
  changedAt: number
  readAt: number
}

interface Held {
  facts: ProcessFacts
  name: string
  firstAt: number
  readAt: number
  usedAt: number
}

/** A program that stands around an agent; times are monotonic milliseconds. */
interface Launcher {
  start: string
  since: number
  /** When its agent was first seen to be gone. */
  leftAt?: number
}

/**
 * Finds which agents run in which panes. Remembers what it found, so that a sweep over idle panes
 * reads one small file per pane and agent. Panes are named by the pid of their first process.
 */
export class Detector {
  readonly #panes = new Map<number, Known>()
  readonly #facts = new Map<number, Held>()
  /** By pid. */
  readonly #launchers = new Map<number, Launcher>()
  readonly #now: () => number

  /** `now`: monotonic milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Some panes at once; one that is absent from the answer has ended. */
  async sweep(panes: Iterable<number>): Promise<Map<number, PaneFound>> {
    const all = [...new Set(panes)]
    const found = new Map<number, PaneFound>()
    const stale: number[] = []
    const isLinux = hasProc()
    for (const pid of all) {
      const known = isLinux ? this.#stillTrue(pid) : undefined
      if (known) found.set(pid, known)
      else stale.push(pid)
    }
    if (stale.length > 0) {
      const table = !isLinux || stale.length > ONE_BY_ONE ? await readTable() : undefined
      const children = table && childrenOf(table)
      for (const pid of stale) {
        const pane = await this.#read(pid, table, children)
        if (pane) found.set(pid, pane)
      }
    }
    return found
  }

  /** One pane, read in full; undefined where it has ended. */
  async look(pane: number): Promise<PaneFound | undefined> {
    return this.#read(pane)
  }

  /** What was found before, if the cheap signs say that nothing changed. */
  #stillTrue(pid: number): PaneFound | undefined {
    const known = this.#panes.get(pid)
    const now = this.#now()
    if (!known || now - known.changedAt < UNSETTLED_MS) return undefined
    const isCommand = known.found.foreground !== undefined && known.found.agents.length === 0
    if (now - known.readAt >= (isCommand ? RECHECK_COMMAND_MS : RECHECK_MS)) return undefined
    const row = readRow(pid)
    if (!row || row.start !== known.start || row.foreground !== known.foreground) return undefined
    const isAlive = known.found.agents.every(
      ({ process }) => readRow(process.pid)?.start === process.start,
    )
    return isAlive ? known.found : undefined
  }

  async #read(
    pid: number,
    given?: ProcessTable,
    givenChildren?: Map<number, ProcessRow[]>,
  ): Promise<PaneFound | undefined> {
    const table = given ?? (await readTree(pid)) ?? (await readTable())
    const all = await readPane(pid, table, givenChildren ?? childrenOf(table), this.#factsOf)
    const found = all && this.#withoutLaunchers(all)
    const row = table.get(pid)
    if (!found || !row) {
      this.#panes.delete(pid)
      return undefined
    }
    const now = this.#now()
    const known = this.#panes.get(pid)
    const isSame =
      known?.start === row.start &&
      known.foreground === row.foreground &&
      sameAgents(known.found, found)
    this.#panes.set(pid, {
      found,
      start: row.start,
      foreground: row.foreground,
      changedAt: isSame ? known.changedAt : now,
      readAt: now,
    })
    return found
  }

  /** A launcher that its agent left behind for a moment is not another agent that ends at once. */
  #withoutLaunchers(found: PaneFound): PaneFound {
    const now = this.#now()
    for (const { pid, start } of found.agents.flatMap(({ launchers }) => launchers)) {
      const held = this.#launchers.get(pid)
      const since = held?.start === start ? held.since : now
      this.#launchers.set(pid, { start, since })
    }
    const agents = found.agents.filter(({ process: { pid, start } }) => {
      const held = this.#launchers.get(pid)
      if (held?.start !== start) return true
      held.leftAt ??= now
      return held.leftAt - held.since < LAUNCHED_MS || now - held.leftAt >= LAUNCHER_MS
    })
    return { ...found, agents }
  }

  /** Folder and environment are read for agents and a pane's foreground alone: most need neither. */
  readonly #factsOf: FactsOf = async (row) => {
    const held = this.#facts.get(row.pid)
    const now = this.#now()
    const isSame = held?.facts.start === row.start && held.name === row.name
    if (held && isSame && now - held.firstAt > UNSETTLED_MS && now - held.readAt < ARGV_MS) {
      held.usedAt = now
      return held.facts
    }
    const argv = row.argv ?? (await readArgv(row.pid)) ?? []
    const { pid, start, name } = row
    const bare: ProcessFacts = { pid, start, argv, command: name, cwd: '', env: {} }
    const facts: ProcessFacts = agentOf(bare)
      ? {
          ...bare,
          cwd: (await readCwd(pid)) ?? '',
          env: await readEnvironment(pid, ENVIRONMENT),
        }
      : bare
    const firstAt = held && isSame ? held.firstAt : now
    this.#facts.set(pid, { facts, name, firstAt, readAt: now, usedAt: now })
    return facts
  }

  /** Forgets every other pane, and processes that were in none lately. */
  keep(panes: Iterable<number>): void {
    const kept = new Set(panes)
    for (const pid of this.#panes.keys()) if (!kept.has(pid)) this.#panes.delete(pid)
    const now = this.#now()
    for (const [pid, { usedAt }] of this.#facts) if (now - usedAt > ARGV_MS) this.#facts.delete(pid)
    for (const pid of this.#launchers.keys()) if (!this.#facts.has(pid)) this.#launchers.delete(pid)
  }
}

function sameAgents(one: PaneFound, other: PaneFound): boolean {
  const ids = ({ agents }: PaneFound) =>
    agents.map(({ process }) => `${process.pid} ${process.start}`).join()
  return ids(one) === ids(other)
}
