import { Emitter } from '../server/lib/emitter.ts'
import type { Log } from '../server/log.ts'
import type { StorageFault, StorageState } from '../server/protocol.ts'
import type { Database } from './database.ts'
import { BUSY_MS } from './pragmas.ts'
import { dropReserve, makeReserve } from './reserve.ts'
import {
  DiskFault,
  diskFault,
  faultSentence,
  isDiskFault,
  kernelFault,
  NotSavedError,
  probeDisk,
} from './write-faults.ts'

/** What one piece of work is given: the group's transaction. */
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

/** A group waits so long for more work (milliseconds), and holds at most so much. */
const GATHER_MS = 20
const GROUP_MAX = 200
/** While the disk refuses it is tried so often; a reserve that is missing is made anew as often. */
const PROBE_MS = 5_000
/** After so long without work the log is written into the main file and emptied. */
const IDLE_MS = 30_000

interface Waiting {
  run: (tx: Transaction) => void
  done: () => void
  failed: (error: unknown) => void
}

/** How writing does. `fault` may stand while it works: the reserve is gone, the next one will fail. */
export interface WriterHealth {
  state: StorageState
  /** Epoch milliseconds since when `state` holds. */
  since: number
  fault?: StorageFault
}

export interface WriterOptions {
  db: Database
  log: Log
  /** For tests: all in milliseconds. */
  probeMs?: number
  idleMs?: number
  /** Bytes that are kept for the day the disk is full. */
  reserveBytes?: number
}

/**
 * The one writer of the database. Work that comes within 20 ms shares one transaction, so that one
 * sync to the disk serves all of it, and each promise resolves only after that sync, in the order
 * of the calls. Work that throws is undone alone; the rest of its group stays.
 *
 * Where the disk is full, room is made and the group tried once more: the reserve is given up and
 * whoever keeps the most is asked to forget its oldest. If that does not help, or the disk refuses
 * for another reason (broken, read-only), nothing is saved: work is refused with `NotSavedError` at
 * once, nothing is queued, and the disk is tried every few seconds until it works again. What must
 * not be lost meanwhile stays with its owner (`LatestWriter`).
 */
export class Writer {
  /** Told of each change of `health`. */
  readonly changes = new Emitter<WriterHealth>()
  readonly #db: Database
  readonly #log: Log
  readonly #options: Required<Pick<WriterOptions, 'probeMs' | 'idleMs'>> & { reserveBytes?: number }
  readonly #makeRoom: ((tx: Transaction) => number)[] = []
  #gaveWay = 0
  #health: WriterHealth = { state: 'saving', since: Date.now() }
  #waiting: Waiting[] = []
  #gathering: NodeJS.Timeout | undefined
  #probing: NodeJS.Timeout | undefined
  #idle: NodeJS.Timeout | undefined
  #isClosed = false

  constructor({ db, log, probeMs = PROBE_MS, idleMs = IDLE_MS, ...rest }: WriterOptions) {
    this.#db = db
    this.#log = log
    this.#options = { probeMs, idleMs, ...rest }
    this.#keepReserve()
  }

  get health(): WriterHealth {
    return this.#health
  }

  /** How much was forgotten since the start because the disk was full, in the units of `onFull`. */
  get gaveWay(): number {
    return this.#gaveWay
  }

  /**
   * Adds what can be forgotten when the disk is full: it is called inside a transaction of its own,
   * and tells how much went.
   */
  onFull(forget: (tx: Transaction) => number): void {
    this.#makeRoom.push(forget)
  }

