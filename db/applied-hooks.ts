import { inArray } from 'drizzle-orm'
import type { Database } from './open.ts'
import { appliedHooks } from './schema.ts'
import type { Transaction } from './writer.ts'

/** Ids that one statement may carry; SQLite's own limit is higher, but a slice stays short. */
const SLICE = 500

/** Notes hook events as applied: in the transaction that holds their effects, both or neither. */
export function noteApplied(db: Database | Transaction, ids: readonly string[]): void {
  for (let start = 0; start < ids.length; start += SLICE) {
    const rows = ids.slice(start, start + SLICE).map((id) => ({ id }))
    db.insert(appliedHooks).values(rows).onConflictDoNothing().run()
  }
}

/** Forgets events whose files are gone for good. */
export function forgetApplied(db: Database | Transaction, ids: readonly string[]): void {
  for (let start = 0; start < ids.length; start += SLICE) {
    db.delete(appliedHooks)
      .where(inArray(appliedHooks.id, ids.slice(start, start + SLICE)))
      .run()
  }
}

/** Every event that is noted; at a start, those without a file in the spool can be forgotten. */
export function listApplied(db: Database): string[] {
  return db
    .select()
    .from(appliedHooks)
    .all()
    .map(({ id }) => id)
}
