import { and, desc, eq, inArray, isNull, lt, max, notInArray } from 'drizzle-orm'
import type { Database } from './open.ts'
import { saveRows } from './save-rows.ts'
import { attention } from './schema.ts'
import type { Transaction } from './writer.ts'

/** One need of one agent. Its text has passed the redactor before it came here. */
export type AttentionRow = typeof attention.$inferSelect

/** Rows of one history. */
const PAGE = 100

/** Writes needs as they are now, each over its older self. */
export function saveAttention(tx: Transaction, rows: readonly AttentionRow[]): void {
  saveRows(tx, attention, ['id'], rows)
}

/** Needs that nobody has ended, the oldest first. */
export function listOpenAttention(db: Database): AttentionRow[] {
  return db
    .select()
    .from(attention)
    .where(isNull(attention.closedAt))
    .orderBy(attention.openedAt)
    .all()
}

/** Needs that have ended, the oldest first: of each agent the newest of each reason. */
export function listSettledAttention(db: Database): AttentionRow[] {
  return db
    .select()
    .from(attention)
    .where(inArray(attention.id, newestOfEach(db)))
    .orderBy(attention.closedAt)
    .all()
}

/** All needs of one agent, the newest first, at most 100. */
export function listAttentionOf(db: Database, agent: string): AttentionRow[] {
  return db
    .select()
    .from(attention)
    .where(eq(attention.agent, agent))
    .orderBy(desc(attention.openedAt))
    .limit(PAGE)
    .all()
}

/** Whether there ever was a need of this id. */
export function hasAttention(db: Database, id: string): boolean {
  const row = db.select({ id: attention.id }).from(attention).where(eq(attention.id, id)).get()
  return row !== undefined
}

/**
 * Forgets needs that ended before a time (epoch milliseconds), but for what tells that the last ones
 * of an agent are taken care of. Returns how many.
 */
export function pruneAttention(tx: Transaction, before: number): number {
  const old = and(lt(attention.closedAt, before), notInArray(attention.id, newestOfEach(tx)))
  return tx.delete(attention).where(old).run().changes
}

/** Forgets all needs of agents that are not remembered any more. */
export function forgetAttention(tx: Transaction, agents: readonly string[]): void {
  tx.delete(attention)
    .where(inArray(attention.agent, [...agents]))
    .run()
}

/** Ids of the newest need of each agent and reason that has ended. */
function newestOfEach(db: Database | Transaction) {
  const newest = db
    .select({ id: attention.id, at: max(attention.closedAt).as('at') })
    .from(attention)
    .groupBy(attention.agent, attention.reason)
    .as('newest')
  // SQLite takes the other columns of such a group from the row that holds the maximum.
  return db.select({ id: newest.id }).from(newest)
}
