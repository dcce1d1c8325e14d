import type { Database } from './database.ts'

/** What SQLite finds wrong with the whole file, in its own words, at most `limit`; empty if nothing. */
export function checkIntegrity({ $client }: Database, { limit }: { limit: number }): string[] {
  const rows = $client.pragma(`integrity_check(${Math.trunc(limit)})`) as Record<string, string>[]
  return rows.map((row) => row.integrity_check ?? '').filter((line) => line !== 'ok')
}
