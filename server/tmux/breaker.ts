/**
 * Holds probes back after tmux did not answer in time: a sick server that is asked again and again
 * gets sicker. Pauses 30 s times the failures in a row, at most 120 s. Acts of people never ask it.
 */
export class Breaker {
  #failures = 0
  #until = 0
  #skipped = 0
  readonly #stepMs: number
  readonly #maxMs: number

  constructor(options: { stepMs?: number; maxMs?: number } = {}) {
    this.#stepMs = options.stepMs ?? 30_000
    this.#maxMs = options.maxMs ?? 120_000
  }

  /** Whether a probe may run now; counts the ones that may not. */
  admits(): boolean {
    if (performance.now() >= this.#until) return true
    this.#skipped += 1
    return false
  }

  /** A command ran into its deadline. Returns the pause in milliseconds. */
  fail(): number {
    this.#failures += 1
    const pause = Math.min(this.#stepMs * this.#failures, this.#maxMs)
    this.#until = performance.now() + pause
    return pause
  }

  /** tmux answered. Returns how many failures and held back probes that ended, if any. */
  succeed(): { failures: number; skipped: number } | undefined {
    if (this.#failures === 0) return undefined
    const ended = { failures: this.#failures, skipped: this.#skipped }
    this.#failures = 0
    this.#skipped = 0
    this.#until = 0
    return ended
  }

  /** Lets the next probe through: something suggests that tmux answers again. */
  ease(): void {
    this.#until = 0
  }
}
