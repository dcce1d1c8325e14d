import { and, asc, desc, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import type { Database } from './open.ts'
import { snapshots } from './schema.ts'
import type { Transaction } from './writer.ts'

/** One row. Its texts have passed the redactor before they came here. */
export type SnapshotRow = typeof snapshots.$inferSelect
/** A row without what it showed: lists and sums do not read that. */
export type SnapshotFacts = Omit<SnapshotRow, 'content'>

/** What retention needs to know of a snapshot. */
export type SnapshotSize = Pick<
  SnapshotRow,
  'agent' | 'generation' | 'number' | 'at' | 'seenAt' | 'bytes'
>

/** Names one snapshot for ever. */
export type SnapshotKey = Pick<SnapshotRow, 'agent' | 'number'>

const { content: _, ...FACTS } = {
  agent: snapshots.agent,
  generation: snapshots.generation,
  number: snapshots.number,
  at: snapshots.at,
  seenAt: snapshots.seenAt,
  reason: snapshots.reason,
  activity: snapshots.activity,
  cols: snapshots.cols,
  rows: snapshots.rows,
  lines: snapshots.lines,
  cut: snapshots.cut,
  total: snapshots.total,
  history: snapshots.history,
  anchor: snapshots.anchor,
  head: snapshots.head,
  changes: snapshots.changes,
  hash: snapshots.hash,
  bytes: snapshots.bytes,
  content: snapshots.content,
}

/** Adds a snapshot. Throws where its number is taken: none is ever written over. */
export function insertSnapshot(tx: Transaction, row: SnapshotRow): void {
  tx.insert(snapshots).values(row).run()
}

/** The screen still showed the same at `at` (epoch milliseconds). False where it is not kept any more. */
export function confirmSnapshot(
  tx: Transaction,
  { agent, number }: SnapshotKey,
  at: number,
): boolean {
  const { changes } = tx
    .update(snapshots)
    .set({ seenAt: sql`max(${snapshots.seenAt}, ${at})` })
    .where(and(eq(snapshots.agent, agent), eq(snapshots.number, number)))
    .run()
  return changes > 0
}

/** The newest of an agent, or of one of its turns. */
export function lastSnapshot(
  db: Database,
  agent: string,
  generation?: number,
): SnapshotFacts | undefined {
  const ofTurn = generation === undefined ? undefined : eq(snapshots.generation, generation)
  return db
    .select(FACTS)
    .from(snapshots)
    .where(and(eq(snapshots.agent, agent), ofTurn))
    .orderBy(desc(snapshots.number))
    .limit(1)
    .get()
}

/** Snapshots of an agent, newest first; `before` is a number of one. */
export function listSnapshots(
  db: Database,
  agent: string,
  { before, generation, limit }: { before?: number; generation?: number; limit: number },
): SnapshotFacts[] {
  const older = before === undefined ? undefined : lt(snapshots.number, before)
  const ofTurn = generation === undefined ? undefined : eq(snapshots.generation, generation)
  return db
    .select(FACTS)
    .from(snapshots)
    .where(and(eq(snapshots.agent, agent), older, ofTurn))
    .orderBy(desc(snapshots.number))
    .limit(limit)
    .all()
}

/** One snapshot with what it showed. */
export function getSnapshot(db: Database, { agent, number }: SnapshotKey): SnapshotRow | undefined {
  return db
    .select()
    .from(snapshots)
    .where(and(eq(snapshots.agent, agent), eq(snapshots.number, number)))
    .get()
}

/** Snapshots of one turn after a number, oldest first, with what they showed. */
export function turnSnapshots(
  db: Database,
  agent: string,
  generation: number,
  { after, limit }: { after: number; limit: number },
): SnapshotRow[] {
  return db
    .select()
    .from(snapshots)
    .where(
      and(
        eq(snapshots.agent, agent),
        eq(snapshots.generation, generation),
        gt(snapshots.number, after),
      ),
    )
    .orderBy(asc(snapshots.number))
    .limit(limit)
    .all()
}

/** Every snapshot's place and size, oldest first within its agent. */
export function snapshotSizes(db: Database | Transaction): SnapshotSize[] {
  return db
    .select({
      agent: snapshots.agent,
      generation: snapshots.generation,
      number: snapshots.number,
      at: snapshots.at,
      seenAt: snapshots.seenAt,
      bytes: snapshots.bytes,
    })
    .from(snapshots)
    .orderBy(asc(snapshots.agent), asc(snapshots.number))
    .all()
}

/** Forgets snapshots of one agent. */
export function deleteSnapshots(tx: Transaction, agent: string, numbers: readonly number[]): void {
  tx.delete(snapshots)
    .where(and(eq(snapshots.agent, agent), inArray(snapshots.number, [...numbers])))
    .run()
}
