import { Emitter } from '../lib/emitter.ts'
import type { Log } from '../log.ts'
import { CLOSE, LIMITS, type MirrorReason, type Scope, type ViewerFrame } from '../protocol.ts'
import { Mirror } from '../tmux/mirror.ts'
import type { Picture, PictureEvents } from '../tmux/picture.ts'
import { readScreen } from '../tmux/screen.ts'
import { readSessionFacts } from '../tmux/session-facts.ts'
import { Viewer } from '../tmux/viewer.ts'
import { allows } from './caller.ts'
import { Failure } from './failure.ts'
import { InputStreams } from './input-streams.ts'
import { isSameHolder, type LeaseHolder, Leases } from './leases.ts'
import { OneByOne } from './one-by-one.ts'
import type { PaneEntry, Registry } from './registry.ts'
import { sayByBytes } from './said.ts'
import { Terminal, type TerminalLink } from './terminal.ts'
import { toFailure } from './tmux-failure.ts'

export interface OpenRequest {
  deviceId: string
  scope: Scope
  /** Our id of the pane. */
  paneId: string
  frame: Extract<ViewerFrame, { type: 'open' }>
  link: TerminalLink
}

/** A machine on which tmux clients end before they draw gets mirrors for so long (milliseconds). */
const NO_CLIENT_MS = 60_000

/** Every open terminal. */
export class Viewers {
  readonly #registry: Registry
  readonly #log: Log
  readonly #streams = new InputStreams()
  readonly #leases: Leases
  /** By session: the last word of a page is the one that counts. */
  readonly #fitting = new OneByOne()
  /** Terminals by our session id. */
  readonly #open = new Map<string, Map<Terminal, LeaseHolder>>()
  /** Ends that are under way. */
  readonly #ending = new Set<Promise<void>>()
  /** Our id of the pane to which somebody said something by keys of a terminal. */
  readonly said = new Emitter<string>()
  #noClientUntil = 0
  #isClosed = false

  constructor(options: { registry: Registry; log: Log }) {
    this.#registry = options.registry
    this.#log = options.log
    this.#leases = new Leases((sessionId) => this.#tellLease(sessionId))
  }

