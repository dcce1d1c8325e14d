import { desc, inArray } from 'drizzle-orm'
import type { Database } from './open.ts'
import { batches } from './schema.ts'
import type { Transaction } from './writer.ts'

/** A session and its batch. The label has passed the redactor. */
export type BatchRow = typeof batches.$inferSelect

/** Writes labels, each over the session's older one. */
export function saveBatches(tx: Transaction, rows: readonly BatchRow[]): void {
  for (const { session, ...rest } of rows) {
    tx.insert(batches)
      .values({ session, ...rest })
      .onConflictDoUpdate({ target: batches.session, set: rest })
      .run()
  }
}

/** Every label that is kept, the newest first. */
export function listBatches(db: Database | Transaction): BatchRow[] {
  return db.select().from(batches).orderBy(desc(batches.at)).all()
}

/** Forgets the labels of sessions. */
export function forgetBatches(tx: Transaction, sessions: readonly string[]): void {
  if (sessions.length > 0)
    tx.delete(batches)
      .where(inArray(batches.session, [...sessions]))
      .run()
}
