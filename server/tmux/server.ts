import { createHash } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { Emitter } from '../lib/emitter.ts'
import { Latch } from '../lib/latch.ts'
import { Lister } from '../lib/lister.ts'
import { delay } from '../lib/time.ts'
import type { Log } from '../log.ts'
import { buildTree } from './build.ts'
import { Channel } from './channel.ts'
import { forkTmux, type RunOptions, textOf, tmuxVersion } from './command.ts'
import { TmuxError } from './errors.ts'
import { PaneFacts } from './facts.ts'
import { Guardian, restoreCommands } from './guardian.ts'
import { type Look, look } from './look.ts'
import {
  INTERVALS,
  type Intervals,
  isRecent,
  type Restore,
  stateDetail,
  type TmuxServerEvent,
  type TmuxStatus,
} from './options.ts'
import { OutputWatch } from './output.ts'
import { lifeOf, type ProcessFacts } from './process.ts'
import { isFresh, SocketWatch, socketMark } from './socket-watch.ts'
import { LIST_FACTS, parseFacts } from './topology.ts'
import type { TmuxTree } from './tree.ts'

export type { TmuxServerEvent } from './options.ts'

export interface TmuxServerOptions {
  socketPath: string
  /** Short name of the socket. */
  label: string
  /** Whether a hidden session may be kept there; without it tmux is polled. */
  hub: boolean
  /** A folder of ours (0700) for the pipe and the records of our processes. */
  runDir: string
  log: Log
  intervals?: Partial<Intervals>
  /** Watch terminals for output; false polls tmux instead. Default: where the system can. */
  watchTerminals?: boolean
}

/** Between two listings (milliseconds), while they find other panes or come rarely. */
const SETTLE_MS = 20
/** After such a pause a listing is the first of a new streak. */
const CALM_MS = 500
/** So many listings in a streak that found the same panes are a storm of titles. */
const STREAK = 3
/** A server that died while we asked is asked again so soon (milliseconds). */
const AGAIN_MS = 100

