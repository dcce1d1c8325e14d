/** A need is told when it has been open for so long and no page has shown it (milliseconds). */
const NOTICE_AFTER_MS = 10_000

/** Needs that came while this page was open, until each was shown by it or told. */
export class Untold {
  readonly #since = new Map<string, number>()
  #known = new Set<string>()

  /** What is there when the page comes is no news. */
  begin(ids: readonly string[]): void {
    this.#known = new Set(ids)
    this.#since.clear()
  }

  /** The needs that are open at this moment (milliseconds); `isShown`: a person can see the page. */
  note(ids: readonly string[], now: number, isShown: boolean): void {
    for (const id of this.#since.keys()) if (!ids.includes(id)) this.#since.delete(id)
    for (const id of ids) {
      if (this.#known.has(id)) continue
      if (isShown) this.settle([id])
      else if (!this.#since.has(id)) this.#since.set(id, now)
    }
  }

  /** Takes those that have waited long enough; each is taken once. */
  take(now: number): string[] {
    const due = [...this.#since].filter(([, since]) => now - since >= NOTICE_AFTER_MS)
    const ids = due.map(([id]) => id)
    this.settle(ids)
    return ids
  }

  /** A person has seen these. */
  settle(ids: readonly string[]): void {
    for (const id of ids) {
      this.#since.delete(id)
      this.#known.add(id)
    }
  }
}
