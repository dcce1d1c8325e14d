import { Emitter } from '../lib/emitter.ts'
import { coalesce } from '../lib/time.ts'
import type {
  AgentView,
  FeedFrame,
  PaneView,
  SessionView,
  TmuxServerView,
  WindowView,
} from '../protocol.ts'
import type { TmuxServer } from '../tmux/server.ts'
import type { TmuxTree } from '../tmux/tree.ts'
import { OutputClock } from './output-clock.ts'
import { generationOf, idOf, sessionView } from './views.ts'

/** Changes are told at once, and a burst as one more batch at its end (milliseconds). */
const COALESCE_MS = 200
/** Sessions that begin or end do not wait for such a batch of other changes. */
const COME_AND_GO_MS = 50

/** A frame before it has its place among the others. */
type Unnumbered<T> = T extends { epoch: number } ? Omit<T, 'epoch'> : never

interface Watched {
  server: TmuxServer
  view: TmuxServerView
  /** The listing that `sessions` was made from. */
  tree?: TmuxTree
  /** `sessions` must be made anew for another reason than its listing. */
  isStale?: boolean
  /** Our session id to its view and to the JSON that was last told. */
  sessions: Map<string, { view: SessionView; told: string }>
}

export interface PaneEntry {
  view: PaneView
  window: WindowView
  session: SessionView
  server: TmuxServer
}

/**
 * The one truth about what runs now, in memory. tmux servers tell it what they see; sockets and
 * routes read it. It never queries tmux or the database, so reading is free on every path.
 *
 * Frames go out whole and only on change: what was last told of a session is kept as JSON and
 * compared. A listener that subscribes first and then reads `hello()` misses nothing, because a
 * change that is not told yet arrives later with a higher epoch.
 */
export class Registry {
  /** Random per start, so that a page knows that all it holds is from another life of ours. */
  readonly boot = crypto.randomUUID()
  readonly frames = new Emitter<FeedFrame>()
  #epoch = 0
  #watched = new Map<string, Watched>()
  #dirty = new Set<Watched>()
  /** Sessions that pages know of and that have ended since the last batch. */
  #gone = new Set<string>()
  /** The JSON that was last told of each server. */
  #toldServers = new Map<string, string>()
  #panes = new Map<string, PaneEntry[]>()
  #output: OutputClock
  #agents = new Map<string, { view: AgentView; told: string }>()
  #dirtyAgents = new Set<string>()
  #goneAgents = new Set<string>()
  /** Our pane id to the live agent in it. */
  #agentInPane = new Map<string, string>()
  #signal: AbortSignal
  #flushSoon: () => void
  #flushSooner: () => void

