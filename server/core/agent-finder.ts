import type { Adapter, ProcessFacts } from '../agents/adapter.ts'
import { Detector } from '../agents/detect.ts'
import type { Where } from '../agents/elsewhere.ts'
import type { PaneFound } from '../agents/tree.ts'
import { isThere, readFirstChildren, readRow } from '../lib/proc.ts'
import { coalesce } from '../lib/time.ts'
import type { Log } from '../log.ts'
import type { TmuxServer } from '../tmux/server.ts'
import { AgentsElsewhere } from './agents-elsewhere.ts'
import { type PanePlace, panesOf } from './pane-places.ts'
import type { ReadPaneScreen } from './pane-screens.ts'

/** Looks that a change calls for come together after so long (milliseconds). */
const SOON_MS = 150
/** A pane that changed is looked at each second for so long: launchers start one another. */
const UNSETTLED_MS = 6_000
/** And every pane at least so often: background jobs, `exec`. */
const SAFETY_MS = 15_000
/** At one look in so many it is asked whether a number still is the same process's. */
const CHECK_LOOKS = 3

/** An agent as it was seen in a pane. */
export interface SeenAgent {
  adapter: Adapter
  process: ProcessFacts
  isForeground: boolean
  where: Where
}

/** A pane that was looked at, and the agents in it. */
export interface Sighting {
  server: TmuxServer
  place: PanePlace
  agents: readonly SeenAgent[]
}

export interface FinderDeps {
  readScreen: ReadPaneScreen
  /** Told after each look, also of none: panes may have gone meanwhile. */
  tell: (sightings: readonly Sighting[]) => void
  log: Log
  signal: AbortSignal
}

/** What is kept of one listed pane. */
interface Held {
  server: TmuxServer
  place: PanePlace
  /** What the listing said of its programs. */
  listed: string
  /** What its foreground looked like when it printed last. */
  sign?: string
  /** Looked at each second until then, at least once more; undefined where it has settled. */
  until?: number
  agents: readonly SeenAgent[]
  leadsElsewhere: boolean
}

/**
 * Finds the agents in all panes. A pane is looked at when a listing, its output or the end of an
 * agent says that its programs changed; idle ones are left alone but for a look now and then.
 */
export class AgentFinder {
  readonly #deps: FinderDeps
  readonly #detector = new Detector()
  readonly #elsewhere: AgentsElsewhere
  /** By our pane id. */
  readonly #panes = new Map<string, Held>()
  /** By server and tmux's pane id. */
  readonly #byTmuxId = new Map<TmuxServer, Map<string, Held>>()
  readonly #lookSoon: () => void
  #sweptAt = Number.NEGATIVE_INFINITY
  #isAsked = false
  /** How often it was looked. */
  #looks = 0
  #looking: Promise<void> | undefined

  constructor(deps: FinderDeps) {
    this.#deps = deps
    this.#elsewhere = new AgentsElsewhere(deps.readScreen)
    this.#lookSoon = coalesce(SOON_MS, () => void this.look(), deps.signal)
  }

  /** Takes over a server's newest listing. */
  listed(server: TmuxServer): void {
    let isChanged = false
    const here = new Map<string, Held>()
    for (const place of panesOf(server)) {
      const { pid, command, dead } = place.pane
      const listed = `${pid} ${command} ${dead}`
      const held = this.#panes.get(place.id)
      const now: Held = held ?? { server, place, listed: '', agents: [], leadsElsewhere: false }
      now.place = place
      if (now.listed !== listed) {
        now.listed = listed
        now.until = performance.now() + UNSETTLED_MS
        isChanged = true
      }
      this.#panes.set(place.id, now)
      here.set(place.pane.id, now)
    }
    for (const [tmuxId, { place }] of this.#byTmuxId.get(server) ?? []) {
      if (here.get(tmuxId)?.place.id === place.id) continue
      this.#panes.delete(place.id)
      this.#elsewhere.forget(place.id)
      isChanged = true
    }
    this.#byTmuxId.set(server, here)
    if (isChanged) this.#lookSoon()
  }

