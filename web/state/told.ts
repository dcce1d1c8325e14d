/** What left is remembered up to this many, so that a page open for months stays small. */
const MOST_GONE = 2_000

/**
 * Epoch in which each thing of the feed was last told of, or left: a late frame undoes nothing. Not
 * part of what is shown, and asked with each frame, so it is no store.
 */
export class Told {
  readonly #there = new Map<string, number>()
  /** The one that left last stands last. */
  readonly #gone = new Map<string, number>()

  /** Things that are remembered. */
  get size(): number {
    return this.#there.size + this.#gone.size
  }

  /** Begins anew with all there is; what is not among it has left, or was of a server that ran before. */
  begin(epoch: number, ids: Iterable<string>, isSameBoot: boolean): void {
    if (!isSameBoot) this.#gone.clear()
    else for (const id of this.#there.keys()) this.#bury(id, epoch)
    this.#there.clear()
    for (const id of ids) this.#keep(id, epoch)
  }

  /** Whether this epoch is newer than what we were told of the thing, which is there; remembers it if so. */
  isNews(id: string, epoch: number): boolean {
    if (epoch <= this.#last(id)) return false
    this.#keep(id, epoch)
    return true
  }

  /** The same of a thing that has left. */
  isLeaving(id: string, epoch: number): boolean {
    if (epoch <= this.#last(id)) return false
    this.#there.delete(id)
    this.#bury(id, epoch)
    return true
  }

  #last(id: string): number {
    return this.#there.get(id) ?? this.#gone.get(id) ?? -1
  }

  #keep(id: string, epoch: number): void {
    this.#gone.delete(id)
    this.#there.set(id, epoch)
  }

  #bury(id: string, epoch: number): void {
    this.#gone.delete(id)
    this.#gone.set(id, epoch)
    if (this.#gone.size <= MOST_GONE) return
    // A frame as late as the oldest does not exist on an ordered socket.
    for (const oldest of this.#gone.keys()) {
      this.#gone.delete(oldest)
      break
    }
  }
}
