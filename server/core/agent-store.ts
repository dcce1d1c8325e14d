import { type AgentRow, forgetAgents, listAgents, saveAgents } from '../../db/agents.ts'
import type { Database } from '../../db/open.ts'
import type { Writer } from '../../db/writer.ts'
import { coalesce, delay } from '../lib/time.ts'
import type { Log } from '../log.ts'
import type { AgentView, FeedFrame } from '../protocol.ts'
import type { Agents } from './agents.ts'
import type { Registry } from './registry.ts'
import { conversationName, historicalView, rowOf, rowsToForget, shownRows } from './stored-agent.ts'

/** What agents say, use and do is written together this often (milliseconds). */
const GATHER_MS = 1_000
/** After a failed write, as on a full disk, the next attempt waits so long (milliseconds). */
const RETRY_MS = 5_000

export interface AgentStoreDeps {
  db: Database
  writer: Writer
  registry: Registry
  agents: Pick<Agents, 'find' | 'all' | 'forgetEnded'>
  /** Whether something still needs the user there: such an agent is never forgotten by itself. */
  isNeeded: (agent: string) => boolean
  log: Log
  signal: AbortSignal
}

/**
 * Agents beyond their lives. It writes what the registry tells of them, and gives the registry the
 * rows of those that are known from before: `historical` until the same pane and process are seen
 * again, and then the live one stands in their place, as both have one id. That one began or ended,
 * a turn of it, or which conversation it is goes to the writer at once: after a crash it is all that
 * tells what was cut off and how to go on.
 */
export class AgentStore {
  readonly #deps: AgentStoreDeps
  readonly #rows = new Map<string, AgentRow>()
  readonly #dirty = new Set<string>()
  /** The turning point of each agent that the writer was given last. */
  readonly #handed = new Map<string, string>()
  /** Those that were told of in this life of ours. */
  readonly #met = new Set<string>()
  readonly #writeSoon: () => void
  #atOnce: NodeJS.Immediate | undefined

  constructor(deps: AgentStoreDeps) {
    this.#deps = deps
    this.#writeSoon = coalesce(GATHER_MS, () => void this.#write(), deps.signal)
    for (const row of listAgents(deps.db)) this.#rows.set(row.id, row)
    for (const row of shownRows([...this.#rows.values()], () => false)) {
      deps.registry.putAgent(historicalView(row))
    }
    deps.registry.frames.on((frame) => this.#hear(frame), deps.signal)
    deps.signal.addEventListener('abort', () => clearImmediate(this.#atOnce), { once: true })
  }

  /** What is known of every agent, the last change included. */
  rows(): AgentRow[] {
    this.#takeUp()
    return [...this.#rows.values()]
  }

  /** As `rows`; undefined where it was never known, or is forgotten. */
  find(id: string): AgentRow | undefined {
    if (this.#deps.agents.find(id)) this.#dirty.add(id)
    this.#takeUp()
    return this.#rows.get(id)
  }

  /** Forgets an agent that does not live, for good. False where it is not known. */
  async forget(id: string): Promise<boolean> {
    if (!this.find(id)) return false
    this.#drop(id)
    this.#deps.agents.forgetEnded(id)
    this.#deps.registry.dropAgent(id)
    await this.#deps.writer.write((tx) => forgetAgents(tx, [id]))
    return true
  }

  /** Hands over what waits to the writer, as things are now: for the end of the program. */
  flush(): void {
    for (const { agent } of this.#deps.agents.all()) {
      if (!agent.isEnded) this.#dirty.add(agent.id)
    }
    void this.#write()
  }

  #hear(frame: FeedFrame): void {
    if (frame.type === 'agent' && frame.agent.liveness !== 'historical') {
      this.#met.add(frame.agent.id)
      this.#dirty.add(frame.agent.id)
      const isTurningPoint = this.#handed.get(frame.agent.id) !== turningPoint(frame.agent)
      if (isTurningPoint) this.#writeNow()
      else this.#writeSoon()
    }
    if (frame.type === 'agent-gone') this.#forgetBlank(frame.id)
  }

  /** After the batch of frames, which may tell of many. */
  #writeNow(): void {
    this.#atOnce ??= setImmediate(() => {
      this.#atOnce = undefined
      void this.#write()
    })
  }

  /** A launcher that never was an agent is dropped while it lives; an ended agent only makes room. */
  #forgetBlank(id: string): void {
    this.#dirty.delete(id)
    if (!this.#met.delete(id) || this.#deps.agents.find(id)) return
    if (this.#rows.get(id)?.view.liveness !== 'live') return
    this.#drop(id)
    this.#send((tx) => forgetAgents(tx, [id]))
  }

  #drop(id: string): void {
    this.#dirty.delete(id)
    this.#handed.delete(id)
    this.#rows.delete(id)
  }

  /** Takes what changed from the agents; returns it for writing. */
  #takeUp(): AgentRow[] {
    const now = Date.now()
    const changed: AgentRow[] = []
    for (const id of this.#dirty) {
      const live = this.#deps.agents.find(id)
      if (!live) continue
      const row = rowOf(live, this.#rows.get(id), now)
      this.#rows.set(id, row)
      changed.push(row)
    }
    return changed
  }

  async #write(): Promise<void> {
    const changed = this.#takeUp()
    this.#dirty.clear()
    for (const { id, view } of changed) this.#handed.set(id, turningPoint(view))
    if (changed.length > 0) this.#hideResumed()
    const live = new Set(this.#deps.agents.all().map(({ agent }) => agent.id))
    const isKept = (id: string) => live.has(id) || this.#deps.isNeeded(id)
    const old = rowsToForget([...this.#rows.values()], isKept, Date.now())
    for (const id of old) {
      this.#drop(id)
      this.#deps.registry.dropAgent(id)
    }
    if (changed.length === 0 && old.length === 0) return
    try {
      await this.#deps.writer.write((tx) => {
        saveAgents(tx, changed)
        forgetAgents(tx, old)
      })
    } catch (error) {
      const { log, signal } = this.#deps
      log.error({ error }, 'agents could not be written; they are kept and tried again')
      for (const { id } of changed) this.#dirty.add(id)
      await delay(RETRY_MS, signal)
      this.#writeSoon()
    }
  }

  /** A conversation that goes on in another process has that one's row, and no second one. */
  #hideResumed(): void {
    const live = new Set<string | undefined>()
    for (const { agent } of this.#deps.agents.all()) {
      if (!agent.isEnded) live.add(conversationName(agent.view()))
    }
    live.delete(undefined)
    if (live.size === 0) return
    for (const { view, id } of this.#rows.values()) {
      const isOver = view.endedAt !== undefined || !this.#deps.agents.find(id)
      if (isOver && live.has(conversationName(view))) this.#deps.registry.dropAgent(id)
    }
  }

  #send(work: Parameters<Writer['write']>[0]): void {
    this.#deps.writer.write(work).catch((error: unknown) => {
      this.#deps.log.error({ error }, 'an agent could not be forgotten')
    })
  }
}

/** What recovery and needs go by; without it they would be wrong. */
function turningPoint({ liveness, conversation, turn, lastTurn }: AgentView): string {
  return JSON.stringify([
    ...[liveness, conversation, turn?.generation],
    ...[lastTurn?.generation, lastTurn?.end],
  ])
}
