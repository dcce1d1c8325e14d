import type { Socket } from 'node:net'

/** Connections that have not sent a whole request yet; one more ends the oldest of them. */
const MAX_SILENT = 128

const REFUSAL =
  'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 5\r\n\r\n'

/**
 * Bounds the connections of one listening server. Whoever opens sockets and says nothing, or holds
 * many without a token, only displaces others of the same kind: a device that is paired still gets
 * in, without any lock-out that a stranger could turn against it.
 */
export class Intake {
  readonly #limit: number
  readonly #silent = new Set<Socket>()
  readonly #unknown = new Set<Socket>()
  readonly #known = new Set<Socket>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Counts a new connection in; it may cost the oldest nameless one its place. */
  add(socket: Socket): void {
    if (this.size >= this.#limit && !this.#evict()) {
      socket.end(REFUSAL)
      socket.destroySoon()
      return
    }
    this.#silent.add(socket)
    socket.once('close', () => {
      for (const set of [this.#silent, this.#unknown, this.#known]) set.delete(socket)
    })
    if (this.#silent.size > MAX_SILENT) this.#evict()
  }

  /** A whole request came over it. */
  heard(socket: Socket): void {
    if (this.#silent.delete(socket)) this.#unknown.add(socket)
  }

  /** A request with a valid token or ticket came over it. */
  know(socket: Socket): void {
    if (this.#silent.delete(socket) || this.#unknown.delete(socket)) this.#known.add(socket)
  }

  /** Ends every connection at once: for the end of the program. */
  destroyAll(): void {
    for (const set of [this.#silent, this.#unknown, this.#known]) {
      for (const socket of set) socket.destroy()
    }
  }

  get size(): number {
    return this.#silent.size + this.#unknown.size + this.#known.size
  }

  /** Ends the oldest connection without a name; `false` where all of them have one. */
  #evict(): boolean {
    for (const set of [this.#silent, this.#unknown]) {
      for (const socket of set) {
        // Out of the set at once: its close event comes later, and the next one must not count it.
        set.delete(socket)
        socket.destroy()
        return true
      }
    }
    return false
  }
}
