import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import type { StorageFault } from '../server/protocol.ts'

/** SQLite's codes that say the disk, not the work, is the reason. */
const DISK_FAULTS: readonly [code: RegExp, fault: StorageFault][] = [
  [/^SQLITE_FULL/, 'full'],
  [/^SQLITE_(?:READONLY|CANTOPEN|PERM)/, 'refused'],
  [/^SQLITE_IOERR/, 'broken'],
  [/^SQLITE_(?:BUSY|LOCKED)/, 'held'],
  [/^SQLITE_(?:CORRUPT|NOTADB)/, 'damaged'],
]

/** In words for people. */
const SENTENCES: Readonly<Record<StorageFault, string>> = {
  full: 'The disk is full.',
  'almost-full': 'The disk is almost full.',
  refused: 'The data folder cannot be written.',
  broken: 'The disk reports errors.',
  held: 'Another program holds the database.',
  damaged: 'The database is damaged; the next start restores the newest backup.',
  unknown: 'Writing failed for a reason that the log tells.',
}

export function faultSentence(fault: StorageFault): string {
  return SENTENCES[fault]
}

/** The disk refuses a whole group. The message is a sentence for people. */
export class DiskFault extends Error {
  override name = 'DiskFault'
  constructor(
    readonly fault: StorageFault,
    cause: unknown,
  ) {
    super(faultSentence(fault), { cause })
  }
}

/** This work was not saved; nothing of it is on the disk. The message says why. */
export class NotSavedError extends Error {
  override name = 'NotSavedError'
  readonly code = 'not-saved'
}

/** Whether the disk is the reason of an error; else the work is. */
export function isDiskFault(error: unknown): boolean {
  return error instanceof DiskFault || codeFault(error) !== undefined
}

/** The fault of the disk behind an error, or the error itself where it is none. */
export function diskFault(error: unknown, database: string): unknown {
  const fault = codeFault(error)
  if (fault === undefined) return error
  // SQLite tells of a disk without room as of any other error where it is its shared memory, or a
  // quota, that has none.
  const told = fault === 'broken' ? (kernelFault(database) ?? fault) : fault
  return new DiskFault(told, error)
}

/** What an error of the file system says of the disk. */
export function errnoFault(error: unknown): StorageFault {
  const { code = '' } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'full'
  return code === 'EROFS' || code === 'EACCES' || code === 'EPERM' ? 'refused' : 'broken'
}

/** Room for a group: a disk that takes only a few bytes would be full again with the next write. */
const PROBE_BYTES = 262_144

/** What the kernel says to a file of a group's size beside the database; undefined where it takes it. */
export function kernelFault(database: string): StorageFault | undefined {
  const file = `${database}.probe`
  try {
    const fd = openSync(file, 'w', 0o600)
    try {
      // A disk with less room takes a part of it, and refuses only what follows.
      const zeros = Buffer.alloc(PROBE_BYTES)
      for (let done = 0; done < zeros.length; ) done += writeSync(fd, zeros, done)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
      rmSync(file, { force: true })
    }
    return undefined
  } catch (error) {
    return errnoFault(error)
  }
}

/** Writes something of a group's size, with its sync, and takes it away; throws where that fails. */
export function probeDisk(client: Sqlite.Database): void {
  // Two transactions: what is dropped before its commit is never written at all.
  client.transaction(() => {
    client.exec(`DROP TABLE IF EXISTS probe; CREATE TABLE probe (room BLOB);
      INSERT INTO probe VALUES (zeroblob(${PROBE_BYTES}))`)
  })()
  client.exec('DROP TABLE probe')
}

function codeFault(error: unknown): StorageFault | undefined {
  if (!(error instanceof Sqlite.SqliteError)) return undefined
  return DISK_FAULTS.find(([code]) => code.test(error.code))?.[1]
}
