import type { Database } from '../../db/open.ts'
import { addSearchTexts } from '../../db/search.ts'
import {
  confirmSnapshot,
  insertSnapshot,
  lastSnapshot,
  type SnapshotFacts,
} from '../../db/snapshots.ts'
import { NotSavedError } from '../../db/write-faults.ts'
import type { Writer } from '../../db/writer.ts'
import type { Clock } from '../lib/clock.ts'
import { deadline } from '../lib/time.ts'
import type { Log } from '../log.ts'
import type { AgentView, Settings, SnapshotReason } from '../protocol.ts'
import type { HistoryPlace } from '../tmux/anchor.ts'
import type { Capture } from '../tmux/capture.ts'
import { TmuxError } from '../tmux/errors.ts'
import { OneByOne } from './one-by-one.ts'
import type { Registry } from './registry.ts'
import { Slots } from './slots.ts'
import { contentOf, hashOf, pack } from './snapshot-content.ts'
import type { SnapshotTexts } from './snapshot-texts.ts'
import { TurnSchedule } from './turn-schedule.ts'

/** Panes of one tmux server that are captured at the same time: it does one thing at a time anyway. */
const AT_ONCE = 4

/** An agent's pane, as far as snapshots need it. */
export interface Subject {
  view: AgentView
  /** Its folder, as it is. */
  cwd: string
  title: string
  /** What it shares with all agents that a slow answer delays: its tmux server. */
  server: object
  transcriptAt: number | undefined
  /** Undefined where the pane is gone; rejects with a `TmuxError`. */
  capture(since: HistoryPlace | undefined, maxLines: number): Promise<Capture | undefined>
}

export interface SnapshotsDeps {
  registry: Pick<Registry, 'frames' | 'agents'>
  /** The agent's pane now; undefined where it has none, or another program has the keyboard there. */
  subject: (agent: string) => Subject | undefined
  /** What of a snapshot can be searched. */
  texts: SnapshotTexts
  db: Database
  writer: Writer
  settings: () => Settings
  clock: Clock
  log: Log
  signal: AbortSignal
}

type Last = Pick<
  SnapshotFacts,
  'agent' | 'number' | 'generation' | 'at' | 'hash' | 'total' | 'history' | 'anchor'
>

/**
 * Remembers what terminals show while a turn runs: at its start, then once per interval, at its
 * end, and when dogwatch stops. A screen that shows the same as before adds no row, whoever asks
 * and however often we were started again; the row before then tells until when it held.
 */
export class Snapshots {
  readonly #deps: SnapshotsDeps
  readonly #turns = new TurnSchedule()
  readonly #order = new OneByOne()
  readonly #slots = new WeakMap<object, Slots>()
  readonly #last = new Map<string, Last | undefined>()
  readonly #running = new Set<Promise<void>>()
  /** Turns whose end could not be written, the last of each agent. */
  readonly #missed = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined
  #isOver = false

