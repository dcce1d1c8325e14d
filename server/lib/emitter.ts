/** A typed event source. Listeners run in order, synchronously; one that throws stops no other. */
export class Emitter<T> {
  #listeners = new Set<(event: T) => void>()

  /** Adds a listener; returns its removal. With a signal it also ends when that aborts. */
  on(listener: (event: T) => void, signal?: AbortSignal): () => void {
    if (signal?.aborted) return () => {}
    // A wrapper of its own, so that adding one function twice gives two subscriptions.
    const entry = (event: T) => listener(event)
    this.#listeners.add(entry)
    const remove = () => {
      this.#listeners.delete(entry)
      signal?.removeEventListener('abort', remove)
    }
    signal?.addEventListener('abort', remove)
    return remove
  }

  /** Tells every listener that was there when the call began. Errors surface as uncaught. */
  emit(event: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event)
      } catch (error) {
        // Out of this loop, so that the others hear of the event; still fatal to whoever owns it.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }

  get size(): number {
    return this.#listeners.size
  }
}
