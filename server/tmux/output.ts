import { type FSWatcher, watch } from 'node:fs'
import { every } from '../lib/time.ts'
import { LIST_ACTIVITY, type PaneActivity, parseActivity } from './activity-list.ts'
import type { Send } from './look.ts'

export interface OutputOptions {
  /** A pane (`%3`) printed something; `at` in epoch milliseconds. */
  onOutput: (pane: string, at: number) => void
  /** The way of noticing changed, with a sentence for people where it is not the best one. */
  onSource: () => void
  send: Send
  signal: AbortSignal
  /** Watching terminals is possible at all; false forces polling. */
  watch?: boolean
  pollMs?: number
  /** A poll beside the watches, for what they cannot see. */
  safetyMs?: number
}

interface Watched {
  id: string
  tty: string
  watcher?: FSWatcher
  /** The watch pauses until the quarter's end. */
  flooded: boolean
  /** Events since the present quarter of a second began. */
  events: number
  /** Ends the present quarter of a second. */
  timer?: NodeJS.Timeout
  /** When the last output was noticed, and when output was last told. */
  noticedAt: number
  toldAt: number
}

/** At most four reports per second and pane. */
const QUARTER_MS = 250
/** A flood: more events in a quarter of a second. The watch pauses until its end. */
const FLOOD_EVENTS = 20
/** A busy machine lets the program that is to write wait; the slow poll looks meanwhile. */
const PROOF_MS = 10_000
/** Checks in a row in which every pane's output escaped the watches: they do not work here. */
const MAX_BLIND_CHECKS = 3

/**
 * Notices output in every pane, attached or not. On Linux by inotify on the pane's terminal: 0.15
 * ms late and free, also for tmux. That is how the kernel behaves and nobody's promise, so it is
 * proven by the hidden session's own terminal, a slow poll looks for what escaped, and where it does
 * not work (another system, another container, no watches left) tmux is polled every second.
 *
 * inotify does not see what the kernel echoes of typed keys; the slow poll does.
 */
export class OutputWatch {
  readonly #options: Required<OutputOptions>
  readonly #panes = new Map<string, Watched>()
  #source: 'inotify' | 'poll'
  #reason: string | undefined
  #before: Map<string, PaneActivity> | undefined
  #sawEvent = false
  #blindChecks = 0

