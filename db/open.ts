import { closeSync, existsSync, fchmodSync, openSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { setPragmas } from './pragmas.ts'
import * as schema from './schema.ts'

export type Database = BetterSQLite3Database<typeof schema> & { $client: Sqlite.Database }

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

/**
 * Opens the database of a data folder and brings it to this program's schema, in one transaction
 * and with a copy of the old file beside it. A damaged file is set aside under another name, which
 * is returned, and a new one begun: a server that cannot start helps nobody. Throws `DatabaseError`.
 */
export function openDatabase(dataDir: string): { db: Database; damagedFile?: string } {
  const file = join(dataDir, 'dogwatch.db')
  try {
    return { db: openFile(file) }
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== 'damaged') throw error
    const damagedFile = setAside(file)
    return { db: openFile(file), damagedFile }
  }
}

function openFile(file: string): Database {
  createPrivately(file)
  let client: Sqlite.Database | undefined
  try {
    client = new Sqlite(file)
    setPragmas(client, 'writing')
    const [problem] = client.pragma('quick_check(1)', { simple: false }) as Record<string, string>[]
    if (problem?.quick_check !== 'ok') throw damaged(file)
    const db = drizzle(client, { schema })
    bringUpToDate(db, client, file)
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

/** Writes everything into the main file and closes it. */
export function closeDatabase(db: Database): void {
  db.$client.pragma('wal_checkpoint(TRUNCATE)')
  db.$client.close()
}

function bringUpToDate(db: Database, client: Sqlite.Database, file: string): void {
  const known = readMigrationFiles({ migrationsFolder: MIGRATIONS })
  const newest = Math.max(...known.map((migration) => migration.folderMillis))
  const applied = lastMigration(client)
  if (applied > newest) {
    throw new DatabaseError(
      'newer',
      file,
      `${file} was written by a newer dogwatch: install that version again, or choose another --data-dir`,
    )
  }
  if (applied === newest) return
  if (applied > 0) {
    const copy = `${file}.before-${new Date().toISOString().replaceAll(':', '')}`
    client.prepare('VACUUM INTO ?').run(copy)
  }
  migrate(db, { migrationsFolder: MIGRATIONS })
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

/** With its log, because either may hold what the other lacks. */
function setAside(file: string): string {
  const aside = `${file}.damaged-${new Date().toISOString().replaceAll(':', '')}`
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix)
  }
  return aside
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
