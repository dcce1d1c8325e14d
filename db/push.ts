import { eq } from 'drizzle-orm'
import type { Database } from './open.ts'
import { pushTargets } from './schema.ts'
import type { Transaction } from './writer.ts'

/** One place that notices are sent to. Address and keys are secrets. */
export type PushTargetRow = typeof pushTargets.$inferSelect

/** All places that notices are sent to. */
export function listPushTargets(db: Database): PushTargetRow[] {
  return db.select().from(pushTargets).all()
}

/** Keeps a place, over what it was before. */
export function savePushTarget(tx: Transaction, row: PushTargetRow): void {
  const { id: _, ...rest } = row
  tx.insert(pushTargets).values(row).onConflictDoUpdate({ target: pushTargets.id, set: rest }).run()
}

/** Forgets a place, if it is there. */
export function deletePushTarget(tx: Transaction, id: string): void {
  tx.delete(pushTargets).where(eq(pushTargets.id, id)).run()
}
