import type { Log } from '../log.ts'
import type { StartRow, StartView } from '../protocol.ts'
import type { Batches } from './batches.ts'
import { Failure } from './failure.ts'
import type { Git } from './git-command.ts'
import { OneByOne } from './one-by-one.ts'
import { promptAgent, type ReadyDeps } from './ready.ts'
import { redact, redactExcerpt } from './redact.ts'
import { Slots } from './slots.ts'
import { type RowWish, type StartTimes, startRow } from './start-row.ts'
import { toFailure } from './tmux-failure.ts'

/** Sessions with their agents that come up at the same time. */
const AT_ONCE = 4
/** What was asked for is told of for so long (milliseconds), and so many at most. */
const KEEP_MS = 3_600_000
const MAX_KEPT = 20

/** Characters of a label: it heads a group of rows. */
const LABEL_LENGTH = 60

const TIMES: StartTimes = { seenMs: 60_000, readyMs: 120_000, settleMs: 1_000 }

export interface StartsDeps extends ReadyDeps {
  git: Git
  batches: Batches
  log: Log
  signal: AbortSignal
  times?: StartTimes
}

/** Sessions to be made together: equal in all but their directories. */
export interface StartWish extends Omit<RowWish, 'directory'> {
  directories: readonly string[]
  /** Label of the batch; empty for none. */
  batch: string
}

interface Start {
  view: StartView
  /** The whole prompt: what is told of it is an excerpt. */
  prompt: string | undefined
}

/**
 * New sessions on their way, each told to pages as it comes along. Kept in memory: what is under way
 * when our server ends stays as far as it came.
 */
export class Starts {
  readonly #deps: StartsDeps
  readonly #all = new Map<string, Start>()
  readonly #slots = new Slots(AT_ONCE)
  readonly #making = new OneByOne()
  readonly #sending = new OneByOne()

  constructor(deps: StartsDeps) {
    this.#deps = deps
  }

  /** Oldest first. */
  views(): StartView[] {
    this.#forget()
    return [...this.#all.values()].map(({ view }) => view)
  }

  /** Begins with all of it; what becomes of each row is told. */
  begin({ directories, batch, ...wish }: StartWish): StartView {
    this.#forget()
    const label = redactExcerpt(batch, LABEL_LENGTH)
    const start: Start = {
      prompt: wish.prompt,
      view: {
        id: crypto.randomUUID(),
        at: Date.now(),
        ...(wish.agent === undefined ? {} : { agent: wish.agent }),
        prompt: redactExcerpt(wish.prompt ?? ''),
        ...(label === '' ? {} : { batch: label }),
        rows: directories.map((directory) => ({ directory: redact(directory), state: 'queued' })),
      },
    }
    this.#all.set(start.view.id, start)
    for (const [at, directory] of directories.entries()) {
      void this.#slots.run(() => this.#run(start, at, { ...wish, directory }))
    }
    return start.view
  }

  /** Types the prompt of a row that is `unsent`, if its agent waits for one now. Throws a `Failure`. */
  async prompt(id: string, at: number): Promise<StartView> {
    return this.#sending.run(`${id} ${at}`, async () => {
      const start = this.#all.get(id)
      const row = start?.view.rows[at]
      if (!start || !row) throw new Failure('not-found', 'That start is not known any more.')
      const { agent, state } = row
      if (state !== 'unsent' || agent === undefined || start.prompt === undefined) {
        throw new Failure('conflict', 'There is no prompt that waits to be typed.')
      }
      const pane = this.#deps.registry.agent(agent)?.pane ?? ''
      const receipt = await promptAgent(this.#deps, { pane, agent, text: start.prompt })
      this.#tell(start, at, { state: 'done', receipt, detail: undefined })
      return start.view
    })
  }

  async #run(start: Start, at: number, wish: RowWish): Promise<void> {
    const { signal, times = TIMES, log } = this.#deps
    if (signal.aborted) return
    try {
      const deps = { ...this.#deps, making: this.#making, times }
      await startRow(deps, wish, (change) => {
        const { batch } = start.view
        if (change.session !== undefined && batch !== undefined) {
          this.#deps.batches.put(change.session, batch)
        }
        this.#tell(start, at, change)
      })
    } catch (error) {
      const failure = toFailure(error)
      if (!failure) log.error({ error }, 'a session could not be started')
      const detail = failure?.message ?? 'Something failed here; the log says what.'
      this.#tell(start, at, { state: 'failed', detail })
    }
  }

  #tell(start: Start, at: number, { detail, ...change }: Partial<StartRow>): void {
    const rows = start.view.rows.map((row, index) => {
      if (index !== at) return row
      // What was said of an earlier step is over with the next word.
      const { detail: before, ...rest } = row
      const said = detail ?? (change.state === undefined ? before : undefined)
      return { ...rest, ...change, ...(said === undefined ? {} : { detail: redact(said) }) }
    })
    start.view = { ...start.view, rows }
    this.#deps.registry.tell({ type: 'start', start: start.view })
  }

  /** The map is in order of time, so the oldest come first. */
  #forget(): void {
    const before = Date.now() - KEEP_MS
    for (const [id, { view }] of this.#all) {
      if (view.at >= before && this.#all.size < MAX_KEPT) return
      this.#all.delete(id)
    }
  }
}
