import { parentPort, workerData } from 'node:worker_threads'
import Sqlite from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import type { Database } from './database.ts'
import { setPragmas } from './pragmas.ts'
import type { Question, Reply } from './reader.ts'
import { READS } from './reads.ts'
import * as schema from './schema.ts'

/** The program of the reader's thread: one connection that cannot write, one answer per question. */
const client = new Sqlite((workerData as { file: string }).file, {
  readonly: true,
  fileMustExist: true,
})
setPragmas(client, 'reading')
const db: Database = drizzle(client, { schema })

parentPort?.on('message', ({ name, input }: Question) => {
  parentPort?.postMessage(answer(READS[name] as (db: Database, input: unknown) => unknown, input))
})

function answer(read: (db: Database, input: unknown) => unknown, input: unknown): Reply {
  try {
    return { value: read(db, input) }
  } catch (error) {
    // A cloned error keeps its message alone, and SQLite says in `code` what happened.
    const code = error instanceof Sqlite.SqliteError ? error.code : ''
    return { failed: { code, message: error instanceof Error ? error.message : String(error) } }
  }
}
