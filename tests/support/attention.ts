import { setImmediate as turn } from 'node:timers/promises'
import { closeDatabase, openDatabase } from '../../db/open.ts'
import { Writer } from '../../db/writer.ts'
import type { AttentionKeeper } from '../../server/core/attention-keeper.ts'
import { takeUpAttention } from '../../server/core/attention-start.ts'
import { Registry } from '../../server/core/registry.ts'
import type { AgentView, FeedFrame } from '../../server/protocol.ts'
import { scratchFolder } from './scratch.ts'
import { quietLog } from './watch.ts'

export const MINUTE = 60_000
export const DAY = 86_400_000

/** Clocks that a test moves by hand. */
export class HandClock {
  #now: number
  #steady = 5_000
  constructor(now = 1_000 * DAY) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  steady(): number {
    return this.#steady
  }

  /** Time passes. */
  pass(ms: number): void {
    this.#now += ms
    this.#steady += ms
  }

  /** Somebody sets the clock. */
  set(byMs: number): void {
    this.#now += byMs
  }
}

/** Attention over a database of its own, with a registry that a test fills. It can be restarted. */
export class AttentionStage {
  readonly clock = new HandClock()
  readonly frames: FeedFrame[] = []
  /** As people set it. */
  newestFirst = false
  readonly #folder: Awaited<ReturnType<typeof scratchFolder>>
  #parts: ReturnType<AttentionStage['start']>

  private constructor(folder: Awaited<ReturnType<typeof scratchFolder>>) {
    this.#folder = folder
    this.#parts = this.start()
  }

  static async open(): Promise<AttentionStage> {
    return new AttentionStage(await scratchFolder())
  }

  get keeper(): AttentionKeeper {
    return this.#parts.keeper
  }

  get db() {
    return this.#parts.db
  }

  private start(past: Parameters<AttentionKeeper['start']>[0] = []) {
    const stop = new AbortController()
    const { signal } = stop
    const { db } = openDatabase(this.#folder.path)
    const writer = new Writer({ db, log: quietLog })
    const registry = new Registry({ signal })
    registry.frames.on((frame) => this.frames.push(frame))
    const keeper = takeUpAttention({
      ...{ db, writer, registry, clock: this.clock, log: quietLog, signal },
      newestFirst: () => this.newestFirst,
    })
    keeper.start(past)
    const close = async () => {
      await keeper.written()
      stop.abort()
      writer.close()
      closeDatabase(db)
    }
    return { registry, keeper, db, close }
  }

  /** The registry tells of agents, and the keeper has heard it. */
  async tell(...views: AgentView[]): Promise<void> {
    for (const view of views) {
      this.#parts.registry.frames.emit({ type: 'agent', epoch: 0, agent: view })
      this.#parts.registry.putAgent(view)
    }
    await turn()
    await turn()
  }

  async forget(id: string): Promise<void> {
    // First, so that no batch of the registry tells of it once more.
    this.#parts.registry.dropAgent(id)
    this.#parts.registry.frames.emit({ type: 'agent-gone', epoch: 0, id })
    await turn()
  }

  /** The registry shows it no more, as the old self of an agent that was taken up again. */
  hide(id: string): void {
    this.#parts.registry.dropAgent(id)
  }

  /** The program ends and starts again; nobody is known then but what was stored. */
  async restart(past: Parameters<AttentionKeeper['start']>[0] = []): Promise<void> {
    await this.#parts.close()
    this.#parts = this.start(past)
  }

  /** `permission a1`: who needs the user, in order. */
  needs(): string[] {
    return this.keeper.items().map(({ reason, agent }) => `${reason} ${agent}`)
  }

  /** Milliseconds that each has waited. */
  ages(): number[] {
    return this.keeper.items().map(({ since }) => this.clock.now() - since)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.close()
    await this.#folder[Symbol.asyncDispose]()
  }
}
