import { delay } from '../lib/time.ts'
import type { Log } from '../log.ts'
import { Breaker } from './breaker.ts'
import { isCalm } from './calm.ts'
import { deadlineOf, forkTmuxBytes, kindOf, type RunOptions } from './command.ts'
import { TmuxError } from './errors.ts'
import type { Guardian } from './guardian.ts'
import { sendGuestsOn } from './guests.ts'
import { ownerId } from './hooks.ts'
import { Hub } from './hub.ts'
import type { Look } from './look.ts'
import type { Intervals } from './options.ts'
import type { TmuxIdentity } from './tree.ts'

export interface ChannelOptions {
  socketPath: string
  runDir: string
  /** Whether a hidden session may be kept. */
  hub: boolean
  guardian: Guardian
  intervals: Intervals
  log: Log
  /** Look again: something changed, or an answer came late, or the channel is another one now. */
  onDirty: () => void
  /** No answer in time. */
  onSilence: () => void
  /** After it no hidden session opens any more. */
  signal: AbortSignal
}

/** A tmux that moved when a hub was to open is looked at again after so many calm times. */
const MOVED_FACTOR = 4
/** An act waits so long for a hub that opens (milliseconds); beyond it tmux hangs anyway. */
const HOLD_MS = 5_000
/** A hub that lived so long had no trouble (milliseconds). */
const SOUND_MS = 60_000
/** The pause before control mode is tried again doubles up to so many times the first. */
const MAX_RETRY_FACTOR = 16

/**
 * How commands reach one tmux server: through the hidden session's control client where there is
 * one, else by one process each. Decides when there is a hidden session.
 */
export class Channel {
  readonly #options: ChannelOptions
  readonly #breaker: Breaker
  #hub: Hub | undefined
  #openedAt = 0
  /** The server whose hub ended without our doing; a failure if that server still runs. */
  #lostOn: TmuxIdentity | undefined
  #failures = 0
  #retryAt = 0
  #exitsUnattached = false
  /** The last hub is being taken away. */
  #isLeaving = false
  /** Settles when the hub that opens now is there, or is not. */
  #opening: Promise<void> | undefined
  /** Acts that began, and of these the ones under way. */
  #acts = { begun: 0, running: 0 }

  constructor(options: ChannelOptions) {
    this.#options = options
    this.#breaker = new Breaker({ stepMs: options.intervals.breakerMs })
  }

  get mode(): 'control' | 'fork' {
    return this.#hub?.isOpen ? 'control' : 'fork'
  }

  get hub(): Hub | undefined {
    return this.#hub
  }

  /** Whether control mode failed and polling stands in for it. */
  get isDegraded(): boolean {
    return this.#failures >= 2 && this.mode === 'fork'
  }

