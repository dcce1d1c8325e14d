import { findAgent } from '../../db/agents.ts'
import type { Database } from '../../db/open.ts'
import { openTurns } from '../../db/turns.ts'
import type { Observation, ProcessFacts, ScreenFacts } from '../agents/adapter.ts'
import { FolderWatches } from '../lib/folder-watches.ts'
import { isBelow, readRow, startTime } from '../lib/proc.ts'
import { every } from '../lib/time.ts'
import type { Log } from '../log.ts'
import type { TmuxServer } from '../tmux/server.ts'
import { Agent } from './agent.ts'
import { AgentFinder, type SeenAgent, type Sighting } from './agent-finder.ts'
import { AgentSources } from './agent-sources.ts'
import { type PanePlace, panesOf } from './pane-places.ts'
import { paneScreens } from './pane-screens.ts'
import type { Registry } from './registry.ts'
import { TranscriptOwners } from './transcript-owners.ts'
import { type TurnJournal, turnsOf } from './turn-journal.ts'
import { interruptedTurn } from './turns.ts'

/** Time passes for every agent this often (milliseconds), and panes that changed are looked at. */
const TICK_MS = 1_000
/** A process that runs but was not found where it was is looked for so often before it is gone. */
const MISSES = 2
/** Agents that have ended are kept up to this many, the newest. */
const ENDED_MAX = 100

/** A live agent and what feeds it. */
export interface LiveAgent {
  agent: Agent
  sources: AgentSources
  server: TmuxServer
  place: PanePlace
  stop: AbortController
  misses: number
}

export interface AgentsDeps {
  registry: Registry
  db: Database
  journal: TurnJournal
  log: Log
  signal: AbortSignal
}

/** All agents in all panes: feeds them, and tells the registry what they do. */
export class Agents {
  readonly #deps: AgentsDeps
  readonly #finder: AgentFinder
  readonly #servers: TmuxServer[] = []
  readonly #live = new Map<string, LiveAgent>()
  readonly #ended = new Map<string, LiveAgent>()
  readonly #owners = new TranscriptOwners((id) => this.#live.has(id))
  readonly #readScreen = paneScreens()
  readonly #watches = new FolderWatches()

