import { getTableColumns, is, Table } from 'drizzle-orm'
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { expect, test } from 'playwright/test'
import * as schema from '../../db/schema.ts'
import { readSources, type Source } from '../support/sources.ts'

const sources = readSources('db', 'server').filter(({ path }) => path !== 'db/schema.ts')

/** The files that know a table: those which import it, and those which import one of these. */
function knowing(table: string): Source[] {
  const first = sources.filter(
    ({ imports, text }) =>
      imports.includes('db/schema.ts') && new RegExp(`\\b${table}\\b`).test(text),
  )
  const paths = new Set(first.map(({ path }) => path))
  return sources.filter(
    ({ path, imports }) => paths.has(path) || imports.some((to) => paths.has(to)),
  )
}

for (const [name, table] of Object.entries(schema)) {
  if (!is(table, Table) || !is(table, SQLiteTable)) continue
  test(`each column of "${getTableConfig(table).name}" has a writer and a reader`, () => {
    const text = knowing(name)
      .map((source) => source.text)
      .join('\n')
    const columns = Object.keys(getTableColumns(table))
    // Named at least twice beyond the schema: where it is set, and where it is asked for.
    const dead = columns.filter(
      (column) => [...text.matchAll(new RegExp(`\\b${column}\\b`, 'g'))].length < 2,
    )
    expect(dead).toEqual([])
  })
}
