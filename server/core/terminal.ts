import { CLOSE, type TerminalFrame, type ViewerFrame } from '../protocol.ts'
import type { EndReason, Picture, PictureEvents } from '../tmux/picture.ts'
import type { InputStream } from './input-streams.ts'
import { Outflow } from './outflow.ts'
import { toFailure } from './tmux-failure.ts'

/** The page's end of a terminal, whatever carries it. */
export interface TerminalLink {
  sendFrame(frame: TerminalFrame): void
  sendBytes(bytes: Buffer): void
  /** Bytes sent that are still in this process. */
  backlog(): number
  /** Stops and goes on taking what the page sends. */
  hold(isHeld: boolean): void
  close(code: number, reason: string): void
}

export interface TerminalOptions {
  link: TerminalLink
  stream: InputStream
  /** The device may only look. */
  readOnly: boolean
  /** The page asks for the lease, or gives it back. */
  onFit(frame: Extract<ViewerFrame, { type: 'fit' }>): Promise<void>
  /** The page typed something. */
  onTyped(bytes: Uint8Array): void
  /** Our id of tmux's pane. */
  paneIdOf(tmuxPaneId: string): string | undefined
  /** Called once, when the terminal is over for whatever reason. */
  onClosed(): void
}

/**
 * Input that waits for tmux, which gets it frame by frame. Not left in the socket: one that is not
 * read does not tell that its page has gone. A page keeps at most 2 MiB unacknowledged itself.
 */
const MAX_PENDING_BYTES = 2_162_688
/** Applied input is reported after so long at the latest, or at once after so many bytes. */
const INPUT_ACK_MS = 25
const INPUT_ACK_BYTES = 16_384
/** What was taken but not typed within this time after the page left is the page's again. */
const TYPE_OUT_MS = 1_000

/** One open terminal: a picture on one side, a page on the other. */
export class Terminal {
  readonly #options: TerminalOptions
  readonly #life = new AbortController()
  readonly #outflow: Outflow
  #picture: Picture | undefined
  #typing: Promise<void> = Promise.resolve()
  #pendingBytes = 0
  #unreported = 0
  #report: NodeJS.Timeout | undefined
  #closed: Promise<void> | undefined

  constructor(options: TerminalOptions) {
    this.#options = options
    const { link } = options
    this.#outflow = new Outflow({
      send: (bytes) => link.sendBytes(bytes),
      backlog: () => link.backlog(),
      resync: () => {
        link.sendFrame({ type: 'reset' })
        this.#picture?.redraw()
      },
      signal: this.#life.signal,
    })
  }

  get mode(): Picture['mode'] | undefined {
    return this.#picture?.mode
  }

  /** What the picture is to call. */
  get events(): PictureEvents {
    const { paneIdOf } = this.#options
    return {
      onBytes: (bytes) => this.#outflow.push(bytes),
      onSize: (cols, rows) => {
        this.#outflow.flush()
        this.send({ type: 'resize', cols, rows })
      },
      onShowing: (tmuxPaneId) => {
        const pane = paneIdOf(tmuxPaneId)
        if (pane !== undefined) this.send({ type: 'showing', pane })
      },
      onEnd: (reason) => {
        this.#outflow.flush()
        this.dismiss(reason)
        void this.close()
      },
    }
  }

  /** Puts the picture in and tells the page to begin. */
  begin(picture: Picture, ready: Extract<TerminalFrame, { type: 'ready' }>): void {
    this.#picture = picture
    if (this.#life.signal.aborted) void picture.close()
    else this.send(ready)
  }

  send(frame: TerminalFrame): void {
    if (!this.#life.signal.aborted) this.#options.link.sendFrame(frame)
  }

  /** The last word to the page: nothing is left to show, or only not here (it may open again). */
  dismiss(reason: EndReason): void {
    const { link } = this.#options
    if (reason === 'left') {
      link.close(CLOSE.goingAway, 'detached from the session')
      return
    }
    link.sendFrame({ type: 'gone', reason })
    link.close(CLOSE.gone, reason)
  }

  /** Keys of the page, in order. */
  type(bytes: Uint8Array): void {
    if (this.#life.signal.aborted) return
    if (this.#options.readOnly) {
      this.send({ type: 'error', code: 'forbidden', message: 'This device may only watch.' })
      return
    }
    this.#options.onTyped(bytes)
    this.#outflow.hurry()
    this.#pendingBytes += bytes.length
    if (this.#pendingBytes > MAX_PENDING_BYTES) {
      this.#options.link.close(CLOSE.tooSlow, 'too much input waits')
      return
    }
    this.#typing = this.#typing.then(() => this.#typeNow(bytes))
  }

  take(frame: ViewerFrame): void {
    if (this.#life.signal.aborted) return
    if (frame.type === 'ack') this.#outflow.ack(frame.bytes)
    else if (frame.type === 'ping') this.send({ type: 'pong', at: frame.at })
    else if (frame.type === 'fit') void this.#fit(frame)
    else this.#options.link.close(CLOSE.badFrame, 'already open')
  }

  /** Ends it. Resolves when all that was taken has been typed and the picture is gone. */
  close(): Promise<void> {
    this.#closed ??= this.#end()
    return this.#closed
  }

  async #typeNow(bytes: Uint8Array): Promise<void> {
    const { stream } = this.#options
    const typed = (await this.#picture?.write(bytes)) ?? 0
    stream.at += typed
    this.#pendingBytes -= bytes.length
    this.#unreported += typed
    if (this.#unreported >= INPUT_ACK_BYTES) this.#reportInput()
    else this.#report ??= setTimeout(() => this.#reportInput(), INPUT_ACK_MS)
  }

  #reportInput(): void {
    clearTimeout(this.#report)
    this.#report = undefined
    this.#unreported = 0
    this.send({ type: 'input-ack', at: this.#options.stream.at })
  }

  async #fit(frame: Extract<ViewerFrame, { type: 'fit' }>): Promise<void> {
    if (this.#options.readOnly) {
      this.send({ type: 'error', code: 'forbidden', message: 'This device may only watch.' })
      return
    }
    try {
      await this.#options.onFit(frame)
    } catch (error) {
      const failure = toFailure(error)
      if (!failure) throw error
      this.send({ type: 'error', code: failure.code, message: failure.message })
    }
  }

  async #end(): Promise<void> {
    this.#life.abort()
    clearTimeout(this.#report)
    const picture = this.#picture
    const timer = new Promise<void>((resolve) => setTimeout(resolve, TYPE_OUT_MS).unref())
    // What does not go out in time is settled as not typed when the picture closes.
    if (this.#pendingBytes > 0) await Promise.race([this.#typing, timer])
    await picture?.close()
    await this.#typing
    this.#options.onClosed()
  }
}
