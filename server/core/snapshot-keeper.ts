import type { Reader } from '../../db/reader.ts'
import { deleteSnapshots, type SnapshotKey, snapshotSizes } from '../../db/snapshots.ts'
import { NotSavedError } from '../../db/write-faults.ts'
import type { Transaction, Writer } from '../../db/writer.ts'
import type { Clock } from '../lib/clock.ts'
import { every } from '../lib/time.ts'
import type { Log } from '../log.ts'
import type { Settings } from '../protocol.ts'
import { chooseForgotten, type RetentionLimits } from './snapshot-retention.ts'

/** Between two looks at what is remembered (milliseconds). */
const LOOK_MS = 60_000
/** Snapshots that one transaction forgets: a longer one would hold up what is written meanwhile. */
const SLICE = 50
/** When too much is there, a little more goes, so that it is not too much again with the next row. */
const SLACK = 0.95

/** What a full disk gets back at once. */
const ROOM_BYTES = 33_554_432

const DAY_MS = 86_400_000
const MEGABYTE = 1_048_576

export interface KeeperDeps {
  reader: Pick<Reader, 'call'>
  writer: Writer
  settings: () => Settings
  clock: Clock
  log: Log
  signal: AbortSignal
}

/** Holds what snapshots take to what the settings allow, and gives room back to a full disk. */
export class SnapshotKeeper {
  readonly #deps: KeeperDeps

  constructor(deps: KeeperDeps) {
    this.#deps = deps
  }

  /** Looks now and then, until the signal. */
  start(): void {
    const { log, signal, writer } = this.#deps
    writer.onFull((tx) => this.makeRoom(tx))
    const look = async () => {
      try {
        await this.tidy()
      } catch (error) {
        // Told already where nothing is saved, and the end of the reader is our own.
        if (error instanceof NotSavedError || signal.aborted) return
        log.error({ error }, 'old snapshots were not forgotten; the next look tries again')
      }
    }
    // `every` rejects only where its work does.
    void every(LOOK_MS, look, signal)
  }

  /** Forgets what is too much by the settings. Resolves with how many snapshots went. */
  async tidy(): Promise<number> {
    const { reader, writer, settings, clock, log } = this.#deps
    const set = settings()
    const limits = {
      perAgent: set.snapshotsPerAgent,
      bytesPerAgent: set.snapshotMbPerAgent * MEGABYTE,
      bytes: set.snapshotMb * MEGABYTE,
      ageMs: set.snapshotDays * DAY_MS,
    }
    const sizes = await reader.call('snapshotSizes', undefined)
    if (chooseForgotten(sizes, limits, clock.now()).length === 0) return 0
    const forgotten = chooseForgotten(sizes, tightened(limits), clock.now())
    for (const [agent, numbers] of slices(forgotten)) {
      await writer.write((tx) => deleteSnapshots(tx, agent, numbers))
    }
    log.info({ snapshots: forgotten.length }, 'old snapshots were forgotten')
    return forgotten.length
  }

  /**
   * Forgets so many bytes of what would be missed least, as on a full disk; returns how many
   * snapshots went.
   */
  makeRoom(tx: Transaction, bytes = ROOM_BYTES): number {
    const sizes = snapshotSizes(tx)
    const all = sizes.reduce((sum, row) => sum + row.bytes, 0)
    // A small memory on a disk that others filled is not given up whole.
    const left = Math.max(all / 2, all - bytes)
    const any = Number.POSITIVE_INFINITY
    const limits = { perAgent: any, bytesPerAgent: any, bytes: left, ageMs: any }
    const forgotten = chooseForgotten(sizes, limits, this.#deps.clock.now())
    for (const [agent, numbers] of slices(forgotten)) deleteSnapshots(tx, agent, numbers)
    return forgotten.length
  }
}

function tightened(limits: RetentionLimits): RetentionLimits {
  return {
    perAgent: Math.floor(limits.perAgent * SLACK),
    bytesPerAgent: limits.bytesPerAgent * SLACK,
    bytes: limits.bytes * SLACK,
    ageMs: limits.ageMs,
  }
}

/** Numbers by agent, at most `SLICE` together. */
function slices(keys: readonly SnapshotKey[]): [agent: string, numbers: number[]][] {
  const made: [string, number[]][] = []
  for (const { agent, number } of keys) {
    const last = made.at(-1)
    if (last?.[0] === agent && last[1].length < SLICE) last[1].push(number)
    else made.push([agent, [number]])
  }
  return made
}
