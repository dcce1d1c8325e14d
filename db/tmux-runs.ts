import { desc, inArray } from 'drizzle-orm'
import type { Database } from './open.ts'
import { tmuxRuns } from './schema.ts'
import type { Transaction } from './writer.ts'

/** One life of a tmux server as it is kept. Its texts are redacted. */
export type TmuxRunRow = typeof tmuxRuns.$inferSelect

/** Writes a run as it is now, over its older self. */
export function saveRun(tx: Transaction, { id, ...rest }: TmuxRunRow): void {
  tx.insert(tmuxRuns)
    .values({ id, ...rest })
    .onConflictDoUpdate({ target: tmuxRuns.id, set: rest })
    .run()
}

/** Every run that is kept, the one that was seen last first. */
export function listRuns(db: Database): TmuxRunRow[] {
  return db.select().from(tmuxRuns).orderBy(desc(tmuxRuns.seenAt)).all()
}

/** Forgets runs. */
export function forgetRuns(tx: Transaction, ids: readonly string[]): void {
  if (ids.length > 0)
    tx.delete(tmuxRuns)
      .where(inArray(tmuxRuns.id, [...ids]))
      .run()
}
