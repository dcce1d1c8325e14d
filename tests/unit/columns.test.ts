import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { getTableColumns, is, Table } from 'drizzle-orm'
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { expect, test } from 'playwright/test'
import { closeDatabase, type Database, openDatabase } from '../../db/open.ts'
import * as schema from '../../db/schema.ts'
import { type Transaction, Writer } from '../../db/writer.ts'
import { KEPT, type KeptTable } from '../support/kept-tables.ts'
import { scratchFolder } from '../support/scratch.ts'
import { quietLog } from '../support/watch.ts'

/** Something else of the column's own kind; a number by more than any number is rounded by. */
function otherValue(column: { dataType: string }, value: unknown): unknown {
  if (column.dataType === 'json') return JSON.stringify(Array.isArray(value) ? ['other'] : {})
  if (typeof value === 'number') return value + 1_000_003
  return Buffer.isBuffer(value) ? Buffer.from('other') : 'other'
}

/** All that the program makes of what is kept; what it cannot use at all is told as that. */
async function told(read: KeptTable['read'], scene: Parameters<KeptTable['read']>[0]) {
  try {
    return JSON.stringify(await read(scene))
  } catch (error) {
    return String(error)
  }
}

for (const [name, table] of Object.entries(schema)) {
  if (!is(table, Table) || !is(table, SQLiteTable)) continue
  const own = getTableConfig(table).name

  test(`each column of "${own}" is written, and without it the program would tell something else`, async () => {
    const { write, read } = KEPT[name] ?? {}
    if (!write || !read) throw new Error(`tests/support/kept-tables.ts says nothing of "${name}"`)
    await using folder = await scratchFolder()
    const file = join(folder.path, 'conversation.jsonl')
    writeFileSync(file, `${JSON.stringify({ type: 'user', message: { content: 'Fix it' } })}\n`)
    const { db } = openDatabase(folder.path)
    const writer = new Writer({ db, log: quietLog })
    const scene = { db, writer, file }
    await writer.write((tx: Transaction) => write(tx, file))
    const [row = {}] = rowsOf(db, own)
    const before = await told(read, scene)
    expect(await told(read, scene)).toBe(before)
    const unused: string[] = []
    for (const [property, column] of Object.entries(getTableColumns(table))) {
      const value = row[column.name]
      expect(value, `${property} is written`).not.toBeNull()
      const parsed = column.dataType === 'json' ? JSON.parse(String(value)) : value
      putRow(db, own, { ...row, [column.name]: otherValue(column, parsed) })
      if ((await told(read, scene)) === before) unused.push(property)
    }
    expect(unused).toEqual([])
    writer.close()
    closeDatabase(db)
  })
}

function rowsOf(db: Database, table: string): Record<string, unknown>[] {
  return db.$client.prepare<[], Record<string, unknown>>(`SELECT * FROM ${table}`).all()
}

/** The only row of a table. */
function putRow(db: Database, table: string, row: Record<string, unknown>): void {
  const names = Object.keys(row)
  db.$client.exec(`DELETE FROM ${table}`)
  db.$client
    .prepare(`INSERT INTO ${table} (${names}) VALUES (${names.map((name) => `@${name}`)})`)
    .run(row)
}
