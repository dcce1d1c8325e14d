import type Sqlite from 'better-sqlite3'

/**
 * How long SQLite waits for another program that holds the file (milliseconds), and we with it:
 * nobody else should, as the folder is locked.
 */
export const BUSY_MS = 1_000

type Pragma = readonly [name: string, set: string, read: unknown]

/** What every connection of ours wants: nothing in the file may run code or be read past its end. */
const EVERYWHERE: readonly Pragma[] = [
  ['trusted_schema', 'OFF', 0],
  ['cell_size_check', 'ON', 1],
  ['busy_timeout', `${BUSY_MS}`, BUSY_MS],
  ['temp_store', 'MEMORY', 2],
]

/**
 * Of every connection that writes. better-sqlite3 is built with NORMAL as the default of an
 * existing WAL file, so without this the second start would keep less than the first.
 */
const WRITING: readonly Pragma[] = [
  ['journal_mode', 'WAL', 'wal'],
  ['synchronous', 'FULL', 2],
  ['foreign_keys', 'ON', 1],
  ['wal_autocheckpoint', '1000', 1000],
  ['journal_size_limit', '67108864', 67_108_864],
]

/** Of a connection that only reads. */
const READING: readonly Pragma[] = [['query_only', 'ON', 1]]

/** Sets what a connection needs and reads each value back; throws where SQLite keeps another. */
export function setPragmas(client: Sqlite.Database, use: 'writing' | 'reading'): void {
  for (const [name, set, read] of [...EVERYWHERE, ...(use === 'writing' ? WRITING : READING)]) {
    client.pragma(`${name} = ${set}`)
    const value: unknown = client.pragma(name, { simple: true })
    if (value !== read) {
      throw new Error(`SQLite keeps ${name} at ${String(value)} where ${set} is needed`)
    }
  }
}
