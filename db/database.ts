import type Sqlite from 'better-sqlite3'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type * as schema from './schema.ts'

/** An open database, typed by our schema, with SQLite's own connection below it. */
export type Database = BetterSQLite3Database<typeof schema> & { $client: Sqlite.Database }
