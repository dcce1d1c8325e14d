import { LIMITS, type TerminalFrame, type ViewerFrame } from '../../server/protocol.ts'
import type { Socket, SocketOptions } from '../state/socket.ts'
import { HOLD_MS, Outbox } from './outbox.ts'
import type { LinkView } from './types.ts'

/**
 * One terminal's conversation with the server: drawing and acknowledging on the way down, the
 * numbered key stream on the way up. It knows neither Solid nor xterm, and lives until its signal
 * aborts.
 */

/** An acknowledgement waits this long for more to acknowledge, milliseconds. */
const ACK_IDLE_MS = 40

/** Where output is drawn. */
export interface Canvas {
  /** Draws bytes; `drawn` is called when the parser is through with them. */
  write(bytes: Uint8Array, drawn: () => void): void
  /** Clears parser and screen, after everything written so far. */
  reset(): void
  resize(cols: number, rows: number): void
  /** Size to start with, before the server names the window's. */
  readonly cols: number
  readonly rows: number
}

export interface LinkOptions {
  paneId: string
  sessionId: string
  /** Random, kept for the component's life: names the key stream across sockets. */
  viewer: string
  canvas: Canvas
  signal: AbortSignal
  connect(path: () => string, options: SocketOptions<TerminalFrame>): Socket
  /** A socket for this session that is open or opening already. */
  early?(): Promise<WebSocket | undefined>
  onChange(view: LinkView): void
  onShowing(paneId: string): void
  now?: () => number
}

export class TerminalLink {
  readonly #options: LinkOptions
  /** The pane to ask for. */
  #pane: string
  readonly #now: () => number
  readonly #outbox = new Outbox(LIMITS.keyFrameBytes)
  /** Aborts the socket alone, when there is nothing left to show. */
  readonly #life = new AbortController()
  readonly #socket: Socket
  #view: LinkView
  /** Counts sockets and resets, so that late drawing callbacks of an older one count for nothing. */
  #generation = 0
  #drawn = 0
  #acked = 0
  #ackTimer: ReturnType<typeof setTimeout> | undefined
  /** The first bytes after a new start clear the old screen; until then it stays to be read. */
  #stale = false

