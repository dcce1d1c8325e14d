import type { Log } from '../server/log.ts'
import type { Database } from './open.ts'

/** What one piece of work is given: the group's transaction. */
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

/** A group waits so long for more work (milliseconds), and holds at most so much. */
const GATHER_MS = 20
const GROUP_MAX = 200

interface Waiting {
  run: (tx: Transaction) => void
  done: () => void
  failed: (error: unknown) => void
}

/**
 * The one writer of the database. Work that comes within 20 ms shares one transaction, so that one
 * sync to the disk serves all of it, and each promise resolves only after that sync. Work that
 * throws is undone alone; the rest of its group stays.
 */
export class Writer {
  readonly #db: Database
  readonly #log: Log
  #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | undefined

  constructor({ db, log }: { db: Database; log: Log }) {
    this.#db = db
    this.#log = log
  }

  /** Runs `work` in the next group; resolves with its result when that is on the disk. */
  write<T>(work: (tx: Transaction) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let result: T
      this.#waiting.push({
        run: (tx) => {
          result = work(tx)
        },
        done: () => resolve(result),
        failed: reject,
      })
      if (this.#waiting.length >= GROUP_MAX) this.flush()
      else this.#timer ??= setTimeout(() => this.flush(), GATHER_MS)
    })
  }

  /** Writes what waits, now. Never throws: each promise tells of its own. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const group = this.#waiting
    if (group.length === 0) return
    this.#waiting = []
    const done: Waiting[] = []
    try {
      this.#db.transaction((tx) => {
        for (const one of group) if (this.#runAlone(tx, one)) done.push(one)
      })
    } catch (error) {
      this.#log.error({ error, works: done.length }, 'a group could not be written')
      for (const one of done) one.failed(error)
      return
    }
    for (const one of done) one.done()
  }

  #runAlone(tx: Transaction, one: Waiting): boolean {
    try {
      tx.transaction((own) => one.run(own))
      return true
    } catch (error) {
      one.failed(error)
      return false
    }
  }
}
