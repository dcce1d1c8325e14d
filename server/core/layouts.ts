import { LatestWriter } from '../../db/latest-writer.ts'
import type { Database } from '../../db/open.ts'
import { forgetRuns, listRuns, saveRun, type TmuxRunRow } from '../../db/tmux-runs.ts'
import type { Writer } from '../../db/writer.ts'
import { coalesce, every } from '../lib/time.ts'
import type { Log } from '../log.ts'
import type { FeedFrame, SessionView } from '../protocol.ts'
import { TmuxError } from '../tmux/errors.ts'
import { readLayouts, readRestorer } from '../tmux/layout.ts'
import type { TmuxServer } from '../tmux/server.ts'
import type { TmuxTree } from '../tmux/tree.ts'
import { OneByOne } from './one-by-one.ts'
import type { Registry } from './registry.ts'
import { savedSessions } from './saved-layout.ts'
import { generationOf } from './views.ts'

/**
 * Changes of a tmux server are saved together this often (milliseconds): which sessions, panes and
 * agents there are soon, names and folders later.
 */
const GATHER_MS = 1_000
const SHAPE_MS = 200
/** A run that does not change is noted as alive this often, and looked at for it (milliseconds). */
const TOUCH_MS = 60_000
const BEAT_MS = 5_000
/** Plugins are asked for this often, with a save (milliseconds). */
const RESTORER_MS = 60_000
/** Runs that are kept of each tmux server, the one that runs now among them. */
const KEPT_RUNS = 5
/** An agent that ends so shortly before its tmux ended with it (milliseconds). */
export const LAST_MOMENTS_MS = 3_000

export interface LayoutDeps {
  db: Database
  writer: Writer
  registry: Registry
  /** When an agent of this run ended last (epoch milliseconds). */
  lastEnd: (run: string) => number | undefined
  log: Log
  signal: AbortSignal
}

/**
 * What stands in each tmux server, kept so that it can be built again: the newest state of each run,
 * and of the runs before it. A run whose last session was ended in order leaves nothing behind.
 */
export class Layouts {
  readonly #deps: LayoutDeps
  readonly #runs = new Map<string, TmuxRunRow>()
  readonly #servers = new Map<string, TmuxServer>()
  readonly #dirty = new Set<TmuxServer>()
  readonly #restorers = new Map<TmuxServer, number>()
  /** The shape of each session, by its id. */
  readonly #shapes = new Map<string, string>()
  readonly #saveSoon: () => void
  readonly #saveSooner: () => void
  readonly #saving = new OneByOne()
  /** Writes runs; what cannot be written is kept and tried again. */
  readonly #latest: LatestWriter<TmuxRunRow>

