import { createHash } from 'node:crypto'
import { Emitter } from '../lib/emitter.ts'
import { Latch } from '../lib/latch.ts'
import type { Log } from '../log.ts'
import { Breaker } from './breaker.ts'
import { buildTree } from './build.ts'
import {
  deadlineOf,
  forkTmuxBytes,
  kindOf,
  type RunOptions,
  textOf,
  tmuxVersion,
} from './command.ts'
import { TmuxError } from './errors.ts'
import { PaneFacts } from './facts.ts'
import { Lister, type Look, look } from './lister.ts'
import {
  INTERVALS,
  type Intervals,
  isRecent,
  type Restore,
  stateDetail,
  type TmuxServerEvent,
  type TmuxStatus,
} from './options.ts'
import { lifeOf, type ProcessFacts } from './process.ts'
import { SocketWatch, socketMark } from './socket-watch.ts'
import { LIST_FACTS, parseFacts } from './topology.ts'
import type { TmuxTree } from './tree.ts'

export type { TmuxServerEvent } from './options.ts'

export interface TmuxServerOptions {
  socketPath: string
  /** Short name of the socket. */
  label: string
  /** Whether a hidden session may be kept there; without it tmux is polled. */
  hub: boolean
  /** A folder of ours (0700) for the FIFO and the records of our processes. */
  runDir: string
  log: Log
  intervals?: Partial<Intervals>
}

/** One tmux server at one socket, through its whole life: absent, started, hung, replaced. */
export class TmuxServer {
  readonly id: string
  readonly socketPath: string
  readonly label: string
  readonly changes = new Emitter<TmuxServerEvent>()
  readonly #options: TmuxServerOptions
  readonly #intervals: Intervals
  readonly #log: Log
  readonly #life = new AbortController()
  readonly #wake = new Latch()
  readonly #lister: Lister<TmuxTree>
  readonly #facts: PaneFacts
  readonly #socket: SocketWatch
  readonly #breaker: Breaker
  readonly #ourClients = new Set<number>()
  #status: TmuxStatus
  #tree: TmuxTree | undefined
  #look: Look | undefined
  #told = ''
  /** The socket file at which nobody listened: asked again only when it is another one. */
  #deadMark: string | undefined
  #loop: Promise<void> | undefined

