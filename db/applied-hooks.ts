import { inArray } from 'drizzle-orm'
import type { Database } from './open.ts'
import { appliedHooks } from './schema.ts'
import type { Transaction } from './writer.ts'

/** Ids that one statement may carry; SQLite's own limit is higher, but a slice stays short. */
const SLICE = 500

/**
 * Runs `apply` and notes the hook event as applied, both or neither. False, without running it,
 * where it was applied before: its file outlived a crash.
 */
export function applyOnce(
  db: Database | Transaction,
  id: string,
  apply: (tx: Transaction) => void,
): boolean {
  return db.transaction((tx) => {
    const { changes } = tx.insert(appliedHooks).values({ id }).onConflictDoNothing().run()
    if (changes === 0) return false
    apply(tx)
    return true
  })
}

/** Forgets events whose files are gone for good. */
export function forgetApplied(db: Database, ids: readonly string[]): void {
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
