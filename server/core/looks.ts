import type { Clock } from '../lib/clock.ts'
import { Emitter } from '../lib/emitter.ts'

/** A page says every five seconds that it is looked at; one that froze says nothing (milliseconds). */
const BELIEVED_MS = 12_000

/** Whether a person looks at any page at this moment: then nobody has to be called. */
export class Looks {
  /** Told with each page that says it is looked at. */
  readonly seen = new Emitter<void>()
  readonly #clock: Clock
  readonly #pages = new Map<object, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** One page says whether a person looks at it; `page` stands for it until it has gone. */
  note(page: object, looks: boolean): void {
    if (!looks) {
      this.#pages.delete(page)
      return
    }
    this.#pages.set(page, this.#clock.steady())
    this.seen.emit()
  }

  get isSomeoneLooking(): boolean {
    const now = this.#clock.steady()
    return [...this.#pages.values()].some((at) => now - at < BELIEVED_MS)
  }
}