  constructor(options: LinkOptions) {
    this.#options = options
    this.#pane = options.paneId
    this.#now = options.now ?? Date.now
    this.#view = {
      socket: { name: 'connecting', attempt: 1 },
      ready: false,
      readOnly: true,
      mode: 'client',
      cols: options.canvas.cols,
      rows: options.canvas.rows,
      lease: { holder: 'none' },
      uncertain: 0,
    }
    const { signal } = options
    const end = () => {
      clearTimeout(this.#ackTimer)
      this.#life.abort()
    }
    signal.addEventListener('abort', end, { once: true })
    const path = () => `/ws/terminal/${encodeURIComponent(this.#pane)}`
    this.#socket = options.connect(path, {
      signal: this.#life.signal,
      early: options.early,
      onState: (socket) => {
        if (socket.name === 'open') this.#set({ socket })
        else this.#set({ socket, ready: false })
      },
      onOpen: () => this.#open(),
      onFrame: (frame) => this.#receive(frame),
      onBytes: (bytes) => this.#draw(bytes),
    })
  }

  get view(): LinkView {
    return this.#view
  }

  /** Types bytes. Without a connection they are held; false when there is no room or no right to. */
  type(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (bytes.length === 0 || this.#view.gone) return false
    if (this.#view.readOnly && this.#view.ready) return false
    if (!this.#outbox.add(bytes, this.#now())) {
      this.#set({ error: 'Too much input is waiting for the connection; this was not typed.' })
      return false
    }
    if (this.#view.ready && !this.#view.held) this.#flush()
    else this.#showHeld(this.#view.held?.asking ?? false)
    return true
  }

  /** Sends what waits, after the person was asked. */
  sendHeld(): void {
    if (this.#view.ready) this.#flush()
  }

  discardHeld(): void {
    this.#outbox.discard()
    this.#set({ held: undefined })
  }

  /** The person has read that some bytes are uncertain, or an error. */
  acknowledgeNotices(): void {
    this.#set({ uncertain: 0, error: undefined })
  }

  /** Asks for the lease "Fit to this screen", changes its size, or gives it back. */
  fit(on: boolean, cols: number, rows: number): void {
    this.#tell({ type: 'fit', on, cols, rows })
  }

  reconnect(): void {
    this.#socket.retry()
  }

  #set(change: Partial<LinkView>): void {
    this.#view = { ...this.#view, ...change }
    this.#options.onChange(this.#view)
  }

  #tell(frame: ViewerFrame): void {
    this.#socket.send(frame)
  }

  #open(): void {
    const { viewer, sessionId, canvas } = this.#options
    this.#tell({
      type: 'open',
      viewer,
      pane: this.#pane,
      session: sessionId,
      cols: canvas.cols,
      rows: canvas.rows,
    })
  }

  #receive(frame: TerminalFrame): void {
    switch (frame.type) {
      case 'ready':
        this.#begin(frame)
        break
      case 'resize':
        this.#options.canvas.resize(frame.cols, frame.rows)
        this.#set({ cols: frame.cols, rows: frame.rows })
        break
      case 'reset':
        this.#restartCounting()
        break
      case 'input-ack':
        this.#outbox.ack(frame.at)
        break
      case 'showing':
        // A client follows its session; after a reconnect it goes on where it was led to.
        if (this.#view.mode === 'client') this.#pane = frame.pane
        this.#options.onShowing(frame.pane)
        break
      case 'lease':
        this.#set({ lease: { holder: frame.holder, until: frame.until } })
        break
      case 'gone':
        this.#outbox.discard()
        this.#set({ gone: frame.reason, ready: false, held: undefined })
        this.#life.abort()
        break
      case 'error':
        this.#set({ error: frame.message })
        break
      case 'pong':
        break
      default:
        // A newer server may say more than this page knows; it says nothing this page needs.
        frame satisfies never
    }
  }

  #begin(frame: Extract<TerminalFrame, { type: 'ready' }>): void {
    this.#restartCounting()
    this.#options.canvas.resize(frame.cols, frame.rows)
    const uncertain = this.#outbox.resume(frame.inputAt)
    this.#set({
      ready: true,
      readOnly: frame.readOnly,
      mode: frame.mode,
      mirrorReason: frame.mirrorReason,
      cols: frame.cols,
      rows: frame.rows,
      lease: { holder: 'none' },
      uncertain: this.#view.uncertain + uncertain,
      error: undefined,
    })
    if (frame.readOnly) this.discardHeld()
    else if (this.#outbox.waited(this.#now()) < HOLD_MS) this.#flush()
    else this.#showHeld(true)
  }

  #flush(): void {
    for (const bytes of this.#outbox.take()) this.#socket.send(bytes)
    if (this.#view.held) this.#set({ held: undefined })
  }

  #showHeld(asking: boolean): void {
    const bytes = this.#outbox.size
    this.#set({
      held: bytes === 0 ? undefined : { bytes, preview: this.#outbox.preview(), asking },
    })
  }

  #restartCounting(): void {
    clearTimeout(this.#ackTimer)
    this.#ackTimer = undefined
    this.#generation += 1
    this.#drawn = 0
    this.#acked = 0
    this.#stale = true
  }

  #draw(bytes: Uint8Array): void {
    if (this.#stale) {
      this.#stale = false
      this.#options.canvas.reset()
    }
    const generation = this.#generation
    this.#options.canvas.write(bytes, () => {
      if (generation !== this.#generation) return
      this.#drawn += bytes.length
      if (this.#drawn - this.#acked >= LIMITS.ackBytes) this.#ack()
      else this.#ackTimer ??= setTimeout(() => this.#ack(), ACK_IDLE_MS)
    })
  }

  #ack(): void {
    clearTimeout(this.#ackTimer)
    this.#ackTimer = undefined
    this.#acked = this.#drawn
    this.#tell({ type: 'ack', bytes: this.#drawn })
  }
}
