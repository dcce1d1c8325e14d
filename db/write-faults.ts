import Sqlite from 'better-sqlite3'

/** SQLite's codes that say the disk, not the work, is the reason. In words for people. */
const DISK_FAULTS: readonly [code: RegExp, sentence: string][] = [
  [/^SQLITE_FULL/, 'The disk is full.'],
  [/^SQLITE_(?:READONLY|CANTOPEN|PERM)/, 'The data folder cannot be written.'],
  [/^SQLITE_IOERR/, 'The disk reports errors.'],
  [/^SQLITE_(?:BUSY|LOCKED)/, 'Another program holds the database.'],
  [
    /^SQLITE_(?:CORRUPT|NOTADB)/,
    'The database is damaged; the next start restores the newest backup.',
  ],
]

/** The disk refuses a whole group. The message is a sentence for people. */
export class DiskFault extends Error {
  override name = 'DiskFault'
  /** Something that is forgotten may help. */
  readonly isAboutRoom: boolean
  constructor(message: string, cause: unknown) {
    super(message, { cause })
    const code = cause instanceof Sqlite.SqliteError ? cause.code : ''
    // The kernel's "no space" comes as an I/O error where SQLite grows its shared memory.
    this.isAboutRoom = !/^SQLITE_(?:READONLY|CANTOPEN|PERM|BUSY|LOCKED|CORRUPT|NOTADB)/.test(code)
  }
}

/** This work was not saved; nothing of it is on the disk. The message says why. */
export class NotSavedError extends Error {
  override name = 'NotSavedError'
  readonly code = 'not-saved'
}

/** The fault of the disk behind an error, or the error itself where it is none. */
export function diskFault(error: unknown): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return error
  const found = DISK_FAULTS.find(([code]) => code.test(error.code))
  return found ? new DiskFault(found[1], error) : error
}

/** Room for a group: a disk that takes only a few bytes would be full again with the next write. */
const PROBE_BYTES = 262_144

/** Writes something of a group's size, with its sync, and takes it away; throws where that fails. */
export function probeDisk(client: Sqlite.Database): void {
  // Two transactions: what is dropped before its commit is never written at all.
  client.transaction(() => {
    client.exec(`DROP TABLE IF EXISTS probe; CREATE TABLE probe (room BLOB);
      INSERT INTO probe VALUES (zeroblob(${PROBE_BYTES}))`)
  })()
  client.exec('DROP TABLE probe')
}
