import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { Database } from './database.ts'
import { checkIntegrity } from './integrity.ts'

/** Backups that are kept, the newest. */
const KEEP = 3
const NAME = /^dogwatch-(\d{4}-\d\d-\d\dT)(\d\d)(\d\d)(\d\d\.\d{3}Z)\.db$/

/** A copy of the database that was opened and checked when it was made. */
export interface Backup {
  file: string
  /** Epoch milliseconds. */
  at: number
}

/** The folder of a data folder's backups. */
export function backupFolder(dataDir: string): string {
  return join(dataDir, 'backups')
}

/** All backups, newest first. */
export function listBackups(folder: string): Backup[] {
  const names = readNames(folder).filter((name) => NAME.test(name))
  return names
    .sort()
    .reverse()
    .map((name) => ({
      file: join(folder, name),
      at: Date.parse(name.replace(NAME, '$1$2:$3:$4')),
    }))
}

/**
 * Copies the database as it is at this moment, checks the copy, and forgets all but the newest
 * three. A database with a fault is not copied: its copy would displace a good one. Throws what
 * SQLite throws, and where the check found something.
 */
export function makeBackup({ $client }: Pick<Database, '$client'>, folder: string): Backup {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const at = Date.now()
  const name = `dogwatch-${new Date(at).toISOString().replaceAll(':', '')}.db`
  const part = join(folder, `${name}.part`)
  for (const left of readNames(folder)) {
    if (left.endsWith('.part')) rmSync(join(folder, left), { force: true })
  }
  try {
    $client.prepare('VACUUM INTO ?').run(part)
    chmodSync(part, 0o600)
    checkCopy(part)
    sync(part)
    renameSync(part, join(folder, name))
    sync(folder)
  } finally {
    rmSync(part, { force: true })
  }
  for (const { file } of listBackups(folder).slice(KEEP)) rmSync(file, { force: true })
  return { file: join(folder, name), at }
}

/** The same in the reader's thread. */
export function backUp(db: Database, { folder }: { folder: string }): Backup {
  const [fault] = checkIntegrity(db, { limit: 1 })
  if (fault !== undefined) throw new Error(`the database has a fault: ${fault}`)
  // Its file cannot be written by this connection, but the copy has to be.
  db.$client.pragma('query_only = OFF')
  try {
    return makeBackup(db, folder)
  } finally {
    db.$client.pragma('query_only = ON')
  }
}

/** Throws unless SQLite finds the file whole. */
export function checkCopy(file: string): void {
  const client = new Sqlite(file, { readonly: true, fileMustExist: true })
  try {
    const said: unknown = client.pragma('quick_check(1)', { simple: true })
    if (said !== 'ok') throw new Error(`${file}: ${String(said)}`)
  } finally {
    client.close()
  }
}

/** What was written to a file, or renamed in a folder, is on the disk when this returns. */
export function sync(path: string): void {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // No folder yet: no backups.
    return []
  }
}