  /** The pane printed: it may be the first words of another program than before. */
  printed(server: TmuxServer, tmuxPane: string): void {
    const held = this.#byTmuxId.get(server)?.get(tmuxPane)
    const foreground = held && readRow(held.place.pane.pid)?.foreground
    if (!held || foreground === undefined) return
    // What an agent starts is its own; else a script may start an agent in its own group.
    const children = held.agents.length > 0 ? '' : readFirstChildren(foreground)
    const sign = `${foreground} ${children}`
    if (sign !== held.sign) {
      held.sign = sign
      held.until = performance.now() + UNSETTLED_MS
    } else if (held.leadsElsewhere) {
      held.until ??= performance.now()
    } else return
    this.#lookSoon()
  }

  /** Whether this pane (our id) is in the newest listing. */
  lists(pane: string): boolean {
    return this.#panes.has(pane)
  }

  /** Looks at every pane now. Resolves when a look that began after this call is done. */
  async sweep(): Promise<void> {
    this.#sweptAt = Number.NEGATIVE_INFINITY
    return this.look()
  }

  /** Looks at the panes that may have changed. Resolves when a look after this call is done. */
  async look(): Promise<void> {
    this.#isAsked = true
    this.#looking ??= this.#lookWhileAsked()
    return this.#looking
  }

  async #lookWhileAsked(): Promise<void> {
    while (this.#isAsked && !this.#deps.signal.aborted) {
      this.#isAsked = false
      try {
        await this.#lookOnce()
      } catch (error) {
        // One odd process must not end the watch over all others.
        this.#deps.log.error({ error }, 'looking for agents failed')
      }
    }
    this.#looking = undefined
  }

  async #lookOnce(): Promise<void> {
    const now = performance.now()
    const isSweep = now - this.#sweptAt >= SAFETY_MS
    if (isSweep) this.#sweptAt = now
    const all = [...this.#panes.values()]
    this.#looks += 1
    const due = isSweep ? all : all.filter((held) => isDue(held, this.#looks))
    if (isSweep) this.#detector.keep(all.map(({ place }) => place.pane.pid))
    const found = await this.#detector.sweep(due.map(({ place }) => place.pane.pid))
    for (const held of due) {
      const { place } = held
      const pane = place.pane.dead ? undefined : found.get(place.pane.pid)
      const agents = pane ? await this.#agentsIn(held, pane) : []
      if (this.#deps.signal.aborted) return
      held.leadsElsewhere = pane !== undefined && pane.where !== 'here'
      const isSame = sameAgents(held.agents, agents)
      held.agents = agents
      if (!isSame) held.until = Math.max(held.until ?? 0, performance.now() + UNSETTLED_MS)
      else if (held.until !== undefined && held.until <= now) delete held.until
    }
    // Titles and places as they are listed by now, not as they were when the look began.
    this.#deps.tell(due)
  }

  async #agentsIn({ server, place }: Held, pane: PaneFound): Promise<readonly SeenAgent[]> {
    const { agents, where, foreground: process } = pane
    if (agents.length > 0 || where === 'here' || !process) {
      this.#elsewhere.forget(place.id)
      return agents.map((agent) => ({ ...agent, where: 'here' }))
    }
    const adapter = await this.#elsewhere.look(server, place, process)
    return adapter ? [{ adapter, process, isForeground: true, where }] : []
  }
}

/** It changed lately, its agent is no longer what it was, or only a screen tells of its agent. */
function isDue({ until, agents }: Held, looks: number): boolean {
  if (until !== undefined) return true
  return agents.some(({ process: { pid, start }, where }) => {
    if (where !== 'here' || !isThere(pid)) return true
    // Numbers come round again after tens of thousands of others: a few at a look are enough.
    return (looks + pid) % CHECK_LOOKS === 0 && readRow(pid)?.start !== start
  })
}

function sameAgents(one: readonly SeenAgent[], other: readonly SeenAgent[]): boolean {
  const names = (agents: readonly SeenAgent[]) =>
    agents.map(({ process }) => `${process.pid} ${process.start}`).join()
  return names(one) === names(other)
}
