/**
 * The keys of one terminal as a stream of bytes that outlives its sockets.
 *
 * The page numbers bytes from 0 and keeps each until the server says that it was applied. After a
 * reconnect the server names its count and the rest goes out again, so a byte is neither lost nor
 * typed twice. A server that was restarted has no count: what was on the way then is uncertain and
 * never sent again, because a doubled Enter is worse than a lost one that is shown.
 *
 * Chunks keep their borders when sent again: the server takes a chunk of one lone ESC as the
 * Escape key, and glued to the next byte it would be Alt with that key.
 */

/** Milliseconds after which waiting input is not sent unasked: the screen may be another by then. */
export const HOLD_MS = 10_000
/** Bytes that wait at most; beyond, typing is refused and the page says so. */
export const OUTBOX_BYTES = 2_097_152
const PREVIEW_CHARS = 120

interface Chunk {
  bytes: Uint8Array<ArrayBuffer>
  /** Epoch milliseconds: a laptop that slept stops the other clock. */
  typedAt: number
}

export class Outbox {
  #chunks: Chunk[] = []
  /** Stream offset of the first byte kept. */
  #base = 0
  /** Stream offset up to which bytes were handed to a socket. */
  #sent = 0
  #size = 0

  constructor(readonly frameBytes: number) {}

  /** Bytes kept: on the way and waiting. */
  get size(): number {
    return this.#size
  }

  /** Keeps bytes; false when they would not fit, and then none are kept. */
  add(bytes: Uint8Array<ArrayBuffer>, now: number): boolean {
    if (this.#size + bytes.length > OUTBOX_BYTES) return false
    for (let at = 0; at < bytes.length; at += this.frameBytes) {
      this.#chunks.push({ bytes: bytes.subarray(at, at + this.frameBytes), typedAt: now })
    }
    this.#size += bytes.length
    return true
  }

  /** Chunks not yet handed out, in order; they count as handed out from here on. */
  *take(): Generator<Uint8Array<ArrayBuffer>> {
    let at = this.#base
    for (const { bytes } of this.#chunks) {
      const end = at + bytes.length
      if (end > this.#sent) {
        const from = Math.max(0, this.#sent - at)
        this.#sent = end
        yield from === 0 ? bytes : bytes.subarray(from)
      }
      at = end
    }
  }

  /** The server has applied all bytes before `offset`. */
  ack(offset: number): void {
    const upTo = Math.min(offset, this.#base + this.#size)
    while (this.#base < upTo) {
      const first = this.#chunks[0]
      if (!first) return
      const drop = Math.min(first.bytes.length, upTo - this.#base)
      if (drop === first.bytes.length) this.#chunks.shift()
      else first.bytes = first.bytes.subarray(drop)
      this.#base += drop
      this.#size -= drop
    }
    this.#sent = Math.max(this.#sent, this.#base)
  }

  /**
   * A new socket is ready. `inputAt` is the server's count; undefined when it has none.
   * Returns how many bytes are uncertain: dropped here, because they may have been applied.
   */
  resume(inputAt: number | undefined): number {
    if (inputAt !== undefined && inputAt >= this.#base && inputAt <= this.#sent) {
      this.ack(inputAt)
      this.#sent = inputAt
      return 0
    }
    const uncertain = this.#sent - this.#base
    this.ack(this.#sent)
    // The server counts from its own number, or anew: so do we.
    this.#base = inputAt ?? 0
    this.#sent = this.#base
    return uncertain
  }

  /** Milliseconds that the oldest byte kept has waited; 0 when nothing waits. */
  waited(now: number): number {
    const first = this.#chunks[0]
    return first ? Math.max(0, now - first.typedAt) : 0
  }

  /** Forgets everything kept. Only while no byte of it is on a live socket. */
  discard(): void {
    this.#chunks = []
    this.#size = 0
    this.#sent = this.#base
  }

  /** The end of what is kept, for people: control characters as `^C`, newlines as `⏎`. */
  preview(): string {
    const tail: Uint8Array[] = []
    let bytes = 0
    for (let i = this.#chunks.length - 1; i >= 0 && bytes < PREVIEW_CHARS * 4; i -= 1) {
      const chunk = this.#chunks[i]?.bytes.slice(-PREVIEW_CHARS * 4)
      if (!chunk) break
      tail.unshift(chunk)
      bytes += chunk.length
    }
    const text = new TextDecoder().decode(concat(tail, bytes))
    return [...showControls(text)].slice(-PREVIEW_CHARS).join('')
  }
}

function concat(parts: Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Control characters made visible: `\r` as `⏎`, ESC as `^[`, DEL as `⌫`. */
export function showControls(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]/g, (char) => {
    if (char === '\r' || char === '\n') return '⏎'
    if (char === '\u007f') return '⌫'
    return `^${String.fromCharCode(char.charCodeAt(0) + 64)}`
  })
}