  constructor(options: { signal: AbortSignal }) {
    this.#signal = options.signal
    this.#flushSoon = coalesce(COALESCE_MS, () => this.#flush(), options.signal)
    this.#flushSooner = coalesce(COME_AND_GO_MS, () => this.#flush(), options.signal)
    this.#output = new OutputClock(
      (at) => this.frames.emit({ type: 'output', epoch: ++this.#epoch, at }),
      options.signal,
    )
  }

  get epoch(): number {
    return this.#epoch
  }

  /** Tells pages of what is kept elsewhere, in one order with all else. */
  tell(frame: Unnumbered<FeedFrame>): void {
    this.#epoch += 1
    // A union without one field of each member is, with it again, the union.
    this.frames.emit({ ...frame, epoch: this.#epoch } as FeedFrame)
  }

  /** Watches a tmux server from now on. */
  add(server: TmuxServer): void {
    const watched: Watched = { server, view: serverView(server), sessions: new Map() }
    this.#watched.set(server.id, watched)
    server.changes.on((event) => {
      if (event.type === 'output') this.#noteOutput(watched, event.pane, event.at)
      else this.#markDirty(watched)
    }, this.#signal)
    this.#markDirty(watched)
  }

  /** Everything a page needs to start from. Changes that wait for their batch are in it already. */
  hello(): {
    boot: string
    epoch: number
    servers: TmuxServerView[]
    sessions: SessionView[]
    output: Record<string, number>
    agents: AgentView[]
  } {
    return {
      boot: this.boot,
      epoch: this.#epoch,
      servers: this.servers(),
      sessions: this.sessions(),
      output: this.#output.all(),
      agents: this.agents(),
    }
  }

  servers(): TmuxServerView[] {
    return [...this.#watched.values()].map((watched) => serverView(watched.server))
  }

  /** The sessions of people on all servers, in tmux's order of creation. */
  sessions(): SessionView[] {
    this.#readAll()
    return [...this.#watched.values()].flatMap(({ sessions }) =>
      [...sessions.values()].map((entry) => entry.view),
    )
  }

  /** The server with our id; without an id the first one. */
  server(id?: string): TmuxServer | undefined {
    const first = this.#watched.values().next().value
    return (id === undefined ? first : this.#watched.get(id))?.server
  }

  session(id: string): { view: SessionView; server: TmuxServer } | undefined {
    this.#readAll()
    for (const { server, sessions } of this.#watched.values()) {
      const entry = sessions.get(id)
      if (entry) return { view: entry.view, server }
    }
    return undefined
  }

  /** A pane by our id; `sessionId` chooses where its window is linked into several sessions. */
  pane(id: string, sessionId?: string): PaneEntry | undefined {
    this.#readAll()
    const entries = this.#panes.get(id) ?? []
    if (sessionId === undefined) return entries[0]
    return entries.find((entry) => entry.session.id === sessionId)
  }

  /** The session with tmux's own id (`$1`) on the server as it runs now. */
  findByTmuxId(server: TmuxServer, tmuxId: string): SessionView | undefined {
    if (!server.tree) return undefined
    return this.session(idOf('s', tmuxId, generationOf(server.id, server.tree.identity)))?.view
  }

  agent(id: string): AgentView | undefined {
    return this.#agents.get(id)?.view
  }

  /** Agents that live, and those that ended last. */
  agents(): AgentView[] {
    return [...this.#agents.values()].map(({ view }) => view)
  }

  /** Takes over an agent as it is now; told with the next batch if that is news. */
  putAgent(view: AgentView): void {
    const held = this.#agents.get(view.id)
    // Told every second of every agent; nearly always it is what it was.
    if (held?.view === view) return
    const told = held?.told ?? ''
    this.#agents.set(view.id, { view, told })
    if (this.#goneAgents.delete(view.id) || JSON.stringify(view) !== told) {
      this.#dirtyAgents.add(view.id)
      this.#flushSoon()
    }
  }

  /** Forgets an agent, as one of too many that have ended. */
  dropAgent(id: string): void {
    if (!this.#agents.delete(id)) return
    this.#dirtyAgents.delete(id)
    this.#goneAgents.add(id)
    this.#flushSoon()
  }

  /** The live agent of each pane of a tmux server, in place of what was said before. */
  placeAgents(server: TmuxServer, agentInPane: ReadonlyMap<string, string>): void {
    const watched = this.#watched.get(server.id)
    if (!watched) return
    const panes = [...watched.sessions.values()].flatMap(({ view }) =>
      view.windows.flatMap((window) => window.panes.map((pane) => pane.id)),
    )
    const isSame = [...panes, ...agentInPane.keys()].every(
      (pane) => this.#agentInPane.get(pane) === agentInPane.get(pane),
    )
    if (isSame) return
    for (const pane of panes) this.#agentInPane.delete(pane)
    for (const [pane, agent] of agentInPane) this.#agentInPane.set(pane, agent)
    // Its panes are made anew although tmux lists the same.
    watched.isStale = true
    this.#markDirty(watched)
  }

  #markDirty(watched: Watched): void {
    this.#dirty.add(watched)
    const known = watched.tree?.sessions ?? []
    const now = watched.server.tree?.sessions ?? []
    const same = known.length === now.length && known.every(({ id }, i) => id === now[i]?.id)
    if (same) this.#flushSoon()
    else this.#flushSooner()
  }

  #noteOutput(watched: Watched, tmuxPaneId: string, at: number): void {
    if (!watched.server.tree) return
    const id = idOf('p', tmuxPaneId, generationOf(watched.server.id, watched.server.tree.identity))
    this.#output.note(id, at)
  }

  /** Takes over what the servers list now, so that a reader never sees less than was listed. */
  #readAll(): void {
    let changed = false
    for (const watched of this.#watched.values()) {
      const { server } = watched
      const isSame =
        watched.tree === server.tree && watched.view.freshness === server.status.freshness
      if (isSame && !watched.isStale) continue
      changed = true
      watched.isStale = false
      watched.tree = server.tree
      watched.view = serverView(server)
      const told = watched.sessions
      watched.sessions = new Map()
      const tree = server.tree
      if (!tree) continue
      for (const session of tree.sessions) {
        const view = sessionView(
          server.id,
          tree.identity,
          session,
          watched.view.freshness,
          (pane) => this.#agentInPane.get(pane),
        )
        watched.sessions.set(view.id, { view, told: told.get(view.id)?.told ?? '' })
        told.delete(view.id)
        // Listed again before its end was told: an unreliable moment, not an end.
        this.#gone.delete(view.id)
      }
      for (const [id, entry] of told) if (entry.told) this.#gone.add(id)
    }
    if (changed) this.#indexPanes()
  }

  #indexPanes(): void {
    this.#panes.clear()
    for (const { server, sessions } of this.#watched.values()) {
      for (const { view: session } of sessions.values()) {
        for (const window of session.windows) {
          for (const view of window.panes) {
            const entries = this.#panes.get(view.id) ?? []
            entries.push({ view, window, session, server })
            this.#panes.set(view.id, entries)
          }
        }
      }
    }
    this.#output.keep((id) => this.#panes.has(id))
    for (const id of this.#agentInPane.keys()) {
      if (!this.#panes.has(id)) this.#agentInPane.delete(id)
    }
  }

  #flush(): void {
    this.#readAll()
    const frames: FeedFrame[] = []
    const epoch = this.#epoch + 1
    for (const watched of this.#dirty) {
      const server = serverView(watched.server)
      const json = JSON.stringify(server)
      if (json !== this.#toldServers.get(server.id)) {
        this.#toldServers.set(server.id, json)
        frames.push({ type: 'server', epoch, server })
      }
      for (const entry of watched.sessions.values()) {
        const told = JSON.stringify(entry.view)
        if (told === entry.told) continue
        entry.told = told
        frames.push({ type: 'session', epoch, session: entry.view })
      }
    }
    for (const id of this.#gone) frames.push({ type: 'session-gone', epoch, id })
    for (const id of this.#dirtyAgents) {
      const entry = this.#agents.get(id)
      const told = JSON.stringify(entry?.view)
      if (!entry || told === entry.told) continue
      entry.told = told
      frames.push({ type: 'agent', epoch, agent: entry.view })
    }
    for (const id of this.#goneAgents) frames.push({ type: 'agent-gone', epoch, id })
    this.#dirtyAgents.clear()
    this.#goneAgents.clear()
    this.#dirty.clear()
    this.#gone.clear()
    if (frames.length === 0) return
    this.#epoch = epoch
    for (const frame of frames) this.frames.emit(frame)
  }
}

function serverView(server: TmuxServer): TmuxServerView {
  return { id: server.id, label: server.label, socketPath: server.socketPath, ...server.status }
}
