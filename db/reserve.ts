import { closeSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { StorageFault } from '../server/protocol.ts'
import { errnoFault } from './write-faults.ts'

/** Room for a purge and for the log of some hours. */
const RESERVE_BYTES = 16_777_216
const SLICE_BYTES = 1_048_576
const START_BYTES = 4_194_304

/**
 * Keeps a file of zeros beside a database, so that there is room to forget something on the day
 * the disk is full: without any, not even a delete succeeds. Returns why there is none: the disk must
 * have twice as much left.
 */
export function makeReserve(database: string, bytes = RESERVE_BYTES): StorageFault | undefined {
  const file = reserveOf(database)
  try {
    if (statSync(file, { throwIfNoEntry: false })?.size === bytes) return undefined
    const { bavail, bsize } = statfsSync(dirname(database))
    if (bavail * bsize < 2 * bytes) return 'almost-full'
    const fd = openSync(file, 'w', 0o600)
    try {
      const zeros = Buffer.alloc(Math.min(SLICE_BYTES, bytes))
      for (let made = 0; made < bytes; made += zeros.length) {
        writeSync(fd, zeros, 0, Math.min(zeros.length, bytes - made))
      }
    } finally {
      closeSync(fd)
    }
    return undefined
  } catch (error) {
    // Half of one would only take the room.
    dropReserve(database)
    const fault = errnoFault(error)
    return fault === 'full' ? 'almost-full' : fault
  }
}

/** Gives the reserve up where the disk has not even room for a start: its files, and the log. */
export function makeRoomToStart(database: string): void {
  const { bavail, bsize } = statfsSync(dirname(database))
  if (bavail * bsize < START_BYTES) dropReserve(database)
}

/** Gives the reserve up; false where there was none. */
export function dropReserve(database: string): boolean {
  const file = reserveOf(database)
  if (!statSync(file, { throwIfNoEntry: false })) return false
  rmSync(file, { force: true })
  return true
}

function reserveOf(database: string): string {
  return `${database}.reserve`
}
