import { type BatchRow, forgetBatches, listBatches, saveBatches } from '../../db/batches.ts'
import { LatestWriter } from '../../db/latest-writer.ts'
import type { Database } from '../../db/open.ts'
import type { Writer } from '../../db/writer.ts'
import type { Log } from '../log.ts'
import type { Registry } from './registry.ts'

/** Sessions whose label is kept; the oldest give way. Ended agents stand under theirs. */
const KEPT = 500

interface BatchesDeps {
  db: Database
  writer: Writer
  registry: Registry
  log: Log
  signal: AbortSignal
}

/** Which sessions were started together, by the label they were given. Outlives our restarts. */
export class Batches {
  readonly #registry: Registry
  readonly #rows: Map<string, BatchRow>
  readonly #keeper: LatestWriter<BatchRow>

  constructor({ db, writer, registry, log, signal }: BatchesDeps) {
    this.#registry = registry
    this.#rows = new Map(
      listBatches(db)
        .reverse()
        .map((row) => [row.session, row]),
    )
    this.#keeper = new LatestWriter({
      ...{ writer, log, signal, what: 'labels of batches', gatherMs: 0 },
      keyOf: ({ session }) => session,
      save: (tx, rows) => {
        saveBatches(tx, rows)
        forgetBatches(
          tx,
          listBatches(tx)
            .slice(KEPT)
            .map(({ session }) => session),
        )
      },
    })
  }

  /** The label of each session that has one. */
  labels(): Record<string, string> {
    return Object.fromEntries(
      [...this.#rows.values()].map(({ session, label }) => [session, label]),
    )
  }

  /** Gives a session its label (redacted). */
  put(session: string, label: string): void {
    const row = { session, label, at: Date.now() }
    this.#rows.delete(session)
    this.#rows.set(session, row)
    for (const oldest of this.#rows.keys()) {
      if (this.#rows.size <= KEPT) break
      this.#rows.delete(oldest)
    }
    this.#keeper.put([row])
    this.#registry.tell({ type: 'batch', session, label })
  }

  /** Gives a session the label of the one that it stands for now, if that had one. */
  inherit(session: string, from: string): void {
    const label = this.#rows.get(from)?.label
    if (label !== undefined) this.put(session, label)
  }

  /** Resolves when all labels are on the disk. */
  flush(): Promise<void> {
    return this.#keeper.flush()
  }
}
