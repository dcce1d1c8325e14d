import { coalesce } from '../lib/time.ts'

/** A pane that goes on printing is told once in this time (milliseconds). */
const PER_PANE_MS = 1_000
/** Batches are at least this far apart (milliseconds). */
const BATCH_MS = 200

/**
 * When each pane last printed. The first output after a pause is told at once; a pane that goes on
 * printing once a second, its last word included, so that fifty builds cost a page five small
 * frames a second at most.
 */
export class OutputClock {
  #at = new Map<string, number>()
  #toldAt = new Map<string, number>()
  #pending = new Set<string>()
  #later: NodeJS.Timeout | undefined
  #flushSoon: () => void

  constructor(
    private readonly tell: (at: Record<string, number>) => void,
    signal: AbortSignal,
  ) {
    this.#flushSoon = coalesce(BATCH_MS, () => this.#flush((id, at) => this.#isDue(id, at)), signal)
    signal.addEventListener('abort', () => clearTimeout(this.#later), { once: true })
  }

  /** `at` in epoch milliseconds; an older time than the known one is ignored. */
  note(paneId: string, at: number): void {
    if (at <= (this.#at.get(paneId) ?? 0)) return
    this.#at.set(paneId, at)
    this.#pending.add(paneId)
    if (this.#isDue(paneId, at)) this.#flushSoon()
    else this.#later ??= setTimeout(() => this.#flush(() => true), PER_PANE_MS)
  }

  all(): Record<string, number> {
    return Object.fromEntries(this.#at)
  }

  /** Forgets the panes that are gone. */
  keep(isAlive: (paneId: string) => boolean): void {
    for (const id of this.#at.keys()) {
      if (isAlive(id)) continue
      this.#at.delete(id)
      this.#toldAt.delete(id)
      this.#pending.delete(id)
    }
  }

  #isDue(paneId: string, at: number): boolean {
    return at - (this.#toldAt.get(paneId) ?? 0) >= PER_PANE_MS
  }

  /** Tells the pending panes that `isDue` picks; the others wait for the later timer. */
  #flush(isDue: (paneId: string, at: number) => boolean): void {
    const batch: Record<string, number> = {}
    for (const id of this.#pending) {
      const at = this.#at.get(id)
      if (at === undefined || !isDue(id, at)) continue
      batch[id] = at
      this.#toldAt.set(id, at)
      this.#pending.delete(id)
    }
    if (this.#pending.size === 0) {
      clearTimeout(this.#later)
      this.#later = undefined
    }
    if (Object.keys(batch).length > 0) this.tell(batch)
  }
}
