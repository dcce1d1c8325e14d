import { coalesce } from '../lib/time.ts'
import { ClientOutput } from './client-output.ts'
import { tmuxEnv } from './command.ts'
import { TmuxError } from './errors.ts'
import { TerminalModes } from './modes.ts'
import { clampSize, type EndReason, type Picture, type PictureEvents } from './picture.ts'
import { Pty } from './pty.ts'
import type { TmuxServer } from './server.ts'
import { readSessionFacts, type SessionFacts } from './session-facts.ts'
import { addTyped, settleInput } from './settle.ts'
import { identityOf, type TmuxTree } from './tree.ts'

export interface ViewerOptions extends PictureEvents {
  server: TmuxServer
  /** tmux's own id, `$1`. */
  sessionId: string
  /** tmux itself refuses every key of this client. */
  readOnly: boolean
  /** From `readSessionFacts`, just now; never with `destroyUnattached`. */
  facts: SessionFacts
}

/** Terminal features that xterm.js has and tmux cannot read from TERM. An unknown name ends the list. */
const FEATURES = 'RGB,usstyle,overline,strikethrough,hyperlinks'
/** The status line can change without any event. */
const CHECK_MS = 5_000
const FOLLOW_MS = 20
/** A client that gave its terminal back and lives on after so long was suspended. */
const WAKE_MS = 300
const ESCAPE = 0x1b
/**
 * The Escape key as a terminal with extended keys sends it (key 27, no modifiers). Every tmux since
 * 3.2 reads it at once, where it holds a bare ESC back for `escape-time` (500 ms before 3.5) and
 * takes ESC and the next key together for Alt. And it stays in order with all other keys.
 */
const ESCAPE_KEY = Buffer.from('\x1b[27;1u')

/**
 * One tmux client on a terminal of its own. Its terminal has always the window's size plus the
 * status lines, and it is flagged `ignore-size`: neither alone keeps tmux from resizing the window
 * when no other client is attached.
 */
export class Viewer implements Picture {
  readonly mode = 'client'
  readonly #options: ViewerOptions
  readonly #pty: Pty
  readonly #output = new ClientOutput()
  readonly #modes = new TerminalModes()
  readonly #stop = new AbortController()
  readonly #identity: string
  readonly #release: () => void
  /** Sessions on the server at the last look, to tell the end of one from the end of all. */
  #sessions = 1
  #pane: string | undefined
  #statusLines: number
  #checks = 0
  #checked = 0
  #cols: number
  #rows: number
  #typed = { bytes: 0, at: 0 }
  /** tmux draws only for clients that are attached: before, ours shows no session yet. */
  #hasDrawn = false
  /** The client has drawn, or never will. */
  readonly #ready: Promise<void>
  #setReady: () => void = () => {}