  /** Terminals that are open. */
  get size(): number {
    let size = 0
    for (const terminals of this.#open.values()) size += terminals.size
    return size
  }

  /**
   * Opens a terminal for a page. Undefined where that fails: the page has been told why and the
   * link closed.
   */
  async open(request: OpenRequest): Promise<Terminal | undefined> {
    try {
      return await this.#tryOpen(request)
    } catch (error) {
      const failure = toFailure(error)
      if (!failure) {
        request.link.close(CLOSE.internal, 'internal error')
        throw error
      }
      request.link.sendFrame({ type: 'error', code: failure.code, message: failure.message })
      request.link.close(CLOSE.tooSlow, failure.code)
      return undefined
    }
  }

  /**
   * Ends the terminals of one session before the session is ended. The result is to be called with
   * the outcome: their pages hear that it is gone, or come back.
   */
  async closeSession(sessionId: string): Promise<(isGone: boolean) => void> {
    const terminals = [...(this.#open.get(sessionId)?.keys() ?? [])]
    await Promise.all(terminals.map((terminal) => terminal.close()))
    return (isGone) => {
      for (const terminal of terminals) terminal.dismiss(isGone ? 'session-ended' : 'left')
    }
  }

  /** Ends all terminals and gives all leases back. */
  async close(): Promise<void> {
    this.#isClosed = true
    const terminals = [...this.#open.values()].flatMap((session) => [...session.keys()])
    for (const terminal of terminals) void this.#track(terminal.close())
    await Promise.all([...this.#ending])
    await this.#leases.close()
  }

  async #tryOpen(request: OpenRequest): Promise<Terminal | undefined> {
    const { deviceId, scope, paneId, frame, link } = request
    const stream = this.#streams.open(deviceId, frame.viewer)
    // Again after each wait: yet another socket may have been quicker.
    while (stream.release) await stream.release()
    if (this.#isClosed) {
      link.close(CLOSE.goingAway, 'dogwatch is stopping')
      return undefined
    }
    const entry = this.#find(paneId, frame.session)
    if (!entry) {
      if (this.#isBlind)
        throw new Failure('tmux-unavailable', 'tmux does not answer at the moment.')
      link.sendFrame({ type: 'gone', reason: this.#whyGone(frame.session) })
      link.close(CLOSE.gone, 'gone')
      return undefined
    }
    const sessionId = entry.session.id
    const terminals = this.#open.get(sessionId) ?? new Map<Terminal, LeaseHolder>()
    if (terminals.size >= LIMITS.viewersPerSession) {
      throw new Failure(
        'busy',
        `This session is shown ${terminals.size} times already. Close it somewhere else first.`,
      )
    }
    const readOnly = !allows(scope, 'reply')
    const holder: LeaseHolder = { deviceId, viewer: frame.viewer }
    const terminal = new Terminal({
      link,
      stream,
      readOnly,
      onFit: (fit) => this.#fitting.run(sessionId, () => this.#fit(entry, holder, fit, terminal)),
      onTyped: (bytes) => {
        this.#leases.renew(sessionId, holder)
        if (sayByBytes(bytes)) this.said.emit(this.#shownPane(terminal, entry))
      },
      paneIdOf: (tmuxId) => this.#paneIdOf(sessionId, tmuxId),
      onClosed: () => {
        terminals.delete(terminal)
        if (terminals.size === 0) this.#open.delete(sessionId)
        stream.release = undefined
        stream.leftAt = performance.now()
        this.#leases.setAway(sessionId, holder, true)
      },
    })
    // Counted from here on: tmux is asked next, and others may open meanwhile.
    this.#open.set(sessionId, terminals.set(terminal, holder))
    stream.release = () => {
      link.close(CLOSE.goingAway, 'opened again')
      return terminal.close()
    }
    try {
      const { picture, mirrorReason } = await this.#paint(entry, readOnly, terminal.events)
      terminal.begin(picture, {
        type: 'ready',
        ...{ cols: picture.cols, rows: picture.rows, readOnly, mode: picture.mode },
        ...(stream.isNew ? {} : { inputAt: stream.at }),
        ...(mirrorReason === undefined ? {} : { mirrorReason }),
      })
      stream.isNew = false
      this.#leases.setAway(sessionId, holder, false)
      if (this.#leases.get(sessionId)) this.#tellLeaseTo(sessionId, terminal, holder)
      if (picture.mode === 'mirror') picture.redraw()
      return terminal
    } catch (error) {
      await terminal.close()
      throw error
    }
  }

  async #paint(
    entry: PaneEntry,
    readOnly: boolean,
    events: PictureEvents,
  ): Promise<{ picture: Picture; mirrorReason?: MirrorReason }> {
    const { server, session } = entry
    const sessionId = session.tmuxId
    const facts = await readSessionFacts(server, sessionId)
    if (!facts) throw new Failure('not-found', 'That session has ended.')
    // Another pane may be the current one since the page was let in: it would get this one's keys.
    const now = this.#registry.pane(entry.view.id, session.id)
    if (!now) throw new Failure('not-found', 'That pane is not there any more.')
    const { window, view: pane } = now
    let mirrorReason: MirrorReason | undefined
    if (!window.active || !pane.active) mirrorReason = 'other-pane'
    else if (facts.destroyUnattached) mirrorReason = 'destroy-unattached'
    else if (performance.now() < this.#noClientUntil) mirrorReason = 'no-client'
    if (mirrorReason === undefined) {
      try {
        const viewer: Viewer = new Viewer({
          ...{ ...events, server, sessionId, readOnly, facts },
          onEnd: (reason) => {
            if (reason === 'left' && !viewer.hasDrawn) {
              this.#noClientUntil = performance.now() + NO_CLIENT_MS
              this.#log.warn({}, 'a tmux client ended before it drew; terminals are mirrored')
            }
            events.onEnd(reason)
          },
        })
        return { picture: viewer }
      } catch (error) {
        this.#log.warn({ error }, 'no tmux client could be started; the terminal is mirrored')
        mirrorReason = 'no-client'
      }
    }
    const screen = await readScreen(server, pane.tmuxId, 'cells')
    if (!screen) throw new Failure('not-found', 'That pane has ended.')
    const mirror = new Mirror({ ...events, server, sessionId, paneId: pane.tmuxId }, screen)
    return { picture: mirror, mirrorReason }
  }

  /** The pane, in the session the page names where it is there. */
  #find(paneId: string, sessionId: string | undefined): PaneEntry | undefined {
    return this.#registry.pane(paneId, sessionId) ?? this.#registry.pane(paneId)
  }

  #whyGone(sessionId: string | undefined): 'session-ended' | 'pane-ended' | 'server-gone' {
    if (sessionId !== undefined && this.#registry.session(sessionId)) return 'pane-ended'
    return 'session-ended'
  }

  /** Some tmux server does not tell what it has: nothing can be said to be gone. */
  get #isBlind(): boolean {
    return this.#registry.servers().some(({ id, state }) => {
      if (state === 'unresponsive') return true
      // Not looked at yet; without a tmux that we can use there is nothing to look at.
      const isUsable = state !== 'missing' && state !== 'too-old'
      return isUsable && this.#registry.server(id)?.tree === undefined
    })
  }

  /** The pane that gets a terminal's keys: a client's go to the session's current pane. */
  #shownPane(terminal: Terminal, { session, view }: PaneEntry): string {
    if (terminal.mode !== 'client') return view.id
    const windows = this.#registry.session(session.id)?.view.windows ?? []
    const window = windows.find(({ active }) => active)
    return window?.panes.find(({ active }) => active)?.id ?? view.id
  }

  #paneIdOf(sessionId: string, tmuxPaneId: string): string | undefined {
    const windows = this.#registry.session(sessionId)?.view.windows ?? []
    const panes = windows.flatMap((window) => window.panes)
    return panes.find(({ tmuxId }) => tmuxId === tmuxPaneId)?.id
  }

  async #fit(
    entry: PaneEntry,
    holder: LeaseHolder,
    fit: Extract<ViewerFrame, { type: 'fit' }>,
    terminal: Terminal,
  ): Promise<void> {
    const { server, session } = entry
    if (!fit.on) return this.#leases.release(session.id, holder)
    const facts = await readSessionFacts(server, session.tmuxId)
    if (!facts) throw new Failure('not-found', 'That session has ended.')
    if (terminal.mode === 'mirror' && facts.windowId !== entry.window.tmuxId) {
      throw new Failure('conflict', 'Only the current window of a session can be fitted.')
    }
    const taken = await this.#leases.take({
      ...{ holder, server, sessionId: session.id, tmuxSessionId: session.tmuxId },
      windowId: facts.windowId,
      cols: fit.cols,
      // The page's terminal shows the status lines too.
      rows: fit.rows - facts.statusLines,
    })
    if (!taken) throw new Failure('conflict', 'Another screen has this window fitted to it.')
    const holders = [...(this.#open.get(session.id)?.values() ?? [])]
    const isHere = holders.some((one) => isSameHolder(one, holder))
    if (!isHere) this.#leases.setAway(session.id, holder, true)
    // The viewers' terminals follow the listing: not only at its next turn.
    await server.refresh()
  }

  #tellLease(sessionId: string): void {
    for (const [terminal, holder] of this.#open.get(sessionId) ?? []) {
      this.#tellLeaseTo(sessionId, terminal, holder)
    }
  }

  #tellLeaseTo(sessionId: string, terminal: Terminal, asker: LeaseHolder): void {
    const lease = this.#leases.get(sessionId)
    if (!lease) {
      terminal.send({ type: 'lease', holder: 'none' })
      return
    }
    const isOwn = isSameHolder(lease.holder, asker)
    terminal.send({ type: 'lease', holder: isOwn ? 'you' : 'other', until: lease.until })
  }

  #track(work: Promise<void>): Promise<void> {
    const tracked = work.finally(() => this.#ending.delete(tracked))
    this.#ending.add(tracked)
    return tracked
  }
}
