import type { PushTargetRow } from '../../db/push.ts'
import { delay } from '../lib/time.ts'
import type { PushFault, PushTargetView } from '../protocol.ts'
import type { PushOutcome } from './push-send.ts'
import type { PushNotice } from './push-text.ts'

/** A notice that does not arrive is tried again after so long (milliseconds), and then given up. */
export const RETRY_MS: readonly number[] = [5_000, 20_000, 60_000]
/** Whoever asks for more patience than this (milliseconds) gets the next notice, not this one. */
const MAX_WAIT_MS = 300_000

export interface PushTargetDeps {
  send: (row: PushTargetRow, notice: PushNotice, signal: AbortSignal) => Promise<PushOutcome>
  /** One notice for what of these needs is still to be told; undefined where nothing is. */
  compose: (ids: readonly string[]) => PushNotice | undefined
  /** The push service ended it: this target is of no use any more. */
  onGone: (fault: PushFault) => void
  /** It began to fail, or arrives again (undefined). */
  onFault: (fault: PushFault | undefined) => void
  retryMs: readonly number[]
}

/**
 * One place that notices are sent to, for as long as it is on. One goes out at a time; needs that
 * come due meanwhile wait and become one notice, and what is over by then is left out.
 */
export class PushTarget {
  readonly row: PushTargetRow
  readonly #deps: PushTargetDeps
  readonly #life = new AbortController()
  readonly #waiting = new Set<string>()
  #isBusy = false
  #trial: Promise<PushFault | undefined> | undefined
  #sentAt: number | undefined
  #fault: PushFault | undefined

  constructor(row: PushTargetRow, deps: PushTargetDeps) {
    this.row = row
    this.#deps = deps
  }

  get fault(): PushFault | undefined {
    return this.#fault
  }

  get host(): string {
    return new URL(this.row.endpoint).hostname
  }

  view(): PushTargetView {
    return {
      host: this.host,
      since: this.row.since,
      ...(this.#sentAt === undefined ? {} : { sentAt: this.#sentAt }),
      ...(this.#fault ? { fault: this.#fault } : {}),
    }
  }

  /** Tells of needs, now or when what is on its way has ended. */
  tell(ids: readonly string[]): void {
    for (const id of ids) this.#waiting.add(id)
    if (!this.#isBusy) void this.#work()
  }

  /** Sends one notice at once, beside all others, as one for all who ask; says why it did not arrive. */
  try(notice: PushNotice): Promise<PushFault | undefined> {
    this.#trial ??= this.#try(notice).finally(() => {
      this.#trial = undefined
    })
    return this.#trial
  }

  /** Nothing is sent any more, and what is on its way is given up. */
  end(): void {
    this.#waiting.clear()
    this.#life.abort()
  }

  async #try(notice: PushNotice): Promise<PushFault | undefined> {
    this.#note(await this.#deps.send(this.row, notice, this.#life.signal))
    return this.#fault
  }

  async #work(): Promise<void> {
    const { compose, retryMs, send } = this.#deps
    const { signal } = this.#life
    this.#isBusy = true
    let failures = 0
    while (!signal.aborted) {
      const ids = [...this.#waiting]
      const notice = compose(ids)
      if (!notice) break
      const outcome = await send(this.row, notice, signal)
      if (signal.aborted) break
      this.#note(outcome)
      const wait = outcome.sent ? undefined : waitBefore(outcome, retryMs[failures])
      if (wait === undefined) {
        for (const id of ids) this.#waiting.delete(id)
        failures = 0
      } else {
        failures += 1
        await delay(wait, signal)
      }
    }
    this.#waiting.clear()
    this.#isBusy = false
  }

  #note(outcome: PushOutcome): void {
    if (this.#life.signal.aborted) return
    const before = this.#fault
    if (outcome.sent) {
      this.#sentAt = Date.now()
      this.#fault = undefined
      if (before) this.#deps.onFault(undefined)
      return
    }
    const { reason, message } = outcome
    this.#fault = { reason, message, since: before?.since ?? Date.now() }
    if (before?.reason !== reason) this.#deps.onFault(this.#fault)
    if (reason === 'gone') this.#deps.onGone(this.#fault)
  }
}

/** How long to wait for another try; undefined where none would help. */
function waitBefore(
  { reason, retryAfterMs = 0 }: Extract<PushOutcome, { sent: false }>,
  backoffMs: number | undefined,
): number | undefined {
  const isLasting = reason === 'gone' || reason === 'refused' || reason === 'too-large'
  if (isLasting || backoffMs === undefined || retryAfterMs > MAX_WAIT_MS) return undefined
  return Math.max(backoffMs, retryAfterMs)
}
