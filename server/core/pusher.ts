import type { Clock } from '../lib/clock.ts'
import type { AttentionView } from '../protocol.ts'
import type { Looks } from './looks.ts'
import { DueNeeds, type PushTimes } from './push-due.ts'
import { noticeOf, type PushNotice, type Told } from './push-text.ts'
import type { Registry } from './registry.ts'

export interface PusherDeps {
  registry: Registry
  clock: Clock
  looks: Looks
  /** Sends notices of these needs to everybody who wants them. */
  tell: (ids: readonly string[]) => void
  /** For tests. */
  times?: PushTimes | undefined
  signal: AbortSignal
}

/**
 * Tells people who look at no page who needs them: follows what the registry tells of needs, and
 * decides when a notice is due. It only ever speaks; no time that passes here answers an agent.
 */
export class Pusher {
  readonly #deps: PusherDeps
  readonly #due: DueNeeds
  readonly #items = new Map<string, AttentionView>()
  #timer: NodeJS.Timeout | undefined

  constructor(deps: PusherDeps) {
    this.#deps = deps
    this.#due = new DueNeeds(deps.times)
    deps.signal.addEventListener('abort', () => clearTimeout(this.#timer))
  }

  /** Follows the registry from now on. `open`: needs that are open before anything is told. */
  start(open: readonly AttentionView[]): void {
    const { registry, clock, looks, signal } = this.#deps
    for (const item of open) this.#items.set(item.id, item)
    this.#due.begin(open, clock.steady())
    registry.frames.on((frame) => {
      if (frame.type === 'attention') {
        this.#items.set(frame.item.id, frame.item)
        this.#due.put(frame.item, clock.steady())
      } else if (frame.type === 'attention-gone') {
        this.#items.delete(frame.id)
        this.#due.drop(frame.id)
      } else return
      if (looks.isSomeoneLooking) this.#due.look()
      this.#schedule()
    }, signal)
    looks.seen.on(() => {
      this.#due.look()
      this.#schedule()
    }, signal)
  }

  /** One notice for what of these needs is still open and unseen; undefined where nothing is. */
  compose(ids: readonly string[]): PushNotice | undefined {
    return noticeOf(ids.filter((id) => this.#due.isTold(id)).flatMap((id) => this.#told(id)))
  }

  #told(id: string): Told[] {
    const { registry } = this.#deps
    const item = this.#items.get(id)
    const agent = item && registry.agent(item.agent)
    return item && agent
      ? [{ item, agent, session: registry.session(agent.session)?.view.name }]
      : []
  }

  #schedule(): void {
    const { clock, signal } = this.#deps
    clearTimeout(this.#timer)
    const next = this.#due.nextAt()
    if (next === undefined || signal.aborted) return
    this.#timer = setTimeout(() => this.#tell(), Math.max(0, next - clock.steady()))
    this.#timer.unref()
  }

  #tell(): void {
    const { clock, looks, tell } = this.#deps
    if (looks.isSomeoneLooking) this.#due.look()
    tell(this.#due.take(clock.steady()))
    this.#schedule()
  }
}
