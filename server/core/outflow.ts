import { LIMITS } from '../protocol.ts'

export interface OutflowOptions {
  /** Hands bytes to the socket. */
  send(bytes: Buffer): void
  /** Bytes were dropped and the page has drained: tell it to reset and repaint everything. */
  resync(): void
  /** Bytes that the socket still keeps in this process. */
  backlog(): number
  signal: AbortSignal
}

/** After a first piece at once, what follows is gathered for so long (milliseconds). */
const BATCH_MS = 4
/** After a key nothing is gathered for so long: one of the next pieces holds its echo. */
const HURRY_MS = 30
/** Bytes in this process beyond which nothing more is added. */
const MAX_BACKLOG_BYTES = 262_144
/** The page may keep this much unacknowledged for ever: it reports only every so often. */
const DRAINED_BYTES = LIMITS.ackBytes
const MIN_WINDOW_BYTES = 2 * LIMITS.ackBytes
/** How much later than the quickest acknowledgement one may come before less is sent ahead. */
const TOLERATED_MS = 80
/** Output that overflows so soon after a repaint was asked for (milliseconds) is the repaint itself. */
const REPAINT_MS = 1_000
/** The largest screen of ours, 500 by 300 cells, each in two colours of 24 bits, takes 6 MB. */
const MAX_REPAINT_BYTES = 8_388_608
/** A drain without acknowledgement is noticed so soon. */
const LOOK_MS = 50

/**
 * Output of one viewer, on its way to one page. Never more than a window of unacknowledged bytes is
 * on the way; what comes on top is thrown away, and when the page has caught up it gets the screen
 * as it is then. So a slow page skips frames instead of falling behind, and costs no memory. A screen
 * that is itself more than a window would be dropped again and again: the room for it doubles until
 * it goes through.
 *
 * The window begins at `LIMITS.inFlightBytes` and follows the delay: the kernel's buffers would hide
 * seconds of stale screen on a slow link, in which every key waits.
 */
export class Outflow {
  readonly #options: OutflowOptions
  #pending: Buffer[] = []
  #pendingBytes = 0
  #batch: NodeJS.Timeout | undefined
  #look: NodeJS.Timeout | undefined
  /** `performance.now()` until which every piece goes at once. */
  #hurryUntil = 0
  #dropping = false
  /** Bytes since the beginning or the last reset. */
  #sent = 0
  #acked = 0
  #window: number = LIMITS.inFlightBytes
  #resyncedAt = Number.NEGATIVE_INFINITY
  /** So many bytes go after a reset whatever the window: the screen needs more than was tried. */
  #repaintBytes = 0
  /** Sent totals and when they were reached, for the delay of acknowledgements. */
  #marks: { total: number; at: number }[] = []
  #quickestMs = Number.POSITIVE_INFINITY

  constructor(options: OutflowOptions) {
    this.#options = options
    options.signal.addEventListener('abort', () => {
      clearTimeout(this.#batch)
      clearTimeout(this.#look)
      this.#pending = []
    })
  }

  get isDropping(): boolean {
    return this.#dropping
  }

  /** Output as it comes. */
  push(bytes: Buffer): void {
    if (this.#dropping || this.#options.signal.aborted) return
    this.#pending.push(bytes)
    this.#pendingBytes += bytes.length
    if (this.#isTooMuch()) this.#drop()
    else if (!this.#batch || performance.now() < this.#hurryUntil) this.flush()
  }

  /** A key was typed: what comes in the next moment is sent as it comes. */
  hurry(): void {
    this.#hurryUntil = performance.now() + HURRY_MS
  }

  /** Sends what was gathered, for example before a frame that must come after it. */
  flush(): void {
    clearTimeout(this.#batch)
    this.#batch = undefined
    if (this.#pendingBytes === 0) return
    const [first] = this.#pending
    const bytes = this.#pending.length === 1 && first ? first : Buffer.concat(this.#pending)
    this.#pending = []
    this.#pendingBytes = 0
    this.#sent += bytes.length
    this.#marks.push({ total: this.#sent, at: performance.now() })
    this.#options.send(bytes)
    this.#batch = setTimeout(() => this.flush(), BATCH_MS)
  }

  /** The page has drawn `total` bytes since the beginning or the last reset. */
  ack(total: number): void {
    // More than was sent: the number is from before the reset that is still on its way.
    if (total > this.#sent || total <= this.#acked) return
    this.#acked = total
    this.#measure(total)
    if (this.#dropping) this.#resumeWhenDrained()
  }

  #isTooMuch(): boolean {
    const total = this.#sent + this.#pendingBytes
    if (total <= this.#repaintBytes) return false
    return total - this.#acked > this.#window || this.#options.backlog() > MAX_BACKLOG_BYTES
  }

  #measure(total: number): void {
    let at: number | undefined
    while (this.#marks[0] && this.#marks[0].total <= total) at = this.#marks.shift()?.at
    if (at === undefined) return
    const ms = performance.now() - at
    this.#quickestMs = Math.min(this.#quickestMs, ms)
    this.#window =
      ms > this.#quickestMs + TOLERATED_MS
        ? Math.max(MIN_WINDOW_BYTES, this.#window / 2)
        : Math.min(LIMITS.inFlightBytes, this.#window + LIMITS.ackBytes / 2)
  }

  #drop(): void {
    const isRepaint = performance.now() - this.#resyncedAt < REPAINT_MS
    const total = this.#sent + this.#pendingBytes
    this.#repaintBytes = isRepaint ? Math.min(MAX_REPAINT_BYTES, 2 * total) : 0
    this.#dropping = true
    this.#pending = []
    this.#pendingBytes = 0
    clearTimeout(this.#batch)
    this.#batch = undefined
    this.#resumeWhenDrained()
  }

  #resumeWhenDrained(): void {
    clearTimeout(this.#look)
    const { backlog, signal, resync } = this.#options
    if (signal.aborted) return
    if (this.#sent - this.#acked > DRAINED_BYTES || backlog() > DRAINED_BYTES) {
      this.#look = setTimeout(() => this.#resumeWhenDrained(), LOOK_MS)
      return
    }
    this.#dropping = false
    this.#sent = 0
    this.#acked = 0
    this.#marks = []
    this.#resyncedAt = performance.now()
    resync()
  }
}
