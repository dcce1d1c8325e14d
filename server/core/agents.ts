import type { Database } from '../../db/open.ts'
import { endOpenTurns, listTurns } from '../../db/turns.ts'
import type { Adapter, Observation, ProcessFacts, ScreenFacts } from '../agents/adapter.ts'
import { Detector } from '../agents/detect.ts'
import type { Where } from '../agents/elsewhere.ts'
import { agentOnScreen } from '../agents/index.ts'
import type { PaneFound } from '../agents/tree.ts'
import { readRow, startTime } from '../lib/proc.ts'
import { coalesce, every } from '../lib/time.ts'
import type { Log } from '../log.ts'
import { TmuxError } from '../tmux/errors.ts'
import { readScreen } from '../tmux/screen.ts'
import type { TmuxServer } from '../tmux/server.ts'
import { Agent } from './agent.ts'
import { AgentSources } from './agent-sources.ts'
import { type PanePlace, panesOf } from './pane-places.ts'
import { redact } from './redact.ts'
import type { Registry } from './registry.ts'
import { Slots } from './slots.ts'
import type { TurnJournal } from './turn-journal.ts'

/** Every pane's processes are looked at this often (milliseconds), and soon after tmux tells of a change. */
const SWEEP_MS = 1_000
const SWEEP_SOON_MS = 150
/** A process that runs but was not found where it was is looked for so often before it is gone. */
const MISSES = 2
/** A pane that leads elsewhere is looked at this often for an agent on its screen. */
const ELSEWHERE_MS = 2_000
/** Agents that have ended are kept up to this many, the newest. */
const ENDED_MAX = 100
/** Screens read at the same time, over all servers. */
const SCREENS_AT_ONCE = 4

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

/** After a change of programs every pane is looked at each second for so long (milliseconds). */
const UNSETTLED_MS = 6_000
/** And otherwise at least so often: background jobs, `exec` (milliseconds). */
const SAFETY_MS = 15_000

/** All agents in all panes: finds them, feeds them, and tells the registry what they do. */
export class Agents {
  readonly #deps: AgentsDeps
  readonly #detector = new Detector()
  readonly #servers: TmuxServer[] = []
  readonly #live = new Map<string, LiveAgent>()
  readonly #ended = new Map<string, LiveAgent>()
  readonly #transcripts = new Map<string, string>()
  readonly #screens = new Slots(SCREENS_AT_ONCE)
  readonly #elsewhereAt = new Map<string, number>()
  readonly #foregrounds = new Map<number, number>()
  readonly #sweepSoon: () => void
  /** Per server the programs of its panes: only another set of them is worth a look. */
  readonly #programs = new Map<TmuxServer, string>()
  #unsettledUntil = 0
  #sweptAt = 0
  #sweeping: Promise<void> | undefined
  #again = false

  constructor(deps: AgentsDeps) {
    this.#deps = deps
    this.#sweepSoon = coalesce(SWEEP_SOON_MS, () => void this.sweep(), deps.signal)
  }

