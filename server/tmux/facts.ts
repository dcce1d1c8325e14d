import { delay, every } from '../lib/time.ts'
import { type ProcessFacts, peekForeground, readForeground } from './process.ts'

/** A pane whose process is to be known. */
export interface FactsPane {
  id: string
  pid: number
  dead: boolean
}

export interface FactsOptions {
  /** Asks tmux itself, for panes whose processes we cannot see: pane id to facts. */
  askTmux: () => Promise<Map<string, ProcessFacts>>
  /** Facts of some pane changed. */
  onChange: () => void
  signal: AbortSignal
  /** A pane that prints is read again at most so often. */
  minGapMs?: number
  /** Every pane is read again within so long, printing or not. */
  sweepMs?: number
  /** How a pane's process is read. */
  read?: typeof readForeground
}

/** Just after output the shell has often not started the program yet. */
const SETTLE_MS = 150
/** Reads at once: the kernel may make one wait for a process that is being swapped in. */
const CONCURRENCY = 4
/** Panes per second in the sweep: 500 idle panes must cost next to nothing. */
const SWEEP_PER_SECOND = 60

interface Entry {
  pane: FactsPane
  facts?: ProcessFacts
  /** On the monotonic clock; 0 before the first reading. */
  readAt: number
  /** What a peek said right before the facts were read. */
  peek: string
  /** Number of the reading that the facts are from. */
  reading: number
  /** tmux had to tell, because we cannot see the process. */
  hidden?: boolean
}

/** What runs in the foreground of every pane, kept fresh. */
export class PaneFacts {
  readonly #options: Required<FactsOptions>
  #readings = 0
  #parent = 0
  #panes = new Map<string, Entry>()
  #planned = new Set<string>()

  constructor(options: FactsOptions) {
    this.#options = { minGapMs: 1_000, sweepMs: 10_000, read: readForeground, ...options }
    void this.#sweep()
  }

  /** What is known of a pane. */
  get(paneId: string): ProcessFacts | undefined {
    return this.#panes.get(paneId)?.facts
  }

  /** Takes over the panes of a listing and reads those that are new; `parent` is the tmux server's pid. */
  async cover(panes: readonly FactsPane[], parent: number): Promise<void> {
    // Where panes are known already, a new one has just been opened.
    const areYoung = parent === this.#parent && this.#panes.size > 0
    if (parent !== this.#parent) this.#panes.clear()
    this.#parent = parent
    const fresh: string[] = []
    const kept = new Map<string, Entry>()
    for (const pane of panes) {
      const known = this.#panes.get(pane.id)
      const same = known && known.pane.pid === pane.pid && known.pane.dead === pane.dead
      kept.set(pane.id, same ? known : { pane, readAt: 0, peek: '', reading: 0 })
      if (!same) fresh.push(pane.id)
    }
    this.#panes = kept
    if (fresh.length > 0) await this.#read(fresh)
    // A pane's process may have been seen before it went to its folder and started its program.
    if (areYoung) for (const id of fresh) this.touch(id)
  }

  /** A pane printed something: what runs in it may have changed. */
  touch(paneId: string): void {
    const known = this.#panes.get(paneId)
    if (!known || this.#planned.has(paneId)) return
    this.#planned.add(paneId)
    const wait = Math.max(SETTLE_MS, known.readAt + this.#options.minGapMs - performance.now())
    void delay(wait, this.#options.signal).then(async () => {
      this.#planned.delete(paneId)
      if (this.#options.signal.aborted) return
      if (await this.#read([paneId])) this.#options.onChange()
    })
  }

  async #sweep(): Promise<void> {
    const { signal, sweepMs } = this.#options
    const look = async () => {
      const old = performance.now() - sweepMs
      const due = [...this.#panes].filter(([, entry]) => entry.readAt < old)
      const some = due
        .slice(0, SWEEP_PER_SECOND)
        .filter(([, entry]) => !this.#isSame(entry))
        .map(([id]) => id)
      if (some.length > 0 && (await this.#read(some))) this.#options.onChange()
    }
    await every(Math.min(sweepMs, 1_000), look, signal)
  }

  /** Whether a glance shows what it showed when the facts were read. */
  #isSame(entry: Entry): boolean {
    const { pid, dead } = entry.pane
    const same = dead || (entry.peek !== '' && entry.peek === peekForeground(pid, this.#parent))
    if (same) entry.readAt = performance.now()
    return same
  }

  /** Reads these panes; true where something is different now. */
  async #read(ids: readonly string[]): Promise<boolean> {
    const left = [...ids]
    const unseen: Entry[] = []
    let changed = false
    const work = async () => {
      for (let id = left.pop(); id !== undefined; id = left.pop()) {
        const entry = this.#panes.get(id)
        if (!entry || entry.pane.dead) continue
        const reading = ++this.#readings
        // Before the facts: what changes in between shows in the next glance.
        const peek = peekForeground(entry.pane.pid, this.#parent)
        const facts = await this.#options.read(entry.pane.pid, this.#parent)
        // A later reading was done first.
        if (reading < entry.reading) continue
        Object.assign(entry, { reading, peek, hidden: facts === undefined })
        if (!facts) unseen.push(entry)
        else if (keep(entry, facts)) changed = true
      }
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, work))
    if (unseen.length === 0) return changed
    for (const entry of unseen) entry.readAt = performance.now()
    // tmux tells of all panes at once, so this serves every hidden one until its next turn.
    for (const [id, facts] of await this.#options.askTmux()) {
      const entry = this.#panes.get(id)
      if (entry?.hidden && keep(entry, facts)) changed = true
    }
    return changed
  }
}

/** True where these are other facts than before. */
function keep(entry: Entry, facts: ProcessFacts): boolean {
  entry.readAt = performance.now()
  if (entry.facts && JSON.stringify(entry.facts) === JSON.stringify(facts)) return false
  entry.facts = facts
  return true
}
