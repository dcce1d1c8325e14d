import { LatestWriter } from '../../db/latest-writer.ts'
import type { Database } from '../../db/open.ts'
import { listTurns, saveTurns } from '../../db/turns.ts'
import type { Transaction, Writer } from '../../db/writer.ts'
import type { Log } from '../log.ts'
import type { TurnView } from '../protocol.ts'

/** What a turn used and said so far is written together after so long (milliseconds). */
const GATHER_MS = 250

/**
 * Writes turns behind the back of whoever changes them: the newest of each, many in one
 * transaction, never in the middle of a broadcast. That one began or ended goes at once: nothing
 * else would tell after a crash what was cut off. What cannot be written is kept and tried again.
 */
export class TurnJournal {
  readonly #latest: LatestWriter<TurnView>
  /** The turn of each agent that is known to run. */
  readonly #running = new Map<string, string>()

  constructor({ writer, log, signal }: { writer: Writer; log: Log; signal: AbortSignal }) {
    this.#latest = new LatestWriter<TurnView>({
      writer,
      log,
      what: 'turns',
      keyOf: (turn) => turn.id,
      save: saveTurns,
      gatherMs: GATHER_MS,
      signal,
    })
  }

  note(turns: readonly TurnView[]): void {
    const news = turns.map((turn) => this.#isNews(turn))
    this.#latest.put(turns, news.includes(true))
  }

  #isNews({ id, agent, endedAt }: TurnView): boolean {
    if (endedAt === undefined) {
      const isKnown = this.#running.get(agent) === id
      this.#running.set(agent, id)
      return !isKnown
    }
    // An older one may be told of while the next runs: its late words.
    if (this.#running.get(agent) === id) this.#running.delete(agent)
    return true
  }

  /** What is not on the disk yet of an agent, so that a reader is not behind. */
  waiting(agent: string): TurnView[] {
    return this.#latest.waiting.filter((turn) => turn.agent === agent)
  }

  /** Writes what waits as a part of another transaction, so that both are kept or neither. */
  saveInto(tx: Transaction): void {
    this.#latest.saveInto(tx)
  }

  /** Hands what waits to the writer, now; resolves when it is on the disk or kept for later. */
  flush(): Promise<void> {
    return this.#latest.flush()
  }
}

/**
 * Turns of an agent, newest first, at most `limit`; with `before`, only those of a smaller
 * generation. What waits to be written stands in the place of what is stored of the same turn.
 */
export function turnsOf(
  db: Database,
  journal: TurnJournal,
  agent: string,
  {
    before = Number.POSITIVE_INFINITY,
    limit = 50,
  }: { before?: number | undefined; limit?: number } = {},
): TurnView[] {
  const stored = listTurns(db, agent, Number.isFinite(before) ? { before, limit } : { limit })
  const waiting = journal.waiting(agent).filter(({ generation }) => generation < before)
  const byId = new Map([...stored, ...waiting].map((turn) => [turn.id, turn]))
  return [...byId.values()].sort((a, b) => b.generation - a.generation).slice(0, limit)
}