  /** Looks at the panes of this tmux server from now on. */
  add(server: TmuxServer): void {
    this.#servers.push(server)
    server.changes.on((event) => {
      if (event.type === 'output') this.#noteOutput(server, event.pane, event.at)
      if (event.type !== 'tree') return
      this.#tellTitles(server)
      const programs = panesOf(server)
        .map(({ pane }) => `${pane.pid} ${pane.command}`)
        .join('\n')
      if (programs !== this.#programs.get(server)) this.#unsettle()
      this.#programs.set(server, programs)
    }, this.#deps.signal)
  }

  /** Finds what runs now, ends the turns of all that is gone, and goes on looking. */
  async start(): Promise<void> {
    const { db, signal, log } = this.#deps
    await this.sweep()
    endOpenTurns(db, Date.now(), 'interrupted', new Set(this.#live.keys()))
    every(
      SWEEP_MS,
      async () => {
        if (this.#isSweepDue()) await this.sweep()
        this.#tick()
      },
      signal,
    ).catch((error: unknown) => log.error({ error }, 'agents are no longer looked for'))
  }

  /** A pane may have changed hands: look now, and a while longer, as launchers start one another. */
  #unsettle(): void {
    this.#unsettledUntil = performance.now() + UNSETTLED_MS
    this.#sweepSoon()
  }

  /** Idle panes are left alone: what changes there shows as output, in a listing, or by its end. */
  #isSweepDue(): boolean {
    const now = performance.now()
    if (now < this.#unsettledUntil || now - this.#sweptAt >= SAFETY_MS) return true
    return [...this.#live.values()].some(
      ({ agent: { process, where } }) =>
        where !== 'here' || readRow(process.pid)?.start !== process.start,
    )
  }

  /** A live agent, or one of those that ended last. */
  find(id: string): LiveAgent | undefined {
    return this.#live.get(id) ?? this.#ended.get(id)
  }

  /** The live ones first. */
  all(): LiveAgent[] {
    return [...this.#live.values(), ...this.#ended.values()]
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
  hear({ agent }: LiveAgent, observations: readonly Observation[]): void {
    const now = Date.now()
    for (const one of observations) this.#deps.journal.note(agent.hear(one, now))
    this.#deps.registry.putAgent(agent.view())
  }

  /** Looks at every pane now. Resolves when a look that began after this call is done. */
  async sweep(): Promise<void> {
    if (this.#sweeping) {
      this.#again = true
      return this.#sweeping
    }
    this.#sweeping = this.#sweepAll().finally(() => {
      this.#sweeping = undefined
    })
    return this.#sweeping
  }

  async #sweepAll(): Promise<void> {
    do {
      this.#again = false
      try {
        await this.#sweepOnce()
      } catch (error) {
        // One odd process must not end the watch over all others.
        this.#deps.log.error({ error }, 'looking for agents failed')
      }
    } while (this.#again && !this.#deps.signal.aborted)
  }

  async #sweepOnce(): Promise<void> {
    const places = this.#servers.flatMap((server) =>
      panesOf(server).map((place) => ({ server, place })),
    )
    this.#sweptAt = performance.now()
    const found = await this.#detector.sweep(places.map(({ place }) => place.pane.pid))
    if (this.#deps.signal.aborted) return
    const seen = new Set<string>()
    for (const { server, place } of places) {
      const pane = found.get(place.pane.pid)
      if (!pane || place.pane.dead) continue
      for (const one of pane.agents) {
        const id = idOf(place, one.process)
        const live = this.#live.get(id) ?? this.#begin(id, server, place, one, 'here')
        live.sources.isForeground = one.isForeground
        live.misses = 0
        this.#place(live, place)
        seen.add(id)
      }
      if (pane.agents.length === 0) await this.#lookElsewhere(server, place, pane, seen)
    }
    for (const [id, live] of this.#live) if (!seen.has(id)) this.#miss(live)
    for (const server of this.#servers) this.#tellPanes(server)
    for (const at of this.#foregrounds.keys()) if (!found.has(at)) this.#foregrounds.delete(at)
  }

  /** Another machine's agent is known by its screen alone, and by the program that leads there. */
  async #lookElsewhere(
    server: TmuxServer,
    place: PanePlace,
    pane: PaneFound,
    seen: Set<string>,
  ): Promise<void> {
    const process = pane.foreground
    if (pane.where === 'here' || !process) return
    const id = idOf(place, process)
    const known = this.#live.get(id)
    const now = Date.now()
    if (now - (this.#elsewhereAt.get(id) ?? 0) < ELSEWHERE_MS) {
      if (known) seen.add(id)
      return
    }
    if (this.#elsewhereAt.size > 1_000) this.#elsewhereAt.clear()
    this.#elsewhereAt.set(id, now)
    const shown = await this.#readScreen(server, place.pane.id)
    if (this.#deps.signal.aborted) return
    const screen = shown && { ...shown, title: place.pane.title, at: now }
    const adapter = screen && agentOnScreen(screen)
    const isStill =
      known &&
      (!screen || adapter === known.agent.adapter || known.agent.adapter.fromScreen?.(screen))
    if (known && isStill) {
      known.misses = 0
      seen.add(id)
      this.#place(known, place)
    } else if (adapter && !known) {
      this.#begin(id, server, place, { adapter, process }, pane.where)
      seen.add(id)
    }
  }

  #begin(
    id: string,
    server: TmuxServer,
    place: PanePlace,
    { adapter, process }: { adapter: Adapter; process: ProcessFacts },
    where: Where,
  ): LiveAgent {
    const { db, log, signal } = this.#deps
    const now = Date.now()
    const agent = new Agent({
      id,
      adapter,
      process,
      pane: place.id,
      session: place.session,
      where,
      redact,
      lastTurn: listTurns(db, id, { limit: 1 })[0],
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
        claimTranscript: (path) => this.#claimTranscript(path, id),
        hasFiles: where === 'here',
        log,
        signal: AbortSignal.any([signal, stop.signal]),
      }),
    }
    this.#ended.delete(id)
    this.#live.set(id, live)
    log.info({ agent: id, kind: adapter.kind, where }, 'an agent was found')
    live.sources.title(place.pane.title)
    live.sources.tick(now)
    this.#deps.registry.putAgent(agent.view())
    return live
  }

  #place(live: LiveAgent, place: PanePlace): void {
    const { agent } = live
    live.place = place
    live.sources.title(place.pane.title)
    if (agent.pane === place.id && agent.session === place.session) return
    agent.pane = place.id
    agent.session = place.session
    this.#deps.registry.putAgent(agent.view())
  }

  #miss(live: LiveAgent): void {
    const { process, where } = live.agent
    const isRunning = readRow(process.pid)?.start === process.start
    // A server that cannot be asked has not lost its panes.
    if (isRunning && live.server.status.freshness !== 'healthy') return
    live.misses += 1
    if (isRunning && live.misses <= MISSES) return
    if (isRunning && live.agent.isBlank) {
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

  /** A launcher that stayed behind its agent: it never was one. */
  #forget({ agent, stop }: LiveAgent): void {
    this.#live.delete(agent.id)
    stop.abort()
    this.#deps.registry.dropAgent(agent.id)
  }

  #end(live: LiveAgent, line: string): void {
    const { agent, server, sources, stop } = live
    const { log, registry } = this.#deps
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
        for (const [path, owner] of this.#transcripts) {
          if (owner === agent.id) this.#transcripts.delete(path)
        }
      })
    for (const id of this.#ended.keys()) {
      if (this.#ended.size <= ENDED_MAX) break
      this.#ended.get(id)?.stop.abort()
      this.#ended.delete(id)
      registry.dropAgent(id)
    }
  }

  #tick(): void {
    const now = Date.now()
    for (const { agent, sources } of this.#live.values()) {
      sources.tick(now)
      this.#deps.journal.note(agent.tick(now))
      this.#deps.registry.putAgent(agent.view())
    }
  }

  #noteOutput(server: TmuxServer, tmuxPane: string, at: number): void {
    let hasAgent = false
    for (const live of this.#live.values()) {
      if (live.server !== server || live.place.pane.id !== tmuxPane) continue
      hasAgent = true
      live.sources.output(at)
    }
    if (hasAgent) return
    const place = panesOf(server).find(({ pane }) => pane.id === tmuxPane)
    const foreground = place && readRow(place.pane.pid)?.foreground
    if (!place || foreground === undefined) return
    // What has the keyboard now is another program than before: it may be an agent.
    if (this.#foregrounds.get(place.pane.pid) === foreground) return
    this.#foregrounds.set(place.pane.pid, foreground)
    this.#unsettle()
  }

  #tellTitles(server: TmuxServer): void {
    const titles = new Map(panesOf(server).map(({ pane }) => [pane.id, pane.title]))
    for (const live of this.#live.values()) {
      const title = titles.get(live.place.pane.id)
      if (live.server === server && title !== undefined) live.sources.title(title)
    }
  }

  #tellPanes(server: TmuxServer): void {
    const inPane = new Map<string, string>()
    for (const { agent, sources, server: own } of this.#live.values()) {
      if (own !== server) continue
      if (sources.isForeground || !inPane.has(agent.pane)) inPane.set(agent.pane, agent.id)
    }
    this.#deps.registry.placeAgents(server, inPane)
  }

  #claimTranscript(path: string, id: string): boolean {
    const owner = this.#transcripts.get(path)
    if (owner !== undefined && owner !== id && this.#live.has(owner)) return false
    this.#transcripts.set(path, id)
    return true
  }

  async #readScreen(
    server: TmuxServer,
    tmuxPane: string,
  ): Promise<Omit<ScreenFacts, 'title' | 'at'> | undefined> {
    return this.#screens.run(async () => {
      try {
        const screen = await readScreen(server, tmuxPane, 'plain')
        if (!screen) return undefined
        const rows = screen.text.split('\n').map((row) => row.trimEnd())
        return { rows, cols: screen.cols, alternate: screen.alternate }
      } catch (error) {
        // A pane that has just gone, or a tmux that hangs: both are told elsewhere.
        if (error instanceof TmuxError) return undefined
        throw error
      }
    })
  }
}

/** Stable over our restarts: pane, process and its start together name one agent for ever. */
function idOf(place: PanePlace, { pid, start }: ProcessFacts): string {
  const began = /^\d+$/.test(start) ? Number(start).toString(36) : start.replace(/[^\w]+/g, '')
  return `a${place.id.slice(1)}-${pid.toString(36)}-${began}`
}
