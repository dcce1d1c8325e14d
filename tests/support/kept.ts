import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect } from 'playwright/test'
import type { Server } from './server.ts'

/** Waits until what is on the disk says so: what only memory holds is lost by a kill. */
export async function kept(server: Server, sql: string): Promise<void> {
  const db = new Sqlite(join(server.dataDir, 'dogwatch.db'), { readonly: true })
  try {
    const query = db.prepare(sql)
    await expect.poll(() => query.get() !== undefined, sql).toBe(true)
  } finally {
    db.close()
  }
}

/** The run of tmux that stands now, with so many agents in their panes, and the agents themselves. */
export async function keptAgents(server: Server, count: number): Promise<void> {
  const mark = '"agent"'
  const marks = `(length(sessions) - length(replace(sessions, '${mark}', ''))) / ${mark.length}`
  await kept(server, `SELECT 1 FROM tmux_runs WHERE ${marks} = ${count}`)
  const named = `SELECT count(*) FROM agents WHERE view LIKE '%"conversation"%'`
  await kept(server, `SELECT 1 WHERE (${named}) = ${count}`)
}