  constructor(deps: AgentsDeps) {
    this.#deps = deps
    this.#finder = new AgentFinder({
      readScreen: this.#readScreen,
      tell: (sightings) => this.#take(sightings),
      log: deps.log,
      signal: deps.signal,
    })
  }

  /** Looks at the panes of this tmux server from now on. */
  add(server: TmuxServer): void {
    this.#servers.push(server)
    server.changes.on((event) => {
      if (event.type === 'output') this.#noteOutput(server, event.pane, event.at)
      if (event.type !== 'tree') return
      this.#follow(server)
      this.#finder.listed(server)
    }, this.#deps.signal)
  }

  /** Finds what runs now, ends the turns of all that is gone, and goes on looking. */
  async start(): Promise<void> {
    const { db, journal, signal, log } = this.#deps
    for (const server of this.#servers) this.#finder.listed(server)
    await this.sweep()
    const left = openTurns(db).filter(({ agent }) => !this.#live.has(agent))
    journal.note(left.map((turn) => interruptedTurn(turn, Date.now())))
    every(
      TICK_MS,
      async () => {
        await this.#finder.look()
        this.#tick()
      },
      signal,
    ).catch((error: unknown) => log.error({ error }, 'agents are no longer looked for'))
  }

  /** A live agent, or one of those that ended last. */
  find(id: string): LiveAgent | undefined {
    return this.#live.get(id) ?? this.#ended.get(id)
  }

  /** The live ones first. */
  all(): LiveAgent[] {
    return [...this.#live.values(), ...this.#ended.values()]
  }

  /** Forgets an agent that has ended; one that lives stays. */
  forgetEnded(id: string): void {
    const ended = this.#ended.get(id)
    if (!ended) return
    ended.stop.abort()
    this.#ended.delete(id)
    this.#deps.registry.dropAgent(id)
  }

  /** What its pane shows now; undefined where it has ended or nobody can tell. */
  async screenOf({
    agent,
    server,
    place,
  }: LiveAgent): Promise<Omit<ScreenFacts, 'at'> | undefined> {
    if (agent.isEnded) return undefined
    const screen = await this.#readScreen(server, place.pane.id)
    return screen && { ...screen, title: place.pane.title }
  }

  /** Takes in what was observed of an agent; turns that it changes are noted for writing. */
  hear({ agent, sources }: LiveAgent, observations: readonly Observation[]): void {
    // The last words of one that is forgotten, or that was found again and begins anew.
    if (this.find(agent.id)?.agent !== agent) return
    const now = Date.now()
    for (const one of observations) this.#deps.journal.note(agent.hear(one, now))
    this.#tell(agent)
    sources.heard()
  }

  /** The user said something, on whatever path, to what runs in a pane (our id). */
  heardUser(pane: string): void {
    const { registry } = this.#deps
    const live = this.#live.get(registry.pane(pane)?.view.agent ?? '')
    if (!live) return
    live.agent.heardUser(Date.now())
    registry.putAgent(live.agent.view())
  }

  /** Looks at every pane now. Resolves when a look that began after this call is done. */
  async sweep(): Promise<void> {
    return this.#finder.sweep()
  }

  #take(sightings: readonly Sighting[]): void {
    const looked = new Set(sightings.map(({ place }) => place.id))
    const seen = new Set<string>()
    for (const { server, place, agents } of sightings) {
      for (const one of agents) {
        const id = idOf(place, one.process)
        const live = this.#live.get(id) ?? this.#begin(id, server, place, one)
        // The same process is another agent now (`exec`): the old one is missed, then it is new.
        if (live.agent.adapter !== one.adapter) continue
        live.sources.isForeground = one.isForeground
        live.misses = 0
        this.#place(live, place)
        seen.add(id)
      }
    }
    for (const [id, live] of this.#live) {
      const isMissed = looked.has(live.place.id) || !this.#finder.lists(live.place.id)
      if (isMissed && !seen.has(id)) this.#miss(live)
    }
    for (const server of new Set(sightings.map(({ server }) => server))) this.#tellPanes(server)
  }

  #begin(
    id: string,
    server: TmuxServer,
    place: PanePlace,
    { adapter, process, where }: Pick<SeenAgent, 'adapter' | 'process' | 'where'>,
  ): LiveAgent {
    const { db, journal, log, signal } = this.#deps
    const now = Date.now()
    const agent = new Agent({
      id,
      adapter,
      process,
      pane: place.id,
      session: place.session,
      place: place.names,
      where,
      lastTurn: turnsOf(db, journal, id, { limit: 1 })[0],
      known: findAgent(db, id)?.view,
      startedAt: Math.min(startTime(process.start) ?? now, now),
      now,
      invariant: (why, { source, at }) =>
        log.warn({ agent: id, why, source, at }, `invariant: ${why}`),
    })
    const stop = new AbortController()
    const live: LiveAgent = {
      agent,
      server,
      place,
      stop,
      misses: 0,
      sources: new AgentSources({
        agent,
        hear: (observations) => this.hear(live, observations),
        readScreen: () => this.#readScreen(live.server, live.place.pane.id),
        owner: {
          claim: (path) => this.#owners.claim(path, id),
          isFree: (path) => this.#owners.isFree(path, id),
          isAlone: () => this.#isAlone(agent),
        },
        watches: this.#watches,
        hasFiles: where === 'here',
        log,
        signal: AbortSignal.any([signal, stop.signal]),
      }),
    }
    this.#ended.get(id)?.stop.abort()
    this.#ended.delete(id)
    this.#live.set(id, live)
    log.info({ agent: id, kind: adapter.kind, where }, 'an agent was found')
    live.sources.title(place.pane.title)
    live.sources.tick(now)
    this.#tell(agent)
    return live
  }

  #isAlone(agent: Agent): boolean {
    return ![...this.#live.values()].some(
      ({ agent: other, sources }) =>
        other !== agent &&
        other.adapter === agent.adapter &&
        other.process.cwd === agent.process.cwd &&
        sources.transcript === undefined,
    )
  }

  #place(live: LiveAgent, place: PanePlace): void {
    const { agent } = live
    live.place = place
    live.sources.title(place.pane.title)
    const before = agent.place
    agent.place = place.names
    const isThere = agent.pane === place.id && agent.session === place.session
    if (isThere && agent.place === before) return
    agent.pane = place.id
    agent.session = place.session
    agent.subagents.tellAll()
    this.#tell(agent)
  }

  #miss(live: LiveAgent): void {
    const { process, where } = live.agent
    const isRunning = readRow(process.pid)?.start === process.start
    // A server that cannot be asked has not lost its panes.
    if (isRunning && live.server.status.freshness !== 'healthy') return
    live.misses += 1
    if (isRunning && live.misses <= MISSES) return
    const wasNone = isRunning ? live.agent.isBlank || this.#gaveWay(live) : this.#beganAnew(live)
    if (wasNone) {
      this.#forget(live)
      return
    }
    const why = isRunning
      ? where === 'here'
        ? 'it is no longer in its pane'
        : 'its screen is gone'
      : `process ${process.pid} has ended`
    this.#end(live, why)
  }

  /**
   * Its own child is the agent now, or it was a child that looked like its agent until it became a
   * helper: the title that both share may have spoken for it before.
   */
  #gaveWay({ agent, place }: LiveAgent): boolean {
    const { pid } = agent.process
    return [...this.#live.values()].some(
      ({ agent: other, place: there }) =>
        other.adapter === agent.adapter &&
        there.id === place.id &&
        (isBelow(other.process.pid, pid) || isBelow(pid, other.process.pid)),
    )
  }

  /** It ended before its first turn, and its kind is in its pane again: after a dialog of trust. */
  #beganAnew({ agent, place }: LiveAgent): boolean {
    if (agent.hasWorked) return false
    return [...this.#live.values()].some(
      (other) =>
        other.agent !== agent &&
        other.agent.adapter === agent.adapter &&
        other.place.id === place.id,
    )
  }

  /** A launcher that stayed behind its agent, or an agent that began anew: there is but one. */
  #forget({ agent, stop }: LiveAgent): void {
    this.#live.delete(agent.id)
    stop.abort()
    this.#deps.registry.dropAgent(agent.id)
  }

  #end(live: LiveAgent, line: string): void {
    const { agent, server, sources, stop } = live
    const { log } = this.#deps
    this.#live.delete(agent.id)
    this.#ended.set(agent.id, live)
    // tmux tells nobody that a pane was given another program (`respawn-pane`).
    server.refresh().catch((error: unknown) => log.debug({ error }, 'tmux gave no listing'))
    const says = { type: 'ended' } as const
    this.hear(live, [{ source: 'process', at: Date.now(), line, confidence: 'high', says }])
    log.info({ agent: agent.id }, 'an agent has ended')
    sources
      .finish()
      .catch((error: unknown) => log.error({ error, agent: agent.id }, 'its last words were lost'))
      .finally(() => {
        stop.abort()
        if (!this.#live.has(agent.id)) this.#owners.release(agent.id)
      })
    for (const id of this.#ended.keys()) {
      if (this.#ended.size <= ENDED_MAX) break
      this.forgetEnded(id)
    }
  }

  #tick(): void {
    const now = Date.now()
    for (const { agent, sources } of this.#live.values()) {
      sources.tick(now)
      this.#deps.journal.note(agent.tick(now))
      this.#tell(agent)
    }
  }

  /** Its row and those of its own agents. */
  #tell(agent: Agent): void {
    const { registry } = this.#deps
    const view = agent.view()
    registry.putAgent(view)
    const { rows, gone } = agent.subagents.changes(view)
    for (const row of rows) registry.putAgent(row)
    for (const id of gone) registry.dropAgent(id)
  }

  #noteOutput(server: TmuxServer, tmuxPane: string, at: number): void {
    for (const live of this.#live.values()) {
      if (live.server === server && live.place.pane.id === tmuxPane) live.sources.output(at)
    }
    this.#finder.printed(server, tmuxPane)
  }

  /** Titles change, and panes move between sessions. */
  #follow(server: TmuxServer): void {
    const places = new Map(panesOf(server).map((place) => [place.id, place]))
    for (const live of this.#live.values()) {
      const place = live.server === server ? places.get(live.place.id) : undefined
      if (place) this.#place(live, place)
    }
    this.#tellPanes(server)
  }

  #tellPanes(server: TmuxServer): void {
    const inPane = new Map<string, string>()
    for (const { agent, sources, server: own } of this.#live.values()) {
      if (own !== server) continue
      if (sources.isForeground || !inPane.has(agent.pane)) inPane.set(agent.pane, agent.id)
    }
    this.#deps.registry.placeAgents(server, inPane)
  }
}

/** Stable over our restarts: pane, process and its start together name one agent for ever. */
function idOf(place: PanePlace, { pid, start }: ProcessFacts): string {
  const began = /^\d+$/.test(start) ? Number(start).toString(36) : start.replace(/[^\w]+/g, '')
  return `a${place.id.slice(1)}-${pid.toString(36)}-${began}`
}
