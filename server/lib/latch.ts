import { rest } from './time.ts'

/** A wake-up that is not lost when nobody waits: `wake` lets the next `wait` return at once. */
export class Latch {
  #awake = false
  #waiter: AbortController | undefined

  wake(): void {
    this.#awake = true
    this.#waiter?.abort()
  }

  /** Resolves with true when woken, with false after `ms` or when the signal aborts. One waiter at a time. */
  async wait(ms: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#awake && !signal.aborted) {
      const waiter = new AbortController()
      this.#waiter = waiter
      const stop = () => waiter.abort()
      signal.addEventListener('abort', stop, { once: true })
      await rest(ms, waiter.signal)
      signal.removeEventListener('abort', stop)
      this.#waiter = undefined
    }
    const awake = this.#awake
    this.#awake = false
    return awake
  }
}
