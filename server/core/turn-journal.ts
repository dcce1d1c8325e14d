import type { Database } from '../../db/open.ts'
import { saveTurns } from '../../db/turns.ts'
import type { Log } from '../log.ts'
import type { TurnView } from '../protocol.ts'

/** Turns that changed are written together after so long (milliseconds). */
const GATHER_MS = 250
/** After a failed write, as on a full disk, the next attempt waits so long. */
const RETRY_MS = 5_000

/**
 * Writes turns behind the back of whoever changes them: the newest of each, many in one
 * transaction, never in the middle of a broadcast. What cannot be written is kept and tried again.
 */
export class TurnJournal {
  readonly #db: Database
  readonly #log: Log
  readonly #waiting = new Map<string, TurnView>()
  #timer: NodeJS.Timeout | undefined

  constructor({ db, log, signal }: { db: Database; log: Log; signal: AbortSignal }) {
    this.#db = db
    this.#log = log
    signal.addEventListener('abort', () => clearTimeout(this.#timer), { once: true })
  }

  note(turns: readonly TurnView[]): void {
    for (const turn of turns) this.#waiting.set(turn.id, turn)
    if (this.#waiting.size > 0) this.#schedule(GATHER_MS)
  }

  /** What is not on the disk yet of an agent, so that a reader is not behind. */
  waiting(agent: string): TurnView[] {
    return [...this.#waiting.values()].filter((turn) => turn.agent === agent)
  }

  /** Writes what waits, now. Throws what the database throws, with everything still waiting. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#waiting.size === 0) return
    saveTurns(this.#db, [...this.#waiting.values()])
    this.#waiting.clear()
  }

  #schedule(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      try {
        this.flush()
      } catch (error) {
        this.#log.error({ error }, 'turns could not be written; they are kept and tried again')
        this.#schedule(RETRY_MS)
      }
    }, ms)
  }
}
