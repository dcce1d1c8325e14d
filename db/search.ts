import { and, between, desc, eq, inArray, lt, max } from 'drizzle-orm'
import type { Database } from './database.ts'
import { type StoredSearchKind, searchTexts } from './schema.ts'
import type { Transaction } from './writer.ts'

/** Ids of one millisecond. With a time of today they stay far below 2^53. */
export const IDS_PER_MS = 1_024

/** A piece of text that can be found; it has passed the redactor before it came here. */
export interface SearchText extends Omit<typeof searchTexts.$inferSelect, 'id'> {
  /** Epoch milliseconds. */
  at: number
}

/** Adds pieces, in order. In the transaction of what they are part of, so that none is without. */
export function addSearchTexts(tx: Transaction, pieces: readonly SearchText[]): void {
  for (const { at, ...piece } of pieces) {
    tx.insert(searchTexts)
      .values({ ...piece, id: nextId(tx, at) })
      .run()
  }
}

/** Forgets the pieces of these parts of an agent's memory. */
export function dropSearchTexts(
  tx: Transaction,
  agent: string,
  kind: StoredSearchKind,
  refs: readonly string[],
): void {
  tx.delete(searchTexts)
    .where(
      and(
        eq(searchTexts.agent, agent),
        eq(searchTexts.kind, kind),
        inArray(searchTexts.ref, [...refs]),
      ),
    )
    .run()
}

/** Which of these parts have pieces already. */
export function knownRefs(
  db: Database,
  agent: string,
  kind: StoredSearchKind,
  refs: readonly string[],
): Set<string> {
  const rows = db
    .select({ ref: searchTexts.ref })
    .from(searchTexts)
    .where(
      and(
        eq(searchTexts.agent, agent),
        eq(searchTexts.kind, kind),
        inArray(searchTexts.ref, [...refs]),
      ),
    )
    .all()
  return new Set(rows.map(({ ref }) => ref))
}

/**
 * Forgets pieces of a kind that are older than `before` (epoch milliseconds) or more than `keep`,
 * at most `limit` of them, oldest first; returns how many went.
 */
export function trimSearchTexts(
  tx: Transaction,
  kind: StoredSearchKind,
  { before, keep, limit }: { before: number; keep: number; limit: number },
): number {
  const surplus = tx
    .select({ id: searchTexts.id })
    .from(searchTexts)
    .where(eq(searchTexts.kind, kind))
    .orderBy(desc(searchTexts.id))
    .limit(1)
    .offset(keep)
    .get()
  const bound = Math.max(before * IDS_PER_MS, surplus ? surplus.id + 1 : 0)
  const old = tx
    .select({ id: searchTexts.id })
    .from(searchTexts)
    .where(and(eq(searchTexts.kind, kind), lt(searchTexts.id, bound)))
    .orderBy(searchTexts.id)
    .limit(limit)
    .all()
  const ids = old.map(({ id }) => id)
  if (ids.length > 0) tx.delete(searchTexts).where(inArray(searchTexts.id, ids)).run()
  return ids.length
}

/** The next free id of a time. A millisecond that is full goes on in the next one. */
function nextId(tx: Transaction, at: number): number {
  for (let first = Math.trunc(at) * IDS_PER_MS; ; first += IDS_PER_MS) {
    const last = tx
      .select({ id: max(searchTexts.id) })
      .from(searchTexts)
      .where(between(searchTexts.id, first, first + IDS_PER_MS - 1))
      .get()
    if (last?.id == null) return first
    if (last.id < first + IDS_PER_MS - 1) return last.id + 1
  }
}
