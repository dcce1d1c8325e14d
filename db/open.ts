import { closeSync, existsSync, fchmodSync, openSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { backupFolder, listBackups, makeBackup } from './backup.ts'
import { leaveCleanMark, takeCleanMark } from './clean-mark.ts'
import { restoreNewest, setAside } from './damage.ts'
import type { Database } from './database.ts'
import { setPragmas } from './pragmas.ts'
import * as schema from './schema.ts'

export type { Database } from './database.ts'

export type DatabaseErrorCode = 'newer' | 'damaged' | 'unusable'

/** The database cannot be used; the message says why and what to do. */
export class DatabaseError extends Error {
  override name = 'DatabaseError'
  constructor(
    readonly code: DatabaseErrorCode,
    readonly file: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

const MIGRATIONS = join(import.meta.dirname, 'migrations')

/** A database that is open, and what went wrong on the way, in a sentence for people. */
export interface Opened {
  db: Database
  loadFault?: string
}

/** The file of a data folder's database. */
export function databaseFile(dataDir: string): string {
  return join(dataDir, 'dogwatch.db')
}

/**
 * Opens the database of a data folder and brings it to this program's schema, in one transaction
 * and with a backup before. A damaged file is set aside under another name and the newest backup
 * restored, or a new one begun: a server that cannot start helps nobody. An empty file is damaged
 * where there is a backup. Everything is checked unless the last end was an orderly one. Throws
 * `DatabaseError`.
 */
export function openDatabase(dataDir: string): Opened {
  const file = databaseFile(dataDir)
  const folder = backupFolder(dataDir)
  try {
    return { db: openFile(file, folder) }
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== 'damaged') throw error
    const aside = existsSync(file) ? `set aside as ${basename(setAside(file))}` : 'gone'
    const backup = restoreNewest(file, listBackups(folder))
    const since = backup && new Date(backup.at).toISOString().slice(0, 16).replace('T', ' ')
    const loadFault = backup
      ? `The database was damaged and is ${aside}. The backup of ${since} UTC was restored; what came after it is lost.`
      : `The database was damaged and is ${aside}. No backup could be restored: pair your devices again.`
    return { db: openFile(file, folder, 'new'), loadFault }
  }
}

/** `new`: nothing is wrong with a file that is empty. */
function openFile(file: string, folder: string, expected?: 'new'): Database {
  const isEmpty = !statSync(file, { throwIfNoEntry: false })?.size
  if (isEmpty && !expected && listBackups(folder).length > 0) throw damaged(file)
  let client: Sqlite.Database | undefined
  try {
    if (!isEmpty) refuseNewer(file)
    createPrivately(file)
    const isTrusted = isEmpty || takeCleanMark(file)
    client = new Sqlite(file)
    setPragmas(client, 'writing')
    if (!isTrusted) {
      const said: unknown = client.pragma('quick_check(1)', { simple: true })
      if (said !== 'ok') throw damaged(file, said)
    }
    const db = drizzle(client, { schema })
    bringUpToDate(db, folder)
    return db
  } catch (error) {
    client?.close()
    if (error instanceof DatabaseError) throw error
    const code = error instanceof Sqlite.SqliteError ? error.code : ''
    if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) throw damaged(file, error)
    throw new DatabaseError('unusable', file, `${file} cannot be used: ${String(error)}`, {
      cause: error,
    })
  }
}

/** Writes everything into the main file and closes it. `isSound`: the next start may trust it. */
export function closeDatabase(db: Database, { isSound = true } = {}): void {
  const { name } = db.$client
  try {
    db.$client.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    db.$client.close()
  }
  if (isSound) leaveCleanMark(name)
}

/** Looks without the right to write: a newer dogwatch's file is left as it is, to the byte. */
function refuseNewer(file: string): void {
  const client = new Sqlite(file, { readonly: true, fileMustExist: true })
  try {
    if (lastMigration(client) <= newestMigration()) return
  } finally {
    client.close()
  }
  throw new DatabaseError(
    'newer',
    file,
    `${file} was written by a newer dogwatch: install that version again, or choose another --data-dir`,
  )
}

function bringUpToDate(db: Database, folder: string): void {
  const applied = lastMigration(db.$client)
  if (applied === newestMigration()) return
  if (applied > 0) makeBackup(db, folder)
  migrate(db, { migrationsFolder: MIGRATIONS })
}

/** Time stamp of the newest migration that this program has. */
function newestMigration(): number {
  const known = readMigrationFiles({ migrationsFolder: MIGRATIONS })
  return Math.max(...known.map((migration) => migration.folderMillis))
}

/** Time stamp of the newest migration in the file; 0 for a new file. */
function lastMigration(client: Sqlite.Database): number {
  const table = client
    .prepare("SELECT 1 FROM sqlite_master WHERE name = '__drizzle_migrations'")
    .get()
  if (!table) return 0
  const row = client.prepare('SELECT max(created_at) AS at FROM __drizzle_migrations').get()
  return Number((row as { at: number | null }).at ?? 0)
}

/** SQLite gives its -wal and -shm files the mode of the main file, so that is made first. */
function createPrivately(file: string): void {
  const fd = openSync(file, 'a', 0o600)
  fchmodSync(fd, 0o600)
  closeSync(fd)
}

function damaged(file: string, cause?: unknown): DatabaseError {
  return new DatabaseError('damaged', file, `${file} is damaged`, { cause })
}
