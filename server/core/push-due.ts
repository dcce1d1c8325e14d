import type { AttentionView } from '../protocol.ts'

/** Which needs are to be told to people who look at no page, and when. Pure; steady milliseconds. */

/** A need is told when it has been open for so long and nobody has seen it. */
export const PUSH_AFTER_MS = 10_000
/** After one notice the next waits so long: what comes meanwhile is told together. */
export const PUSH_GAP_MS = 15_000

export interface PushTimes {
  afterMs: number
  gapMs: number
}

/** `aside`: snoozed; `shown`: a person had it in sight; `told`: a notice of it was sent. */
interface Known {
  state: 'waiting' | 'aside' | 'shown' | 'told'
  generation: number
  since: number
}

/**
 * The needs that are open. Each is told once in its turn. A snooze that ends is as a need that
 * arises: whoever put it aside wanted to hear of it again.
 */
export class DueNeeds {
  readonly #times: PushTimes
  readonly #known = new Map<string, Known>()
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(times: PushTimes = { afterMs: PUSH_AFTER_MS, gapMs: PUSH_GAP_MS }) {
    this.#times = times
  }

  /** What is open at the start was told before it, or is no news. `now` as everywhere here. */
  begin(items: readonly AttentionView[], now: number): void {
    for (const item of items) {
      this.put(item, now)
      const known = this.#known.get(item.id)
      if (known?.state === 'waiting') known.state = 'told'
    }
  }

  /** A need that arose or changed. */
  put({ id, generation, snoozedUntil }: AttentionView, now: number): void {
    const known = this.#known.get(id)
    if (snoozedUntil !== undefined) {
      this.#known.set(id, { state: 'aside', generation, since: now })
    } else if (!known || known.state === 'aside' || known.generation !== generation) {
      this.#known.set(id, { state: 'waiting', generation, since: now })
    }
  }

  /** A need that has ended, by whatever. */
  drop(id: string): void {
    this.#known.delete(id)
  }

  /** A person has all of it in sight at this moment. */
  look(): void {
    for (const known of this.#known.values()) if (known.state !== 'aside') known.state = 'shown'
  }

  /** Takes the needs that are due; each is taken once. */
  take(now: number): string[] {
    if ((this.nextAt() ?? Number.POSITIVE_INFINITY) > now) return []
    const due = [...this.#known].filter(
      ([, { state, since }]) => state === 'waiting' && now - since >= this.#times.afterMs,
    )
    for (const [, known] of due) known.state = 'told'
    this.#toldAt = now
    return due.map(([id]) => id)
  }

  /** When something is due next; undefined where nothing waits. */
  nextAt(): number | undefined {
    const waiting = [...this.#known.values()].filter(({ state }) => state === 'waiting')
    if (waiting.length === 0) return undefined
    const first = Math.min(...waiting.map(({ since }) => since)) + this.#times.afterMs
    return Math.max(first, this.#toldAt + this.#times.gapMs)
  }

  /** Whether a notice of it is still right: nobody has acted on it or seen it since. */
  isTold(id: string): boolean {
    return this.#known.get(id)?.state === 'told'
  }
}