  constructor(deps: SnapshotsDeps) {
    this.#deps = deps
    deps.signal.addEventListener('abort', () => this.#leave(), { once: true })
  }

  /** Follows every agent's turns from now on. */
  start(): void {
    const { registry, signal, writer } = this.#deps
    registry.frames.on((frame) => {
      if (frame.type === 'agent') this.#follow(frame.agent)
      if (frame.type === 'agent-gone') {
        this.#last.delete(frame.id)
        this.#missed.delete(frame.id)
        this.#deps.texts.forget(frame.id)
      }
    }, signal)
    writer.changes.on(({ state }) => {
      if (state === 'saving') this.#makeUp()
    }, signal)
    for (const agent of registry.agents()) this.#follow(agent)
  }

  /** Looks at the turns that are due; a look that still runs is not begun again. */
  tick(): void {
    const due = this.#turns.takeDue(this.#deps.clock.steady(), this.#everyMs())
    for (const { agent, generation } of due) {
      if (!this.#order.isBusy(agent)) this.#begin(agent, generation, 'tick')
    }
    this.#arm()
  }

  /** Takes in what these agents' running turns show, before something ends them. Bounded (milliseconds). */
  async keep(agents: readonly string[], withinMs: number): Promise<void> {
    const taken = agents.flatMap((agent) => {
      const generation = this.#turns.generationOf(agent)
      return generation === undefined ? [] : [this.#begin(agent, generation, 'stop')]
    })
    try {
      await deadline(Promise.all(taken), withinMs, 'keeping what is shown')
    } catch (error) {
      this.#deps.log.warn({ error, agents: agents.length }, 'the last screens were not all kept')
    }
  }

  /** The last look at every running turn; nothing is begun afterwards. Bounded (milliseconds). */
  async finish(withinMs: number): Promise<void> {
    clearTimeout(this.#timer)
    const agents = this.#turns.all().map(({ agent }) => agent)
    const kept = this.keep(agents, withinMs)
    this.#isOver = true
    await kept
    this.#deps.log.info({ agents: agents.length }, 'what runs was looked at for the last time')
  }

  /** Resolves when no look runs. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  #follow({ id, turn }: AgentView): void {
    const before = this.#turns.generationOf(id)
    if (this.#isOver || turn?.generation === before) return
    this.#turns.close(id)
    if (before !== undefined) this.#begin(id, before, 'end')
    if (turn) {
      this.#turns.open(id, turn.generation, this.#deps.clock.steady(), this.#everyMs())
      this.#begin(id, turn.generation, 'start')
    }
    this.#arm()
  }

  /** A turn that runs is looked at anyway; one that ended while nothing was saved would not be again. */
  #makeUp(): void {
    for (const [agent, generation] of this.#missed) {
      if (this.#turns.generationOf(agent) === undefined) this.#begin(agent, generation, 'end')
    }
    this.#missed.clear()
  }

  #everyMs(): number {
    return this.#deps.settings().snapshotSeconds * 1_000
  }

  #arm(): void {
    clearTimeout(this.#timer)
    const next = this.#turns.nextAt()
    if (next === undefined || this.#isOver || this.#deps.signal.aborted) return
    const wait = Math.max(0, next - this.#deps.clock.steady())
    this.#timer = setTimeout(() => this.tick(), Math.ceil(wait))
  }

  #leave(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
  }

  /** Begins a look, after those of the same agent that were begun before. Never rejects. */
  #begin(agent: string, generation: number, reason: SnapshotReason): Promise<void> {
    if (this.#isOver) return Promise.resolve()
    const taken = this.#order
      .run(agent, () => this.#take(agent, generation, reason))
      .catch((error: unknown) => {
        if (reason === 'end' && error instanceof NotSavedError) this.#missed.set(agent, generation)
        this.#explain(error, agent)
      })
      .finally(() => this.#running.delete(taken))
    this.#running.add(taken)
    return taken
  }

  #explain(error: unknown, agent: string): void {
    const { log } = this.#deps
    // The pane has ended, tmux does not answer, nothing is saved: told where that is shown.
    if (error instanceof TmuxError || error instanceof NotSavedError) {
      log.debug({ code: error.code, agent }, 'no snapshot was taken')
    } else
      log.error({ error, agent }, 'a snapshot was not kept; the next one takes in what it held')
  }

  async #take(agent: string, generation: number, reason: SnapshotReason): Promise<void> {
    const { clock, settings, subject, texts, writer } = this.#deps
    const found = subject(agent)
    const { doNotRecord, snapshotLines } = settings()
    if (!found || isWithin(found.cwd, doNotRecord)) return
    const last = this.#lastOf(agent)
    const place = last && { size: last.history, anchor: last.anchor }
    const capture = await this.#slotsOf(found.server).run(() => found.capture(place, snapshotLines))
    if (!capture) return
    const at = Math.max(clock.now(), last?.at ?? 0)
    const content = contentOf(capture, found)
    const hash = hashOf(content, capture)
    const isNews =
      last?.generation !== generation || capture.scrollback.length > 0 || !hash.equals(last.hash)
    if (last && !isNews) {
      if (await writer.write((tx) => confirmSnapshot(tx, last, at))) return
      // It was forgotten meanwhile, as for a full disk, and what can be searched of it as well.
      texts.forget(agent)
    }
    const packed = await pack(content)
    const { view } = found
    const lines = capture.scrollback.length
    const row = {
      agent,
      generation,
      number: (last?.number ?? 0) + 1,
      at,
      seenAt: at,
      reason,
      activity: view.activity,
      cols: capture.cols,
      rows: capture.rows,
      lines,
      cut: capture.cut,
      total: (last?.total ?? 0) + capture.cut + lines,
      history: capture.place.size,
      anchor: capture.place.anchor,
      ...gitOf(view),
      hash,
      content: packed,
      bytes: packed.length,
    }
    const pieces = texts.of(view, row, content)
    try {
      await writer.write((tx) => {
        insertSnapshot(tx, row)
        addSearchTexts(tx, pieces)
      })
    } catch (error) {
      // The next look takes the same lines in, and nothing of them is stored.
      texts.forget(agent)
      throw error
    }
    const { content: _, ...facts } = row
    this.#last.set(agent, facts)
  }

  #lastOf(agent: string): Last | undefined {
    if (!this.#last.has(agent)) this.#last.set(agent, lastSnapshot(this.#deps.db, agent))
    return this.#last.get(agent)
  }

  #slotsOf(server: object): Slots {
    const known = this.#slots.get(server) ?? new Slots(AT_ONCE)
    this.#slots.set(server, known)
    return known
  }
}

function gitOf({ git }: AgentView): { head: string | null; changes: number | null } {
  if (!git) return { head: null, changes: null }
  const changes = git.staged + git.modified + git.untracked + git.conflicts
  return { head: git.head || null, changes: git.state === 'unknown' ? null : changes }
}

/** Whether a folder is one of these, or below one. */
function isWithin(folder: string, folders: readonly string[]): boolean {
  return folders.some((one) => folder === one || folder.startsWith(one.replace(/\/?$/, '/')))
}
