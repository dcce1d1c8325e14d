import { delay } from '../lib/time.ts'
import { TmuxError } from './errors.ts'
import { paint } from './paint.ts'
import { clampSize, type EndReason, type Picture, type PictureEvents } from './picture.ts'
import { readScreen, type Screen } from './screen.ts'
import { sendBytes } from './send.ts'
import type { TmuxServer } from './server.ts'
import { identityOf, type TmuxTree } from './tree.ts'

export interface MirrorOptions extends PictureEvents {
  server: TmuxServer
  /** tmux's own id, `%3`. */
  paneId: string
  sessionId: string
}

/** Two repaints are at least so far apart. */
const GAP_MS = 100
/** What no event tells: kernel echo of typed keys, and a missed event. */
const LOOK_MS = 2_000
/** When a typed key's effect is looked for: programs answer at once, some only after a moment. */
const AFTER_KEY_MS = [15, 120] as const

/**
 * One pane's screen, painted anew when it changed: for panes that no tmux client of ours can show
 * or may show. tmux knows nothing of it.
 */
export class Mirror implements Picture {
  readonly mode = 'mirror'
  readonly #options: MirrorOptions
  readonly #stop = new AbortController()
  readonly #identity: string
  #cols: number
  #rows: number
  /** What the page has on its screen. */
  #painted = ''
  #sessions = 1
  #painting: Promise<void> | undefined
  #again = false
  #typing: Promise<unknown> = Promise.resolve()

  /** `screen` from `readScreen` with `cells`, just now: its size is the mirror's first. */
  constructor(options: MirrorOptions, screen: Screen) {
    this.#options = options
    const { cols, rows } = clampSize(screen.cols, screen.rows)
    this.#cols = cols
    this.#rows = rows
    this.#identity = identityOf(options.server.tree)
    this.#sessions = options.server.tree?.sessions.length ?? 1
    const { signal } = this.#stop
    options.server.changes.on((event) => {
      if (event.type === 'output' && event.pane === options.paneId) this.#repaint()
      if (event.type === 'tree') this.#follow(event.tree)
    }, signal)
    const timer = setInterval(() => this.#repaint(), LOOK_MS)
    signal.addEventListener('abort', () => clearInterval(timer))
  }

  get cols(): number {
    return this.#cols
  }

  get rows(): number {
    return this.#rows
  }

  write(bytes: Uint8Array): Promise<number> {
    const typed = this.#typing.then(() => this.#type(bytes))
    this.#typing = typed
    return typed
  }

  redraw(): void {
    this.#painted = ''
    this.#repaint()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#typing
    await this.#painting
  }

  async #type(bytes: Uint8Array): Promise<number> {
    if (this.#stop.signal.aborted) return 0
    const { server, paneId } = this.#options
    try {
      const sent = await sendBytes(server, paneId, bytes)
      void this.#lookAfterKey()
      return sent
    } catch (error) {
      if (!(error instanceof TmuxError)) throw error
      if (error.code === 'no-target') this.#end('pane-ended')
      return 0
    }
  }

  async #lookAfterKey(): Promise<void> {
    for (const ms of AFTER_KEY_MS) {
      await delay(ms, this.#stop.signal)
      this.#repaint()
    }
  }

  /** Paints now, or once more after the painting that is under way. */
  #repaint(): void {
    if (this.#stop.signal.aborted) return
    if (this.#painting) {
      this.#again = true
      return
    }
    this.#painting = this.#paintUntilDone().finally(() => {
      this.#painting = undefined
    })
  }

  async #paintUntilDone(): Promise<void> {
    do {
      this.#again = false
      await this.#paintOnce()
      if (this.#again) await delay(GAP_MS, this.#stop.signal)
    } while (this.#again && !this.#stop.signal.aborted)
  }

  async #paintOnce(): Promise<void> {
    const { server, paneId, onBytes, onSize } = this.#options
    try {
      const screen = await readScreen(server, paneId, 'cells')
      if (this.#stop.signal.aborted) return
      if (!screen) {
        this.#end('pane-ended')
        return
      }
      const { cols, rows } = clampSize(screen.cols, screen.rows)
      if (cols !== this.#cols || rows !== this.#rows) {
        this.#cols = cols
        this.#rows = rows
        this.#painted = ''
        onSize(cols, rows)
      }
      const bytes = paint(screen)
      if (bytes === this.#painted) return
      this.#painted = bytes
      onBytes(Buffer.from(bytes))
    } catch (error) {
      if (!(error instanceof TmuxError)) throw error
      if (error.code === 'no-target') this.#end('pane-ended')
      // Else tmux does not answer now; the last screen stays and the next look tells.
    }
  }

  #follow(tree: TmuxTree): void {
    const before = this.#sessions
    this.#sessions = tree.sessions.length
    const session = tree.sessions.find(({ id }) => id === this.#options.sessionId)
    const panes = session?.windows.flatMap((window) => window.panes)
    const pane = panes?.find(({ id }) => id === this.#options.paneId)
    const isEmpty = tree.sessions.length === 0
    if (isEmpty) this.#end(before > 1 ? 'server-gone' : 'session-ended')
    // Ids begin anew: those of this pane are another's there.
    else if (identityOf(tree) !== this.#identity) this.#end('server-gone')
    else if (!session) this.#end('session-ended')
    else if (!pane) this.#end('pane-ended')
    else if (pane.cols !== this.#cols || pane.rows !== this.#rows) this.#repaint()
  }

  #end(reason: EndReason): void {
    if (this.#stop.signal.aborted) return
    this.#stop.abort()
    this.#options.onEnd(reason)
  }
}
