import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { databaseFile } from './open.ts'
import { makeRoomToStart } from './reserve.ts'

/**
 * Holds a data folder for one process: an exclusive SQLite transaction that the kernel ends with
 * the process, however it dies. A pid in a file would outlive a kill or name a stranger.
 * Returns the release, or `undefined` where another process holds the folder.
 */
export function lockDataFolder(dataDir: string): (() => void) | undefined {
  // The lock is the first thing to need some room.
  makeRoomToStart(databaseFile(dataDir))
  const client = new Sqlite(join(dataDir, 'lock.db'), { timeout: 0 })
  try {
    client.pragma('journal_mode = DELETE')
    client.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    client.close()
    if (error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY'))
      return undefined
    throw error
  }
  return () => {
    client.exec('ROLLBACK')
    client.close()
  }
}