/** One tmux server at one socket, through its whole life: absent, started, hung, replaced. */
export class TmuxServer {
  readonly id: string
  readonly socketPath: string
  readonly label: string
  readonly changes = new Emitter<TmuxServerEvent>()
  readonly #intervals: Intervals
  readonly #log: Log
  readonly #life = new AbortController()
  readonly #wake = new Latch()
  readonly #lister = new Lister(() => this.#list())
  readonly #channel: Channel
  readonly #guardian: Guardian
  readonly #facts: PaneFacts
  readonly #output: OutputWatch
  readonly #socket: SocketWatch
  readonly #ourClients = new Set<number>()
  #status: TmuxStatus = {
    state: 'no-server',
    freshness: 'disconnected',
    channel: 'fork',
    outputSource: 'poll',
    since: Date.now(),
  }
  #tree: TmuxTree | undefined
  #look: Look | undefined
  #told = ''
  #shape = ''
  /** Panes whose past output was told. */
  #past = new Set<string>()
  /** The socket file at which nobody listened: asked again only when it is another one. */
  #deadMark: string | undefined
  /** The socket file at which the present server was found. */
  #liveMark: string | undefined
  #listedAt = 0
  #gapMs = 0
  #streak = 0
  #retrySoon = false
  /** How the process of an unresponsive server was doing when we last looked. */
  #lifeThen: ReturnType<typeof lifeOf>
  #loop: Promise<void> | undefined

  constructor(options: TmuxServerOptions) {
    const { socketPath, label, runDir } = options
    this.#intervals = { ...INTERVALS, ...options.intervals }
    this.socketPath = socketPath
    this.label = label
    this.id = `t${createHash('sha256').update(socketPath).digest('hex').slice(0, 10)}`
    const log = options.log.child({ tmux: label })
    this.#log = log
    const { signal } = this.#life
    // Every pane that prints has a wait of its own.
    setMaxListeners(0, signal)
    this.#guardian = new Guardian({ runDir, name: this.id, socketPath, log })
    this.#channel = new Channel({
      ...{ socketPath, runDir, log, signal, hub: options.hub },
      guardian: this.#guardian,
      intervals: this.#intervals,
      onDirty: () => this.#wake.wake(),
      onSilence: () => this.#setStatus({ state: 'unresponsive', freshness: 'disconnected' }),
    })
    this.#socket = new SocketWatch(socketPath, () => this.#wake.wake(), signal)
    this.#facts = new PaneFacts({
      askTmux: () => this.#askFacts(),
      onChange: () => this.#retell(),
      signal,
    })
    this.#output = new OutputWatch({
      onOutput: (pane, at) => {
        this.#facts.touch(pane)
        this.changes.emit({ type: 'output', pane, at })
      },
      onSource: () => this.#setStatus({}),
      send: (argv) => this.#channel.send(argv, { kind: 'probe' }),
      signal,
      ...(options.watchTerminals === undefined ? {} : { watch: options.watchTerminals }),
    })
  }

  get status(): TmuxStatus {
    return this.#status
  }

  /** The last certain listing; undefined before the first. */
  get tree(): TmuxTree | undefined {
    return this.#tree
  }

  /** Begins to watch. Resolves when the first state is known, whatever it is. */
  start(): Promise<void> {
    const begun = this.#begin()
    // Who closes us waits for the first round as for any other: a hidden session may open in it.
    this.#loop = begun.then(
      () => this.#live(),
      // Who started us hears of it.
      () => {},
    )
    return begun
  }

  async #begin(): Promise<void> {
    const left = await this.#guardian.sweep()
    await this.#step()
    const { pid, startTime } = this.#tree?.identity ?? {}
    if (left.server && left.server.pid === pid && left.server.startTime === startTime) {
      for (const lease of left.leases) await this.#giveBack(lease.window, lease)
    }
  }

  /** Runs one tmux command; stdout as text without its last newline. Rejects with a `TmuxError`. */
  async run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
    return textOf(await this.#channel.send(argv, options))
  }

  /** A listing that began after this call. Rejects with a `TmuxError` where tmux gives no certain answer. */
  refresh(): Promise<TmuxTree> {
    return this.#lister.run()
  }

  /** A viewer's tmux client: not counted as attached, and killed when we are killed. Returns its removal. */
  addClient(pid: number): () => void {
    this.#ourClients.add(pid)
    const release = this.#guardian.add(pid, 'viewer')
    if (this.#look) this.#retell()
    return () => {
      this.#ourClients.delete(pid)
      release()
    }
  }

  /** Notes how a window's size is to be given back if we die; undefined when it was given back. */
  setLease(windowId: string, restore: Restore | undefined): void {
    this.#guardian.setLease(windowId, restore)
  }

  /** Stops watching and leaves nothing behind: no session, hook, client, process or file. */
  async close(): Promise<void> {
    this.#life.abort()
    await this.#loop
    for (const lease of this.#guardian.leases) await this.#giveBack(lease.window, lease)
    await this.#channel.leave()
    await this.#guardian.close()
  }

  async #live(): Promise<void> {
    const { signal } = this.#life
    while (!signal.aborted) {
      const woken = await this.#wake.wait(this.#pause(), signal)
      if (signal.aborted) return
      if (!woken && !(await this.#isDue())) continue
      // While changes stream in, the listing that follows each of them carries many.
      await delay(this.#listedAt + this.#gapMs - performance.now(), signal)
      if (!signal.aborted) await this.#step()
    }
  }

  #pause(): number {
    if (this.#retrySoon) return AGAIN_MS
    if (this.#channel.mode === 'control') return this.#intervals.pulseMs
    const { state } = this.#status
    const there = state === 'connected' || state === 'no-sessions'
    return there ? this.#intervals.pollMs : this.#intervals.idleMs
  }

  /** Whether to list although nothing told of a change. */
  async #isDue(): Promise<boolean> {
    if (this.#channel.mode === 'fork') return true
    if (performance.now() - this.#listedAt >= this.#intervals.safetyMs) return true
    if (this.#status.state === 'unresponsive') return true
    return lifeOf(this.#tree?.identity.pid ?? 0) === 'stopped'
  }

  /** One round: finds out what is there and lists it. Never rejects. */
  async #step(): Promise<void> {
    this.#socket.arm()
    this.#retrySoon = false
    try {
      if (!(await this.#hasTmux())) return
      const mark = await socketMark(this.socketPath)
      await this.#leaveReplaced(mark)
      if (this.#channel.mode === 'fork' && (mark === undefined || mark === this.#deadMark)) {
        await this.#apply({ type: 'absent' })
        return
      }
      await this.#easeBreaker()
      await this.refresh()
      if (this.#look?.type !== 'absent') this.#liveMark = mark
      else if (isFresh(mark)) this.#retrySoon = true
      else this.#deadMark = mark
      await this.#considerHub()
    } catch (error) {
      this.#noteTrouble(error)
    }
  }

  /** Opens or leaves the hidden session. A new one proves that terminals can be watched. */
  async #considerHub(): Promise<void> {
    const before = this.#channel.hub
    if (this.#look) await this.#channel.consider(this.#look)
    const { hub } = this.#channel
    this.#setStatus({})
    if (!hub || hub === before) return
    void this.#output.prove(hub.paneTty, () => hub.print())
  }

  async #hasTmux(): Promise<boolean> {
    const { state, version: known } = this.#status
    if (known && state !== 'missing' && state !== 'too-old') return true
    try {
      const version = await tmuxVersion()
      const recent = isRecent(version)
      if (recent) this.#status = { ...this.#status, version }
      else this.#setStatus({ state: 'too-old', freshness: 'disconnected', version })
      return recent
    } catch (error) {
      if (!(error instanceof TmuxError) || error.code !== 'no-tmux') throw error
      this.#setStatus({ state: 'missing', freshness: 'disconnected', version: undefined })
      return false
    }
  }

  /** A new server may have taken the socket while ours still runs without one. */
  async #leaveReplaced(mark: string | undefined): Promise<void> {
    if (this.#channel.mode === 'fork' || mark === undefined || mark === this.#liveMark) return
    this.#liveMark = mark
    const answer = await forkIdentity(this.socketPath)
    if (answer !== undefined && answer !== this.#tree?.identity.pid) await this.#channel.leave()
  }

  /** A server that was stopped and runs again, or has ended, is asked at once. */
  async #easeBreaker(): Promise<void> {
    if (this.#status.state !== 'unresponsive' || !this.#tree) {
      this.#lifeThen = 'running'
      return
    }
    const life = lifeOf(this.#tree.identity.pid)
    if (life !== this.#lifeThen && life !== 'stopped') this.#channel.ease()
    this.#lifeThen = life
  }

  async #list(): Promise<TmuxTree> {
    const began = performance.now()
    const found = await look((argv) => this.#channel.send(argv, { kind: 'probe' }))
    // Several listings in a row that found the same panes: titles change, which never ends by itself.
    const calm = began - this.#listedAt > CALM_MS
    this.#streak = calm ? 0 : this.#streak + 1
    this.#listedAt = performance.now()
    const tree = await this.#apply(found)
    const storm = Math.max(this.#intervals.stormMs, 8 * (this.#listedAt - began))
    this.#gapMs = this.#streak > STREAK ? storm : SETTLE_MS
    return tree
  }

  /** Takes over what a look found. */
  async #apply(found: Look): Promise<TmuxTree> {
    this.#look = found
    const panes =
      found.type === 'panes'
        ? found.listing.sessions.flatMap((s) => s.windows.flatMap((w) => w.panes))
        : []
    const shape = panes.map((pane) => pane.id).join()
    if (shape !== this.#shape) this.#streak = 0
    this.#shape = shape
    if (found.type === 'panes') {
      const { identity } = found.listing
      if (identity.pid !== this.#tree?.identity.pid) {
        this.#output.reset()
        this.#past.clear()
      }
      this.#guardian.setServer(identity)
      await this.#facts.cover(panes, identity.pid)
    }
    this.#output.cover(panes)
    const tree = this.#retell()
    if (found.type === 'panes') this.#tellPast(found.listing.printedAt)
    const state =
      found.type === 'absent' ? 'no-server' : tree.sessions.length > 0 ? 'connected' : 'no-sessions'
    this.#setStatus({ state, freshness: 'healthy' })
    return tree
  }

  /** Builds the tree from the last look and tells it where it is another one. */
  #retell(): TmuxTree {
    const tree = buildTree(this.#look ?? { type: 'absent' }, {
      before: this.#tree,
      facts: (pane) => this.#facts.get(pane),
      isOurs: (pid) => this.#ourClients.has(pid),
    })
    const told = JSON.stringify(tree)
    if (told === this.#told && this.#tree) return this.#tree
    this.#told = told
    this.#tree = tree
    this.changes.emit({ type: 'tree', tree })
    return tree
  }

  /** What a new pane printed before we watched it, so that its age is known from the start. */
  #tellPast(printedAt: ReadonlyMap<string, number>): void {
    for (const [pane, at] of printedAt) {
      if (!this.#past.has(pane)) this.changes.emit({ type: 'output', pane, at })
    }
    this.#past = new Set(printedAt.keys())
  }

  async #askFacts(): Promise<Map<string, ProcessFacts>> {
    try {
      const output = await this.#channel.send(LIST_FACTS, { kind: 'probe' })
      return parseFacts(output.toString('latin1'))
    } catch (error) {
      // Nothing is known of these panes for now; their next turn comes.
      this.#log.debug({ error }, 'asking for programs and folders failed')
      return new Map()
    }
  }

  async #giveBack(window: string, restore: Restore): Promise<void> {
    try {
      for (const argv of restoreCommands(window, restore)) await this.run(argv)
    } catch (error) {
      // The window has ended, or tmux is gone with it.
      this.#log.debug({ error, window }, 'a window size could not be given back')
    }
    this.#guardian.setLease(window, undefined)
  }

  /** What a failed round means. Nothing that was listed is removed. */
  #noteTrouble(error: unknown): void {
    if (!(error instanceof TmuxError)) {
      this.#log.error({ error }, 'looking at tmux failed')
      return
    }
    // Told already when it happened, or held back because of it.
    if (error.code === 'timeout' || error.code === 'suspended') return
    this.#retrySoon = error.code === 'gone'
    this.#log.warn({ code: error.code, text: error.stderr.slice(0, 200) }, 'tmux gave no listing')
    const state = this.#tree ? this.#status.state : 'unresponsive'
    this.#setStatus({ state, freshness: 'degraded' })
  }

  #setStatus(change: Partial<TmuxStatus>): void {
    const next = { ...this.#status, ...change }
    next.channel = this.#channel.mode
    next.outputSource = this.#output.source
    const usable = next.state === 'connected' || next.state === 'no-sessions'
    if (usable && next.freshness === 'healthy' && this.#channel.isDegraded) {
      next.freshness = 'degraded'
    }
    next.detail =
      stateDetail(next.state, next.version) ?? this.#channel.detail ?? this.#output.reason
    if (next.state !== this.#status.state) next.since = Date.now()
    if (JSON.stringify(next) === JSON.stringify(this.#status)) return
    this.#status = next
    this.changes.emit({ type: 'status' })
  }
}

/** Pid of the server that answers at the socket now. */
async function forkIdentity(socketPath: string): Promise<number | undefined> {
  try {
    return Number(await forkTmux(socketPath, ['display-message', '-p', '#{pid}']))
  } catch {
    // Nobody, or nobody yet: the server that we talk to is still the one.
    return undefined
  }
}
