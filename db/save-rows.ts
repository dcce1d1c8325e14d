import { getTableColumns, sql } from 'drizzle-orm'
import type { SQLiteInsertValue, SQLiteTable, SQLiteUpdateSetSource } from 'drizzle-orm/sqlite-core'
import type { Database } from './database.ts'
import type { Transaction } from './writer.ts'

/**
 * Writes rows, each over its older self, which has the same `keys`. One statement serves all of them:
 * to put one together takes several times as long as to run it.
 */
export function saveRows<T extends SQLiteTable>(
  db: Database | Transaction,
  table: T,
  keys: readonly (keyof T['$inferSelect'] & string)[],
  rows: readonly T['$inferSelect'][],
): void {
  if (rows.length === 0) return
  const columns = Object.entries(getTableColumns(table))
  const isKey = (name: string) => keys.some((key) => key === name)
  const values = columns.map(([name]) => [name, sql.placeholder(name)])
  const rest = columns.filter(([name]) => !isKey(name))
  const set = rest.map(([name, { name: own }]) => [name, sql`excluded.${sql.identifier(own)}`])
  const statement = db
    .insert(table)
    .values(Object.fromEntries(values) as SQLiteInsertValue<T>)
    .onConflictDoUpdate({
      target: columns.filter(([name]) => isKey(name)).map(([, column]) => column),
      set: Object.fromEntries(set) as SQLiteUpdateSetSource<T>,
    })
    .prepare()
  for (const row of rows) statement.run(row)
}
