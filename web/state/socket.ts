import { CLOSE } from '../../server/protocol.ts'
import { ApiError } from './api.ts'
import { dial } from './dial.ts'
import { retryDelay } from './retry.ts'
import { forgetToken, token } from './token.ts'
import { onWake } from './wake.ts'

/**
 * A WebSocket to our server that comes back by itself.
 *
 * connecting -> open -> waiting -> connecting ..., until it is refused for good or its signal
 * aborts. It asks for a fresh one-use ticket before each attempt. While open it pings; anything
 * that arrives counts as life. After a wake it does not trust the socket: what came in while we slept
 * may arrive at any moment, so only the answer to a new ping counts, within `PROBE_MS`; else it opens
 * a new one.
 */

const PING_MS = 5_000
/** Pings without any answer until the socket counts as dead. */
const MISSED = 2
const PROBE_MS = 1_500
/** A connection attempt that takes longer is given up, milliseconds. */
const CONNECT_MS = 8_000
/** A socket that lived this long starts the ladder anew, milliseconds. */
const STEADY_MS = 5_000

export type SocketState =
  | { name: 'connecting' /** From 1. */; attempt: number }
  | {
      name: 'open' /** Last round trip, milliseconds; absent before the first answer. */
      rttMs?: number
    }
  | {
      name: 'waiting'
      attempt: number
      /** Epoch milliseconds. */
      retryAt: number
    }
  | {
      name: 'refused'
      /**
       * `unpaired`: this device has no right any more; `host`: the server does not go by this name;
       * `gone`: what the path names does not exist.
       */
      reason: 'unpaired' | 'host' | 'gone'
      message: string
    }

export interface SocketOptions<Frame> {
  signal: AbortSignal
  /** Called first, with `connecting`, before `openSocket` returns. */
  onState(state: SocketState): void
  /** Asked once, for the first attempt: a socket that is open or opening already. */
  early?(): Promise<WebSocket | undefined>
  /** The socket opened; whatever is sent here goes out first. Called anew after each reconnect. */
  onOpen?(): void
  /** A JSON text frame, except pongs. Frames of a socket that was given up never arrive. */
  onFrame(frame: Frame): void
  onBytes?(bytes: Uint8Array): void
  /** What each ping tells besides. */
  pingWith?(): object
}

export interface Socket {
  readonly state: SocketState
  /** Bytes handed to `send` that have not left the browser. */
  readonly buffered: number
  /** False when it is not open: nothing was sent. Objects go as JSON, bytes as they are. */
  send(data: object | Uint8Array<ArrayBuffer>): boolean
  /** Tries at once, whatever the ladder says; after `refused` too. */
  retry(): void
}

/**
 * Opens `path` (`/ws/...`) and keeps it open until the signal aborts. A function is asked before
 * each attempt: what the path names may have moved.
 */
export function openSocket<Frame extends { type: string }>(
  path: string | (() => string),
  options: SocketOptions<Frame>,
): Socket {
  return new Reconnecting(path, options)
}

