import { desc, eq, inArray } from 'drizzle-orm'
import { forgetAttention } from './attention.ts'
import type { Database } from './open.ts'
import { saveRows } from './save-rows.ts'
import { agents, searchTexts, snapshots, turns } from './schema.ts'
import type { Transaction } from './writer.ts'

/** An agent as it is kept. Its texts have passed the redactor before they came here. */
export type AgentRow = typeof agents.$inferSelect

/** Writes agents as they are now, each over its older self. */
export function saveAgents(tx: Transaction, rows: readonly AgentRow[]): void {
  saveRows(tx, agents, ['id'], rows)
}

export function findAgent(db: Database, id: string): AgentRow | undefined {
  return db.select().from(agents).where(eq(agents.id, id)).get()
}

/** Every agent that is kept, the one that was seen last first. */
export function listAgents(db: Database): AgentRow[] {
  return db.select().from(agents).orderBy(desc(agents.seenAt)).all()
}

/** Forgets agents and all that was kept of them. */
export function forgetAgents(tx: Transaction, ids: readonly string[]): void {
  if (ids.length === 0) return
  const list = [...ids]
  tx.delete(searchTexts).where(inArray(searchTexts.agent, list)).run()
  tx.delete(snapshots).where(inArray(snapshots.agent, list)).run()
  tx.delete(turns).where(inArray(turns.agent, list)).run()
  forgetAttention(tx, list)
  tx.delete(agents).where(inArray(agents.id, list)).run()
}
