import { statSync } from 'node:fs'
import { backupFolder, listBackups } from '../../db/backup.ts'
import { databaseFile } from '../../db/open.ts'
import type { Reader } from '../../db/reader.ts'
import { forgetOldestTurns, forgetTurns } from '../../db/turns.ts'
import { faultSentence, NotSavedError } from '../../db/write-faults.ts'
import type { Writer } from '../../db/writer.ts'
import { Emitter } from '../lib/emitter.ts'
import { delay, every } from '../lib/time.ts'
import type { Log } from '../log.ts'
import type { StorageView } from '../protocol.ts'

/** The house is kept so often, and first so long after the start (milliseconds). */
const KEEP_MS = 3_600_000
const FIRST_MS = 600_000
/** A backup is due when the newest is so old (milliseconds). */
const BACKUP_MS = 86_400_000
/** A backup reads everything: a large file on a slow disk takes its time (milliseconds). */
const BACKUP_DEADLINE_MS = 300_000
/** Turns are remembered so long (milliseconds), and so many of them. */
const TURN_AGE_MS = 90 * 86_400_000
const TURNS_MAX = 100_000
/** Rows that one transaction forgets: each holds the main thread for a few milliseconds. */
const SLICE = 500

export interface StorageDeps {
  dataDir: string
  writer: Writer
  reader: Reader
  /** What went wrong when the database was opened. */
  loadFault: string | undefined
  log: Log
  /** How many turns are remembered; for tests. */
  turnsMax?: number
  signal: AbortSignal
}

/**
 * How our memory does: what went wrong at the start and what goes wrong now, told apart, because a
 * write that succeeds mends no loss. Also keeps the house: the daily backup, and what is too old.
 */
export class Storage {
  /** Told of each change but that of `bytes`. */
  readonly changes = new Emitter<StorageView>()
  readonly #deps: StorageDeps
  #backupAt: number | undefined

  constructor(deps: StorageDeps) {
    this.#deps = deps
    this.#backupAt = listBackups(backupFolder(deps.dataDir))[0]?.at
    deps.writer.changes.on(() => this.changes.emit(this.view()), deps.signal)
    this.#keepHouse().catch((error: unknown) => deps.log.error({ error }, 'nobody keeps the house'))
  }

  view(): StorageView {
    const { dataDir, loadFault, writer } = this.#deps
    const { state, since, fault } = writer.health
    const file = databaseFile(dataDir)
    return {
      state,
      since,
      bytes: sizeOf(file) + sizeOf(`${file}-wal`),
      ...(loadFault === undefined ? {} : { loadFault }),
      ...(fault === undefined ? {} : { writeFault: faultSentence(fault), writeFaultKind: fault }),
      ...(writer.gaveWay === 0 ? {} : { gaveWay: writer.gaveWay }),
      ...(this.#backupAt === undefined ? {} : { backupAt: this.#backupAt }),
    }
  }

  async #keepHouse(): Promise<void> {
    const { signal } = this.#deps
    await delay(FIRST_MS, signal)
    if (signal.aborted) return
    await this.tidy()
    await every(KEEP_MS, () => this.tidy(), signal)
  }

  /** Backs up where that is due, and forgets what is too old or too much. Never rejects. */
  async tidy(now = Date.now()): Promise<void> {
    // The next hour tries again. What is not saved was told already.
    const tell = (error: unknown) => {
      if (!(error instanceof NotSavedError))
        this.#deps.log.error({ error }, 'the house is not kept')
    }
    if (now - (this.#backupAt ?? 0) >= BACKUP_MS) await this.backUp().catch(tell)
    await this.#forget(now).catch(tell)
  }

  /** Makes a backup now, in the reader's thread. */
  async backUp(): Promise<void> {
    const { dataDir, reader } = this.#deps
    const folder = backupFolder(dataDir)
    const { at } = await reader.call('backUp', { folder }, { deadlineMs: BACKUP_DEADLINE_MS })
    this.#backupAt = at
    this.changes.emit(this.view())
  }

  async #forget(now: number): Promise<void> {
    const { writer, signal, turnsMax = TURNS_MAX } = this.#deps
    await writer.write((tx) => forgetTurns(tx, now - TURN_AGE_MS))
    const slice = { keep: turnsMax, most: SLICE }
    let gone = SLICE
    while (gone === SLICE && !signal.aborted) {
      gone = await writer.write((tx) => forgetOldestTurns(tx, slice))
    }
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