class Reconnecting<Frame extends { type: string }> implements Socket {
  #state: SocketState = { name: 'connecting', attempt: 1 }
  #ws: WebSocket | undefined
  /** Aborts the attempt or the socket that is current; a new one for each. */
  #current = new AbortController()
  #attempt = 0
  #startedAt = 0
  #openedAt = 0
  #unanswered = 0
  /** Of a wake since which no ping was answered, epoch milliseconds; else 0. */
  #wokeAt = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    readonly path: string | (() => string),
    readonly options: SocketOptions<Frame>,
  ) {
    const { signal } = options
    if (signal.aborted) return
    signal.addEventListener('abort', () => this.#drop(), { once: true })
    onWake(() => this.#wake(), signal)
    this.#connect()
  }

  get state(): SocketState {
    return this.#state
  }

  get buffered(): number {
    return this.#ws?.bufferedAmount ?? 0
  }

  send(data: object | Uint8Array<ArrayBuffer>): boolean {
    if (this.#ws?.readyState !== WebSocket.OPEN) return false
    this.#ws.send(data instanceof Uint8Array ? data : JSON.stringify(data))
    return true
  }

  retry(): void {
    if (this.#state.name === 'open' || this.options.signal.aborted) return
    this.#attempt = 0
    this.#connect()
  }

  #set(state: SocketState): void {
    this.#state = state
    this.options.onState(state)
  }

  /** Ends what is current without a word to the owner. */
  #drop(): void {
    clearTimeout(this.#timer)
    this.#current.abort()
    this.#ws = undefined
  }

  #connect(): void {
    this.#drop()
    const attempt = new AbortController()
    this.#current = attempt
    this.#attempt += 1
    this.#startedAt = Date.now()
    this.#openedAt = 0
    this.#set({ name: 'connecting', attempt: this.#attempt })
    this.#timer = setTimeout(() => this.#fail(), CONNECT_MS)
    void this.#dial(attempt.signal)
  }

  async #dial(signal: AbortSignal): Promise<void> {
    let ws: WebSocket
    try {
      const early = this.#attempt === 1 ? await this.options.early?.() : undefined
      ws = early ?? (await dial(() => this.#path()))
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
        return this.#refuse('unpaired', error.message)
      }
      if (error instanceof ApiError && error.status === 421) {
        return this.#refuse('host', error.message)
      }
      return this.#fail()
    }
    if (signal.aborted) return ws.close()
    this.#ws = ws
    // Closing from here also covers a socket that is still connecting.
    signal.addEventListener('abort', () => ws.close(), { once: true })
    if (ws.readyState === WebSocket.OPEN) this.#opened()
    else ws.addEventListener('open', () => this.#opened(), { signal })
    ws.addEventListener('message', (event) => this.#received(event.data), { signal })
    ws.addEventListener('close', (event) => this.#closed(event), { signal })
  }

  #path(): string {
    return typeof this.path === 'string' ? this.path : this.path()
  }

  #opened(): void {
    this.#openedAt = Date.now()
    this.#wokeAt = 0
    this.#unanswered = 0
    this.#set({ name: 'open' })
    this.options.onOpen?.()
    this.#ping()
  }

  #received(data: unknown): void {
    if (this.#wokeAt === 0) this.#unanswered = 0
    if (data instanceof ArrayBuffer) {
      this.options.onBytes?.(new Uint8Array(data))
      return
    }
    let frame: Frame
    try {
      frame = JSON.parse(String(data))
    } catch {
      // Our own server never sends this; a proxy that mangles frames is no better after a retry
      // at once, so the ladder decides when.
      this.#fail()
      return
    }
    if (frame.type === 'pong' && 'at' in frame) {
      const at = Number(frame.at)
      if (at < this.#wokeAt) return
      this.#wokeAt = 0
      this.#unanswered = 0
      this.#set({ name: 'open', rttMs: Math.max(0, Date.now() - at) })
    } else {
      this.options.onFrame(frame)
    }
  }

  /** Asks for life now and looks again soon. */
  #ping(): void {
    clearTimeout(this.#timer)
    this.send({ type: 'ping', at: Date.now(), ...this.options.pingWith?.() })
    this.#unanswered += 1
    const [limit, waitMs] = this.#wokeAt === 0 ? [MISSED, PING_MS] : [1, PROBE_MS]
    this.#timer = setTimeout(() => {
      if (this.#unanswered >= limit) this.#fail()
      else this.#ping()
    }, waitMs)
  }

  #wake(): void {
    switch (this.#state.name) {
      case 'open':
        this.#wokeAt = Date.now()
        this.#unanswered = 0
        this.#ping()
        break
      case 'waiting':
        this.#attempt = 0
        this.#connect()
        break
      case 'connecting':
        // An attempt from before the sleep may never end by itself.
        if (Date.now() - this.#startedAt > PROBE_MS) this.#connect()
        break
      case 'refused':
        break
      default:
        this.#state satisfies never
    }
  }

  #closed(event: CloseEvent): void {
    if (event.code === CLOSE.revoked) {
      forgetToken('revoked', token())
      this.#refuse('unpaired', 'This device was removed.')
    } else if (event.code === CLOSE.gone) this.#refuse('gone', event.reason)
    else this.#fail()
  }

  #refuse(reason: 'unpaired' | 'host' | 'gone', message: string): void {
    this.#drop()
    this.#set({ name: 'refused', reason, message })
  }

  /** Gives up what is current and waits for the next rung. */
  #fail(): void {
    this.#drop()
    if (this.#openedAt > 0 && Date.now() - this.#openedAt >= STEADY_MS) this.#attempt = 0
    const waitMs = retryDelay(this.#attempt + 1, Math.random())
    this.#set({ name: 'waiting', attempt: this.#attempt + 1, retryAt: Date.now() + waitMs })
    this.#timer = setTimeout(() => this.#connect(), waitMs)
  }
}