  constructor(options: TmuxServerOptions) {
    this.#options = options
    this.#intervals = { ...INTERVALS, ...options.intervals }
    this.socketPath = options.socketPath
    this.label = options.label
    this.id = `t${createHash('sha256').update(options.socketPath).digest('hex').slice(0, 10)}`
    this.#log = options.log.child({ tmux: this.label })
    this.#breaker = new Breaker({ stepMs: this.#intervals.breakerMs })
    this.#lister = new Lister(() => this.#list())
    this.#socket = new SocketWatch(this.socketPath, () => this.#wake.wake(), this.#life.signal)
    this.#facts = new PaneFacts({
      askTmux: () => this.#askFacts(),
      onChange: () => this.#retell(),
      signal: this.#life.signal,
    })
    this.#status = {
      state: 'no-server',
      freshness: 'disconnected',
      channel: 'fork',
      outputSource: 'poll',
      since: Date.now(),
    }
  }

  get status(): TmuxStatus {
    return this.#status
  }

  /** The last certain listing; undefined before the first. */
  get tree(): TmuxTree | undefined {
    return this.#tree
  }

  /** Begins to watch. Resolves when the first state is known, whatever it is. */
  async start(): Promise<void> {
    await this.#step()
    this.#loop = this.#live()
  }

  /** Runs one tmux command; stdout as text without its last newline. Rejects with a `TmuxError`. */
  async run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
    return textOf(await this.#send(argv, options))
  }

  /** A listing that began after this call. Rejects with a `TmuxError` where tmux gives no certain answer. */
  refresh(): Promise<TmuxTree> {
    return this.#lister.run()
  }

  /** A viewer's tmux client: not counted as attached, and killed when we are killed. Returns its removal. */
  addClient(pid: number): () => void {
    this.#ourClients.add(pid)
    return () => {
      this.#ourClients.delete(pid)
    }
  }

  /** Notes how a window's size is to be given back when we die; undefined: nothing to give back. */
  setLease(_windowId: string, _restore: Restore | undefined): void {}

  /** Stops watching and leaves nothing behind. */
  async close(): Promise<void> {
    this.#life.abort()
    await this.#loop
  }

  async #live(): Promise<void> {
    const { signal } = this.#life
    while (!signal.aborted) {
      await this.#wake.wait(this.#pause(), signal)
      if (!signal.aborted) await this.#step()
    }
  }

  #pause(): number {
    const { state } = this.#status
    if (state === 'connected' || state === 'no-sessions') return this.#intervals.pollMs
    return this.#intervals.idleMs
  }

  /** One round: finds out what is there and lists it. Never rejects. */
  async #step(): Promise<void> {
    this.#socket.arm()
    try {
      if (!(await this.#hasTmux())) return
      const mark = await socketMark(this.socketPath)
      if (mark === undefined || mark === this.#deadMark) {
        await this.#apply({ type: 'absent' })
        return
      }
      await this.#easeBreaker()
      await this.refresh()
      if (this.#look?.type === 'absent') this.#deadMark = mark
    } catch (error) {
      // What it means for the state was noted where it happened; the next round asks again.
      this.#log.debug({ error }, 'listing failed')
    }
  }

  async #hasTmux(): Promise<boolean> {
    const { state } = this.#status
    if (this.#status.version && state !== 'missing' && state !== 'too-old') return true
    try {
      const version = await tmuxVersion({ signal: this.#life.signal })
      if (!isRecent(version)) {
        this.#setStatus({ state: 'too-old', freshness: 'disconnected', version })
        return false
      }
      this.#status = { ...this.#status, version }
      return true
    } catch (error) {
      if (error instanceof TmuxError && error.code === 'no-tmux') {
        this.#setStatus({ state: 'missing', freshness: 'disconnected', version: undefined })
        return false
      }
      throw error
    }
  }

  /** A server that was stopped and runs again is asked at once. */
  async #easeBreaker(): Promise<void> {
    if (this.#status.state !== 'unresponsive' || !this.#tree) return
    if ((await lifeOf(this.#tree.identity.pid)) !== 'stopped') this.#breaker.ease()
  }

  async #send(argv: readonly string[], options: RunOptions): Promise<Buffer> {
    const probe = kindOf(argv, options) === 'probe'
    if (probe && !this.#breaker.admits()) {
      throw new TmuxError('suspended', argv, 'tmux did not answer lately')
    }
    const deadlineMs = options.deadlineMs ?? (probe ? this.#intervals.probeMs : deadlineOf(argv))
    try {
      const output = await forkTmuxBytes(this.socketPath, argv, { ...options, deadlineMs })
      this.#noteAnswer()
      return output
    } catch (error) {
      if (!(error instanceof TmuxError)) throw error
      if (error.code === 'timeout' && !options.signal?.aborted) this.#noteSilence()
      throw error
    }
  }

  async #askFacts(): Promise<Map<string, ProcessFacts>> {
    try {
      return parseFacts((await this.#send(LIST_FACTS, { kind: 'probe' })).toString('latin1'))
    } catch (error) {
      // Nothing is known of these panes for now; their next turn comes.
      this.#log.debug({ error }, 'asking for programs and folders failed')
      return new Map()
    }
  }

  #noteAnswer(): void {
    const ended = this.#breaker.succeed()
    if (ended) this.#log.info(ended, 'tmux answers again')
  }

  #noteSilence(): void {
    const pauseMs = this.#breaker.fail()
    this.#log.warn({ pauseMs }, 'tmux did not answer in time; probes pause')
    this.#setStatus({ state: 'unresponsive', freshness: 'disconnected' })
  }

  async #list(): Promise<TmuxTree> {
    return this.#apply(await look((argv) => this.#send(argv, { kind: 'probe' })))
  }

  /** Takes over what a look found. */
  async #apply(found: Look): Promise<TmuxTree> {
    this.#look = found
    if (found.type === 'panes') {
      const panes = found.listing.sessions.flatMap((s) => s.windows.flatMap((w) => w.panes))
      await this.#facts.cover(panes, found.listing.identity.pid)
    }
    const tree = this.#retell()
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

  #setStatus(change: Partial<TmuxStatus>): void {
    const next = { ...this.#status, ...change }
    next.detail = stateDetail(next.state, next.version)
    if (next.state !== this.#status.state) next.since = Date.now()
    if (JSON.stringify(next) === JSON.stringify(this.#status)) return
    this.#status = next
    this.changes.emit({ type: 'status' })
  }
}