  constructor(options: ViewerOptions) {
    const { server, sessionId, facts } = options
    this.#options = options
    this.#statusLines = facts.statusLines
    const { cols, rows } = clampSize(facts.cols, facts.rows + facts.statusLines)
    this.#cols = cols
    this.#rows = rows
    this.#identity = identityOf(server.tree)
    this.#ready = new Promise((resolve) => {
      this.#setReady = resolve
    })
    this.#stop.signal.addEventListener('abort', () => this.#setReady())
    this.#look(server.tree)
    const flags = options.readOnly ? 'ignore-size,read-only' : 'ignore-size'
    const argv = ['-N', '-u', '-T', FEATURES, '-S', server.socketPath]
    this.#pty = new Pty('tmux', [...argv, 'attach', '-E', '-f', flags, '-t', `${sessionId}:`], {
      cols,
      rows,
      env: { ...tmuxEnv(), COLORTERM: 'truecolor' },
      onData: (bytes) => this.#show(bytes),
      onExit: () => {
        this.#release()
        void this.#exited()
      },
    })
    this.#release = server.addClient(this.#pty.pid)
    const check = coalesce(FOLLOW_MS, () => void this.#check(), this.#stop.signal)
    server.changes.on((event) => {
      if (event.type === 'tree') this.#follow(event.tree)
      if (event.type !== 'output') check()
    }, this.#stop.signal)
    const timer = setInterval(check, CHECK_MS)
    this.#stop.signal.addEventListener('abort', () => clearInterval(timer))
  }

  get cols(): number {
    return this.#cols
  }

  get rows(): number {
    return this.#rows
  }

  /** It has shown something: the client could attach. */
  get hasDrawn(): boolean {
    return this.#hasDrawn
  }

  /** The tty by which tmux names this client. */
  get client(): string {
    return this.#pty.path
  }

  get pid(): number {
    return this.#pty.pid
  }

  /** A chunk of exactly one ESC is the Escape key; anything else goes as it is. */
  async write(bytes: Uint8Array): Promise<number> {
    // Before the client is attached the terminal would take them, and nobody might ever read them.
    await this.#ready
    if (this.#stop.signal.aborted) return 0
    const isEscape = bytes.length === 1 && bytes[0] === ESCAPE
    const taken = await this.#pty.write(isEscape ? ESCAPE_KEY : bytes)
    this.#typed = addTyped(this.#typed, taken)
    return isEscape ? Math.min(taken, 1) : taken
  }

  /**
   * `refresh-client` would draw on top of what tmux believes the terminal to hold: colours, scroll
   * region, modes. A change of the terminal's size makes it forget all that and draw everything.
   */
  redraw(): void {
    if (this.#stop.signal.aborted) return
    this.#options.onBytes(this.#modes.restore())
    this.#pty.signal('SIGWINCH')
  }

  async close(): Promise<void> {
    this.#stop.abort()
    if (!this.#pty.isClosed) await settleInput(this.#options.server, this.#typed)
    await this.#pty.end()
  }

  #show(bytes: Buffer): void {
    const wasDrawing = this.#output.isDrawing
    const shown = this.#output.filter(bytes)
    if (wasDrawing && !this.#output.isDrawing) {
      // Suspended, it would stay so for ever; ending, it does not mind.
      setTimeout(() => !this.#output.isDrawing && this.#pty.signal('SIGCONT'), WAKE_MS)
    }
    if (shown.length === 0) return
    this.#hasDrawn = true
    this.#setReady()
    this.#modes.scan(shown)
    if (!this.#stop.signal.aborted) this.#options.onBytes(shown)
  }

  /** What a listing says: the session's end, its current pane. */
  #follow(tree: TmuxTree): void {
    if (this.#stop.signal.aborted) return
    const before = this.#sessions
    if (tree.sessions.length === 0) {
      // Several at once end with their server; the last one alone takes its server with it.
      this.#end(before > 1 ? 'server-gone' : 'session-ended')
      return
    }
    const shown = this.#look(tree)
    if (identityOf(tree) !== this.#identity) this.#end('server-gone')
    else if (!shown) this.#end('session-ended')
    if (!shown || this.#stop.signal.aborted) return
    if (shown.pane !== undefined && shown.pane !== this.#pane) {
      this.#pane = shown.pane
      this.#options.onShowing(shown.pane)
    }
  }

  #look(tree: TmuxTree | undefined) {
    if (!tree) return undefined
    this.#sessions = tree.sessions.length
    const session = tree.sessions.find(({ id }) => id === this.#options.sessionId)
    const window = session?.windows.find(({ active }) => active)
    if (!window) return undefined
    const pane = window.panes.find(({ active }) => active)?.id
    this.#pane ??= pane
    return { pane }
  }

  #resize(windowCols: number, windowRows: number): void {
    const { cols, rows } = clampSize(windowCols, windowRows + this.#statusLines)
    if (cols === this.#cols && rows === this.#rows) return
    this.#cols = cols
    this.#rows = rows
    // The page first: what tmux draws for the new size comes after.
    this.#options.onSize(cols, rows)
    this.#pty.resize(cols, rows)
  }

  /**
   * Window and status lines come from one answer. A size put together from an old and a new one
   * would, where no other client is attached, be the window's next size.
   */
  async #check(): Promise<void> {
    const { server, sessionId } = this.#options
    this.#checks += 1
    const mine = this.#checks
    // Before, it is only about to attach, also where the answer comes after it has drawn.
    const hadDrawn = this.#hasDrawn
    try {
      const facts = await readSessionFacts(server, sessionId, this.client)
      // A later question may be answered first.
      if (!facts || mine < this.#checked || this.#stop.signal.aborted) return
      this.#checked = mine
      this.#statusLines = facts.statusLines
      this.#resize(facts.cols, facts.rows)
      // Keys must not reach another session than the one the page names.
      if (facts.isShown === false && hadDrawn) this.#end('left')
    } catch (error) {
      // tmux does not answer, or the client is not there yet or no longer: the next look tells.
      if (!(error instanceof TmuxError)) throw error
    }
  }

  async #exited(): Promise<void> {
    if (this.#stop.signal.aborted) return
    const { server, sessionId } = this.#options
    const before = this.#sessions
    // The client often leaves before the listing tells why. Without an answer the old one counts.
    await server.refresh().catch(() => undefined)
    if (this.#stop.signal.aborted) return
    const left = server.tree?.sessions ?? []
    if (left.some(({ id }) => id === sessionId)) this.#end('left')
    else this.#end(left.length === 0 && before > 1 ? 'server-gone' : 'session-ended')
  }

  #end(reason: EndReason): void {
    if (this.#stop.signal.aborted) return
    this.#stop.abort()
    this.#options.onEnd(reason)
    void this.#pty.end()
  }
}