  constructor(options: OutputOptions) {
    this.#options = {
      watch: process.platform === 'linux',
      pollMs: 1_000,
      safetyMs: 12_000,
      ...options,
    }
    this.#source = this.#options.watch ? 'inotify' : 'poll'
    this.#options.signal.addEventListener('abort', () => this.cover([]), { once: true })
    void this.#pollForEver()
  }

  get source(): 'inotify' | 'poll' {
    return this.#source
  }

  /** Why terminals are not watched, where they could be. */
  get reason(): string | undefined {
    return this.#reason
  }

  /** Watches exactly these panes. */
  cover(panes: readonly { id: string; tty: string; dead: boolean }[]): void {
    const wanted = new Map(panes.filter((pane) => !pane.dead).map((pane) => [pane.id, pane.tty]))
    for (const [id, pane] of this.#panes) {
      // Terminal names are used again; a pane's own id is not.
      if (wanted.get(id) === pane.tty) continue
      this.#drop(pane)
      this.#panes.delete(id)
    }
    for (const [id, tty] of wanted) {
      if (this.#panes.has(id)) continue
      const pane: Watched = { id, tty, flooded: false, events: 0, noticedAt: 0, toldAt: 0 }
      this.#panes.set(id, pane)
      this.#arm(pane)
    }
    // What is printed from now on shows in the next poll.
    if (!this.#before && this.#panes.size > 0) void this.#poll()
  }

  /** Forgets what was polled: another tmux server counts its panes from zero again. */
  reset(): void {
    this.#before = undefined
    this.#blindChecks = 0
  }

  /**
   * Proves that a write to this terminal is seen here: `print` makes its program write. Falls back
   * to polling where it is not in time.
   */
  async prove(tty: string, print: () => void): Promise<void> {
    if (this.#source === 'poll') return
    const seen = await seesWrite(tty, print, this.#options.signal)
    if (!seen && !this.#options.signal.aborted) {
      this.#fallBack('Terminals cannot be watched here, so tmux is asked every second.')
    }
  }

  #arm(pane: Watched): void {
    if (this.#source !== 'inotify' || pane.watcher) return
    try {
      const watcher = watch(pane.tty, { persistent: false }, (event) => {
        if (event === 'change') this.#notice(pane)
      })
      watcher.on('error', () => this.#release(pane))
      pane.watcher = watcher
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOSPC' || code === 'EMFILE') {
        this.#fallBack(
          'No more files can be watched (fs.inotify limits), so tmux is asked every second.',
        )
      }
      // Anything else: the pane has just ended, and the next listing says so.
    }
  }

  #notice(pane: Watched): void {
    this.#sawEvent = true
    pane.noticedAt = Date.now()
    pane.events += 1
    if (pane.events > FLOOD_EVENTS) {
      pane.flooded = true
      this.#release(pane)
    }
    if (pane.timer) return
    this.#tell(pane)
  }

  /** Tells now, and once more at the end of the quarter where more came. */
  #tell(pane: Watched): void {
    pane.toldAt = pane.noticedAt
    pane.events = 0
    pane.timer = setTimeout(() => {
      pane.timer = undefined
      // Nothing was watched since the flood began: what it printed last is at most this old.
      if (pane.flooded) pane.noticedAt = Date.now()
      pane.flooded = false
      this.#arm(pane)
      if (pane.noticedAt > pane.toldAt) this.#tell(pane)
    }, QUARTER_MS)
    this.#options.onOutput(pane.id, pane.toldAt)
  }

  #release(pane: Watched): void {
    pane.watcher?.close()
    pane.watcher = undefined
  }

  #drop(pane: Watched): void {
    this.#release(pane)
    clearTimeout(pane.timer)
  }

  #fallBack(reason: string): void {
    if (this.#source === 'poll') return
    this.#source = 'poll'
    this.#reason = reason
    for (const pane of this.#panes.values()) this.#release(pane)
    this.#options.onSource()
  }

  async #pollForEver(): Promise<void> {
    const { pollMs, safetyMs, signal } = this.#options
    let ticks = 0
    await every(
      pollMs,
      async () => {
        ticks += 1
        const due = this.#source === 'poll' || ticks * pollMs >= safetyMs
        if (!due || this.#panes.size === 0) return
        ticks = 0
        await this.#poll()
      },
      signal,
    )
  }

  async #poll(): Promise<void> {
    if (this.#options.signal.aborted) return
    const output = await this.#options.send(LIST_ACTIVITY).catch(() => undefined)
    // tmux does not answer or is gone: that is known and shown already.
    if (!output || this.#options.signal.aborted) return
    const now = parseActivity(output.toString('latin1'))
    const printed = this.#before ? whoPrinted(this.#before, now) : []
    this.#before = now
    const sawEvent = this.#sawEvent
    this.#sawEvent = false
    this.#blindChecks = printed.length > 0 && !sawEvent ? this.#blindChecks + 1 : 0
    for (const id of printed) {
      const pane = this.#panes.get(id)
      // Watched and told already.
      if (
        !pane ||
        (this.#source === 'inotify' && Date.now() - pane.noticedAt < this.#options.safetyMs + 2_000)
      )
        continue
      pane.noticedAt = Date.now()
      if (!pane.timer) this.#tell(pane)
    }
    if (this.#blindChecks >= MAX_BLIND_CHECKS) {
      this.#fallBack('Output escaped the watched terminals, so tmux is asked every second.')
    }
  }
}

/** Panes whose screen changed between two polls. */
function whoPrinted(
  before: ReadonlyMap<string, PaneActivity>,
  now: ReadonlyMap<string, PaneActivity>,
): string[] {
  const moved = [...now.values()].filter((pane) => before.get(pane.id)?.mark !== pane.mark)
  const ids = new Set(moved.filter((pane) => before.has(pane.id)).map((pane) => pane.id))
  const windows = new Set(moved.map((pane) => pane.window))
  for (const pane of now.values()) {
    const last = before.get(pane.id)
    // Someone in this window printed without moving the cursor, and tmux does not say who.
    if (last && last.activeAt !== pane.activeAt && !windows.has(pane.window)) ids.add(pane.id)
  }
  return [...ids]
}

async function seesWrite(tty: string, print: () => void, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    let watcher: FSWatcher
    const done = (seen: boolean) => {
      clearTimeout(timer)
      watcher?.close()
      signal.removeEventListener('abort', onAbort)
      resolve(seen)
    }
    const onAbort = () => done(false)
    const timer = setTimeout(() => done(false), PROOF_MS)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      watcher = watch(tty, { persistent: false }, (event) => {
        if (event === 'change') done(true)
      })
      watcher.on('error', () => done(false))
      print()
    } catch {
      // No such terminal here: tmux lives in another container, or no watch is left.
      done(false)
    }
  })
}