  constructor(deps: LayoutDeps) {
    this.#deps = deps
    const { db, writer, registry, log, signal } = deps
    this.#saveSoon = coalesce(GATHER_MS, () => void this.#saveDirty(), signal)
    this.#saveSooner = coalesce(SHAPE_MS, () => void this.#saveDirty(), signal)
    for (const row of listRuns(db)) this.#runs.set(row.id, row)
    this.#latest = new LatestWriter({
      ...{ writer, log, signal, what: 'what stands in tmux', gatherMs: 0 },
      keyOf: ({ id }) => id,
      save: (tx, rows) => {
        for (const { id } of rows) {
          // As it is now; it may have been forgotten while it waited.
          const row = this.#runs.get(id)
          if (row) saveRun(tx, row)
        }
      },
    })
    registry.frames.on((frame) => this.#hear(frame), signal)
    every(BEAT_MS, () => this.#beat(), signal).catch((error: unknown) =>
      log.error({ error }, 'runs of tmux are no longer noted as alive'),
    )
  }

  /** Saves what stands in this server from now on. */
  add(server: TmuxServer): void {
    this.#servers.set(server.id, server)
    server.changes.on((event) => {
      if (event.type === 'tree') this.#noteEnd(server, event.tree)
    }, this.#deps.signal)
    this.#markDirty(server)
  }

  /** Every run that is kept, the newest first. */
  runs(): TmuxRunRow[] {
    return [...this.#runs.values()].toSorted((a, b) => b.seenAt - a.seenAt)
  }

  /** The runs that are certainly over although they had sessions, the newest first. */
  lost(): TmuxRunRow[] {
    return this.runs().filter(({ id, server: serverId }) => {
      const server = this.#servers.get(serverId)
      return server !== undefined && isKnown(server) && runNow(server) !== id
    })
  }

  /** Notes that it is decided whether a run comes back by itself. On the disk when this resolves. */
  async noteResumed(id: string): Promise<void> {
    const row = this.#runs.get(id)
    if (!row) return
    const next = { ...row, resumedAt: Date.now() }
    this.#runs.set(id, next)
    await this.#deps.writer.write((tx) => saveRun(tx, next))
  }

  /** Forgets a run; on the disk when this resolves. */
  async forget(id: string): Promise<void> {
    this.#runs.delete(id)
    await this.#deps.writer.write((tx) => forgetRuns(tx, [id]))
  }

  /** Saves what changed and that these runs are alive, as far as that is known without asking. */
  flush(): void {
    for (const server of this.#servers.values()) this.#touch(server)
    void this.#latest.flush()
  }

  #hear(frame: FeedFrame): void {
    if (frame.type === 'session') {
      const server = this.#servers.get(frame.session.server)
      const shape = shapeOf(frame.session)
      const isOther = this.#shapes.get(frame.session.id) !== shape
      this.#shapes.set(frame.session.id, shape)
      if (server) this.#markDirty(server, isOther)
    }
    if (frame.type === 'session-gone') this.#shapes.delete(frame.id)
    if (frame.type === 'session-gone' || frame.type === 'server') {
      const isGone = frame.type === 'session-gone'
      for (const server of this.#servers.values()) this.#markDirty(server, isGone)
    }
  }

  #markDirty(server: TmuxServer, isPressing = false): void {
    this.#dirty.add(server)
    if (isPressing) this.#saveSooner()
    else this.#saveSoon()
  }

  /** A server that still answers and has no session left was emptied by its user. */
  #noteEnd(server: TmuxServer, { identity, sessions }: TmuxTree): void {
    const id = generationOf(server.id, identity)
    if (identity.pid === 0 || sessions.length > 0 || !this.#runs.has(id)) return
    this.forget(id).catch((error: unknown) => this.#trouble(error))
  }

  async #saveDirty(): Promise<void> {
    const servers = [...this.#dirty]
    this.#dirty.clear()
    for (const server of servers) {
      try {
        await this.#saving.run(server.id, () => this.#save(server))
      } catch (error) {
        this.#trouble(error)
      }
    }
  }

  async #save(server: TmuxServer): Promise<void> {
    const { registry, signal } = this.#deps
    const id = runNow(server)
    if (id === undefined || server.status.state !== 'connected') return
    const before = this.#runs.get(id)
    const [layouts, restoredBy] = await Promise.all([
      readLayouts(server),
      this.#restorer(server, before),
    ])
    // What was asked may have been answered by the next server at this socket.
    if (signal.aborted || runNow(server) !== id) return
    const views = registry.sessions().filter((view) => view.server === server.id)
    const sessions = savedSessions(views, layouts)
    if (sessions.length === 0) return
    const isSame =
      before?.restoredBy === restoredBy &&
      JSON.stringify(before.sessions) === JSON.stringify(sessions)
    if (isSame) return
    const { label } = server
    const seenAt = Date.now()
    const row = { id, server: server.id, label, sessions, restoredBy, seenAt, resumedAt: null }
    this.#put(row)
    if (!before) await Promise.all(this.#tooMany(server.id).map((one) => this.forget(one)))
  }

  #put(row: TmuxRunRow): void {
    this.#runs.set(row.id, row)
    this.#latest.put([row])
  }

  async #restorer(
    server: TmuxServer,
    before: TmuxRunRow | undefined,
  ): Promise<TmuxRunRow['restoredBy']> {
    const now = performance.now()
    const asked = this.#restorers.get(server)
    if (before && asked !== undefined && now - asked < RESTORER_MS) return before.restoredBy
    this.#restorers.set(server, now)
    return (await readRestorer(server)) ?? null
  }

  #tooMany(serverId: string): string[] {
    const own = this.runs().filter(({ server }) => server === serverId)
    return own.slice(KEPT_RUNS).map(({ id }) => id)
  }

  /**
   * Notes runs as alive now and then, and again when an agent has ended for a while: so it can be
   * told later whether the agent ended by itself or with its tmux.
   */
  #beat(): void {
    const now = Date.now()
    for (const server of this.#servers.values()) {
      const row = this.#runs.get(runNow(server) ?? '')
      if (!row) continue
      const end = this.#deps.lastEnd(row.id) ?? 0
      const isEndOpen = end > row.seenAt - LAST_MOMENTS_MS
      if (isEndOpen || now - row.seenAt >= TOUCH_MS) this.#touch(server)
    }
  }

  #touch(server: TmuxServer): void {
    const row = this.#runs.get(runNow(server) ?? '')
    if (!row || server.status.state !== 'connected') return
    this.#put({ ...row, seenAt: Date.now() })
  }

  /** The next change tries again. */
  #trouble(error: unknown): void {
    const { log } = this.#deps
    if (error instanceof TmuxError) log.debug({ error }, 'a layout was not read')
    else log.error({ error }, 'what stands in tmux could not be kept')
  }
}

/** Its windows and panes, and which agents are in them. */
function shapeOf({ windows }: SessionView): string {
  return JSON.stringify(windows.map(({ id, panes }) => [id, panes.map((p) => [p.id, p.agent])]))
}

/** Whether it is certain what stands there: a hung server has lost nothing. */
export function isKnown({ tree, status }: TmuxServer): boolean {
  return tree !== undefined && ['no-server', 'no-sessions', 'connected'].includes(status.state)
}

/** The run of a server as it was listed last; undefined before that and where none runs. */
function runNow(server: TmuxServer): string | undefined {
  const identity = server.tree?.identity
  return identity && identity.pid !== 0 ? generationOf(server.id, identity) : undefined
}