  /**
   * Runs `work` in the next group; resolves with its result when that is on the disk. `work` is
   * synchronous and may run twice, the first time undone. Rejects with what it threw, or with
   * `NotSavedError`.
   */
  write<T>(work: (tx: Transaction) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#isClosed) return reject(new NotSavedError('dogwatch is stopping'))
      if (this.#health.state === 'not-saving') return reject(this.#refusal())
      let result: T
      this.#waiting.push({
        run: (tx) => {
          result = work(tx)
        },
        done: () => resolve(result),
        failed: reject,
      })
      if (this.#waiting.length >= GROUP_MAX) this.flush()
      else this.#gathering ??= setTimeout(() => this.flush(), GATHER_MS)
    })
  }

  /** Writes what waits, now. Never throws: each promise tells of its own. */
  flush(): void {
    clearTimeout(this.#gathering)
    this.#gathering = undefined
    const group = this.#waiting
    if (group.length === 0) return
    this.#waiting = []
    let tell: (() => void)[]
    try {
      tell = this.#writeGroup(group)
    } catch (error) {
      if (!(error instanceof DiskFault)) {
        // A fault of ours, which no other disk would mend.
        this.#log.error({ error, works: group.length }, 'a group could not be written')
        for (const one of group) one.failed(error)
        return
      }
      this.#stopSaving(error)
      for (const one of group) one.failed(this.#refusal(error))
      return
    }
    for (const one of tell) one()
    this.#whenIdle()
  }

  /** Writes what waits, the log into the main file, and takes no more work. */
  close(): void {
    if (this.#health.state === 'not-saving') this.#probe()
    this.flush()
    this.#isClosed = true
    for (const timer of [this.#probing, this.#idle]) clearTimeout(timer)
  }

  /** Throws `DiskFault` where the disk refuses even after room was made. */
  #writeGroup(group: readonly Waiting[]): (() => void)[] {
    try {
      return this.#attempt(group)
    } catch (error) {
      if (!(error instanceof DiskFault && error.fault === 'full')) throw error
      this.#log.error({ error, works: group.length }, 'a group could not be written; making room')
      this.#giveWay(error)
      return this.#attempt(group)
    }
  }

  /** One transaction; what to tell each piece of work once it is on the disk. */
  #attempt(group: readonly Waiting[]): (() => void)[] {
    const tell: (() => void)[] = []
    try {
      this.#db.transaction(
        (tx) => {
          for (const one of group) tell.push(this.#runAlone(tx, one))
        },
        { behavior: 'immediate' },
      )
    } catch (error) {
      throw diskFault(error, this.#db.$client.name)
    }
    return tell
  }

  #runAlone(tx: Transaction, one: Waiting): () => void {
    let thrown: unknown
    try {
      tx.transaction((own) => {
        try {
          one.run(own)
        } catch (error) {
          thrown = error
          throw error
        }
      })
      return one.done
    } catch (error) {
      // SQLite may have undone the whole group by itself: then its own error is the one to tell,
      // and the next piece of work would run, and be committed, outside of any transaction.
      const cause = thrown ?? error
      if (isDiskFault(cause)) throw cause
      const { name, inTransaction } = this.#db.$client
      if (!inTransaction) throw new DiskFault(kernelFault(name) ?? 'unknown', cause)
      return () => one.failed(cause)
    }
  }

  #giveWay(error: DiskFault): void {
    const before = this.#gaveWay
    const dropped = dropReserve(this.#db.$client.name)
    this.#keepProbing()
    for (const forget of this.#makeRoom) {
      try {
        this.#gaveWay += this.#db.transaction(forget, { behavior: 'immediate' })
      } catch (failed) {
        // The disk may be too full even to forget: the group's own attempt will tell.
        this.#log.warn({ error: failed }, 'no room could be made')
      }
    }
    const isNews = dropped || this.#gaveWay > before
    if (isNews) this.#tell({ ...this.#health, fault: error.fault })
  }

  #refusal(error?: unknown): NotSavedError {
    return new NotSavedError(faultSentence(this.#health.fault ?? faultOf(error)), { cause: error })
  }

  #stopSaving(error: DiskFault): void {
    this.#log.error({ error }, 'nothing is saved until the disk works again')
    this.#tell({ state: 'not-saving', since: Date.now(), fault: error.fault })
    this.#keepProbing()
  }

  #keepProbing(): void {
    clearTimeout(this.#probing)
    this.#probing = setTimeout(() => {
      this.#probe()
      if (this.#health.fault) this.#keepProbing()
    }, this.#options.probeMs)
    this.#probing.unref()
  }

  #probe(): void {
    if (this.#health.state === 'not-saving') {
      try {
        probeDisk(this.#db.$client)
      } catch (error) {
        const fault = faultOf(diskFault(error, this.#db.$client.name))
        if (fault !== this.#health.fault) this.#tell({ ...this.#health, fault })
        return
      }
      this.#log.warn({}, 'the disk works again')
      const { fault } = this.#health
      this.#tell({ state: 'saving', since: Date.now(), ...(fault ? { fault } : {}) })
    }
    this.#keepReserve()
  }

  #keepReserve(): void {
    const without = makeReserve(this.#db.$client.name, this.#options.reserveBytes)
    const { fault, ...health } = this.#health
    if (without !== fault) this.#tell({ ...health, ...(without ? { fault: without } : {}) })
    if (without) this.#keepProbing()
  }

  #tell(health: WriterHealth): void {
    this.#health = health
    this.changes.emit(health)
  }

  #whenIdle(): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => {
      const client = this.#db.$client
      // A reader in the other thread may hold the log; waiting for it would hold every keystroke.
      client.pragma('busy_timeout = 0')
      try {
        client.pragma('wal_checkpoint(TRUNCATE)')
      } catch (error) {
        this.#log.warn({ error }, 'the log could not be written into the database')
      } finally {
        client.pragma(`busy_timeout = ${BUSY_MS}`)
      }
    }, this.#options.idleMs)
    this.#idle.unref()
  }
}

function faultOf(error: unknown): StorageFault {
  return error instanceof DiskFault ? error.fault : 'unknown'
}