  /** Why there is no hidden session, for people. */
  get detail(): string | undefined {
    if (this.mode === 'control') return undefined
    if (!this.#options.hub)
      return 'No hidden session is kept (--no-hub), so tmux is asked every 2 s.'
    if (this.#exitsUnattached) {
      return 'This server ends when nobody is attached (exit-unattached), so it is asked every 2 s.'
    }
    if (this.isDegraded) {
      return "tmux's control mode ended twice, so tmux is asked every 2 s. It is tried again by itself."
    }
    return undefined
  }

  /** Runs one command; stdout as bytes. Rejects with a `TmuxError`. */
  async send(argv: readonly string[], options: RunOptions = {}): Promise<Buffer> {
    const probe = kindOf(argv, options) === 'probe'
    if (probe && !this.#breaker.admits()) {
      throw new TmuxError('suspended', argv, 'tmux did not answer lately')
    }
    const { probeMs } = this.#options.intervals
    const deadlineMs = options.deadlineMs ?? (probe ? probeMs : deadlineOf(argv, options))
    const carry = () => this.#carry(argv, { ...options, deadlineMs }, probe)
    try {
      const output = await (probe ? carry() : this.#act(carry))
      // By fork, an act that went through does not mean that questions are answered.
      if (probe || this.mode === 'control') this.#noteAnswer()
      return output
    } catch (error) {
      if (!(error instanceof TmuxError)) throw error
      // A caller in a hurry says nothing about tmux.
      const patient = deadlineMs >= Math.min(probeMs, 1_000)
      if (error.code === 'timeout' && patient && !options.signal?.aborted) this.#noteSilence()
      throw error
    }
  }

  /** Lets the next probe through. */
  ease(): void {
    this.#breaker.ease()
  }

  /**
   * Does what a look demands: sends guests on, leaves a server that only we hold, opens the hidden
   * session where there is none yet.
   */
  async consider(found: Look): Promise<void> {
    const listing = found.type === 'panes' ? found.listing : undefined
    const identity = listing?.identity
    if (this.#lostOn) {
      const same = identity?.pid === this.#lostOn.pid
      if (same && identity.startTime === this.#lostOn.startTime) this.#fail()
      this.#lostOn = undefined
    }
    this.#exitsUnattached = listing?.exitsUnattached ?? false
    const wanted = listing !== undefined && listing.sessions.length > 0 && !this.#exitsUnattached
    if (this.#hub && !wanted) return this.leave()
    if (this.#hub && found.type === 'panes') {
      const { sessionId, pids } = this.#hub
      const isOurs = (pid: number) => pids.includes(pid)
      return sendGuestsOn((argv) => this.send(argv), found, { sessionId, isOurs })
    }
    const mayOpen = this.#options.hub && !this.#isLeaving && performance.now() >= this.#retryAt
    if (!wanted || !mayOpen || !(await this.#isCalm()) || this.#options.signal.aborted) return
    this.#opening = this.#open(listing.identity)
    await this.#opening
    this.#opening = undefined
  }

  /** Takes the hidden session away. */
  async leave(): Promise<void> {
    const hub = this.#hub
    this.#hub = undefined
    if (!hub) return
    await this.#takeAway(hub)
  }

  /** Whether a control client may attach now; where not, we are called again soon. */
  async #isCalm(): Promise<boolean> {
    const { intervals, onDirty, runDir, signal } = this.#options
    const { begun, running } = this.#acts
    const options = { ms: intervals.calmMs, owner: ownerId(runDir), signal }
    const still = await isCalm((argv) => this.send(argv, { kind: 'probe' }), options)
    if (still && running === 0 && begun === this.#acts.begun) return true
    void delay(MOVED_FACTOR * intervals.calmMs, signal).then(() => {
      if (!signal.aborted) onDirty()
    })
    return false
  }

  /** Does an act, but not while a control client attaches: tmux would tell that client of it. */
  async #act<T>(work: () => Promise<T>): Promise<T> {
    if (this.#opening) {
      const stop = new AbortController()
      await Promise.race([this.#opening, delay(HOLD_MS, stop.signal)])
      stop.abort()
    }
    this.#acts.begun += 1
    this.#acts.running += 1
    try {
      return await work()
    } finally {
      this.#acts.running -= 1
    }
  }

  async #carry(argv: readonly string[], options: RunOptions, probe: boolean): Promise<Buffer> {
    const hub = this.#hub
    const needsFork = options.input !== undefined || options.startServer === true
    if (hub?.isOpen && !needsFork) {
      try {
        return await hub.run(argv, options)
      } catch (error) {
        // A question may be asked twice. An act may have happened: its caller must know.
        const again = probe && error instanceof TmuxError && error.code === 'gone'
        if (!again) throw error
      }
    }
    return forkTmuxBytes(this.#options.socketPath, argv, options)
  }

  async #open(identity: TmuxIdentity): Promise<void> {
    const { log, onDirty } = this.#options
    try {
      const onLate = () => {
        this.#noteAnswer()
        onDirty()
      }
      const hub = await Hub.open({ ...this.#options, onLate })
      if (this.#options.signal.aborted) return await hub.close()
      this.#hub = hub
      this.#openedAt = performance.now()
      log.info({ session: hub.sessionId }, 'control mode is up')
      void hub.ended.then((reason) => {
        if (this.#hub !== hub) return
        this.#hub = undefined
        log.info({ reason }, 'control mode ended')
        this.#lostOn = identity
        if (performance.now() - this.#openedAt > SOUND_MS) this.#failures = 0
        onDirty()
        void this.#takeAway(hub)
      })
    } catch (error) {
      log.warn({ error }, 'control mode did not start')
      this.#lostOn = identity
    }
    onDirty()
  }

  async #takeAway(hub: Hub): Promise<void> {
    this.#isLeaving = true
    await hub.close()
    this.#isLeaving = false
    this.#options.onDirty()
  }

  #fail(): void {
    this.#failures += 1
    if (this.#failures < 2) return
    const factor = Math.min(2 ** (this.#failures - 2), MAX_RETRY_FACTOR)
    const pauseMs = this.#options.intervals.retryMs * factor
    this.#retryAt = performance.now() + pauseMs
    this.#options.log.warn({ pauseMs }, 'control mode failed again; polling meanwhile')
  }

  #noteAnswer(): void {
    const ended = this.#breaker.succeed()
    if (ended) this.#options.log.info(ended, 'tmux answers again')
  }

  #noteSilence(): void {
    const pauseMs = this.#breaker.fail()
    this.#options.log.warn({ pauseMs }, 'tmux did not answer in time; probes pause')
    this.#options.onSilence()
  }
}
