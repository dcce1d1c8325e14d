/**
 * What each viewer has typed so far, as a count of bytes that outlives its sockets: the page asks
 * for it after a reconnect and goes on from there, so no byte is lost or typed twice.
 */

/** A page that comes back later than this starts a new count (milliseconds). */
const KEEP_MS = 600_000
const MAX_STREAMS = 2_000

export interface InputStream {
  /** Bytes that were typed. */
  at: number
  /** Nobody had heard of this viewer before: its page must not send anything again. */
  isNew: boolean
  /** Ends the socket that has the stream now; resolves when all it took has been typed. */
  release: (() => Promise<void>) | undefined
  /** `performance.now()` of the last socket's end. */
  leftAt: number
}

export class InputStreams {
  readonly #streams = new Map<string, InputStream>()

  /** The stream of one viewer of one device. A socket that still has it must release it first. */
  open(deviceId: string, viewerId: string): InputStream {
    this.#forget()
    const key = JSON.stringify([deviceId, viewerId])
    const known = this.#streams.get(key)
    const stream = known ?? { at: 0, isNew: true, release: undefined, leftAt: performance.now() }
    // Last in the map: the oldest are forgotten first.
    this.#streams.delete(key)
    this.#streams.set(key, stream)
    return stream
  }

  #forget(): void {
    const before = performance.now() - KEEP_MS
    for (const [key, stream] of this.#streams) {
      if (stream.release) continue
      if (stream.leftAt < before || this.#streams.size >= MAX_STREAMS) this.#streams.delete(key)
    }
  }
}
