import type { Log } from '../server/log.ts'
import { NotSavedError } from './write-faults.ts'
import type { Transaction, Writer } from './writer.ts'

/** After a failed write the next attempt waits so long, where the writer does not tell sooner. */
const RETRY_MS = 5_000
/** While nothing is saved, so many things wait at most; the oldest give way. */
const WAITING_MAX = 10_000

/**
 * Writes the newest version of each thing behind the back of whoever changes it. What cannot be
 * written is kept, and written when the disk works again.
 */
export class LatestWriter<T> {
  readonly #writer: Writer
  readonly #log: Log
  readonly #what: string
  readonly #keyOf: (thing: T) => string
  readonly #save: (tx: Transaction, things: readonly T[]) => void
  readonly #gatherMs: number
  readonly #waiting = new Map<string, T>()
  readonly #signal: AbortSignal
  #timer: NodeJS.Timeout | undefined

  /** `what` names the things in the log; `save` runs in a transaction, perhaps twice. */
  constructor(options: {
    writer: Writer
    log: Log
    what: string
    keyOf: (thing: T) => string
    save: (tx: Transaction, things: readonly T[]) => void
    /** Changes of so many milliseconds are written together. */
    gatherMs: number
    signal: AbortSignal
  }) {
    this.#writer = options.writer
    this.#log = options.log
    this.#what = options.what
    this.#keyOf = options.keyOf
    this.#save = options.save
    this.#gatherMs = options.gatherMs
    this.#signal = options.signal
    this.#signal.addEventListener('abort', () => clearTimeout(this.#timer), { once: true })
    this.#writer.changes.on(({ state }) => {
      if (state === 'saving' && this.#waiting.size > 0) this.#schedule(0)
    }, this.#signal)
  }

  /** `isPressing`: they are handed over at once, and what waits with them. */
  put(things: readonly T[], isPressing = false): void {
    for (const thing of things) {
      const key = this.#keyOf(thing)
      // To the end of the line: the oldest change gives way first.
      this.#waiting.delete(key)
      this.#waiting.set(key, thing)
    }
    for (const key of this.#waiting.keys()) {
      if (this.#waiting.size <= WAITING_MAX) break
      this.#waiting.delete(key)
    }
    if (this.#waiting.size === 0) return
    if (isPressing) this.#schedule(0)
    else if (!this.#timer) this.#schedule(this.#gatherMs)
  }

  /** What is not on the disk yet. */
  get waiting(): T[] {
    return [...this.#waiting.values()]
  }

  /** Saves all that waits as a part of another transaction; it goes on waiting until its own. */
  saveInto(tx: Transaction): void {
    if (this.#waiting.size > 0) this.#save(tx, this.waiting)
  }

  /** Hands all that waits to the writer; resolves when it is on the disk, or is kept for later. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const things = this.waiting
    if (things.length === 0) return
    try {
      await this.#writer.write((tx) => this.#save(tx, things))
    } catch (error) {
      // The writer has said already that nothing is saved.
      const isTold = error instanceof NotSavedError
      if (!isTold) this.#log.error({ error, what: this.#what }, 'not written; kept and tried again')
      this.#schedule(RETRY_MS)
      return
    }
    for (const thing of things) {
      const key = this.#keyOf(thing)
      if (this.#waiting.get(key) === thing) this.#waiting.delete(key)
    }
    if (this.#waiting.size > 0 && !this.#timer) this.#schedule(this.#gatherMs)
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer)
    if (this.#signal.aborted) return
    this.#timer = setTimeout(() => void this.flush(), ms)
    this.#timer.unref()
  }
}
