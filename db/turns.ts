import { and, count, desc, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import type { TurnView } from '../server/protocol.ts'
import type { Database } from './open.ts'
import { saveRows } from './save-rows.ts'
import { turns } from './schema.ts'
import type { Transaction } from './writer.ts'

/** One row. Its texts have passed the redactor before they came here. */
export type TurnRow = typeof turns.$inferSelect

/** Writes turns as they are now, each over its older self, in one transaction. */
export function saveTurns(db: Database | Transaction, views: readonly TurnView[]): void {
  db.transaction((tx) => saveRows(tx, turns, ['agent', 'generation'], views.map(rowOf)))
}

/** Turns of an agent, newest first; with `before`, only those of a smaller generation. */
export function listTurns(
  db: Database,
  agent: string,
  { before, limit = 50 }: { before?: number; limit?: number } = {},
): TurnView[] {
  const older = before === undefined ? undefined : lt(turns.generation, before)
  return db
    .select()
    .from(turns)
    .where(and(eq(turns.agent, agent), older))
    .orderBy(desc(turns.generation))
    .limit(limit)
    .all()
    .map(viewOf)
}

/** Turns that were running when we were last here. */
export function openTurns(db: Database): TurnView[] {
  return db
    .select()
    .from(turns)
    .where(isNull(turns.endedAt))
    .orderBy(turns.startedAt)
    .all()
    .map(viewOf)
}

/** Turns that have ended and began before a time (epoch milliseconds) go; returns how many. */
export function forgetTurns(db: Database | Transaction, before: number): number {
  return db
    .delete(turns)
    .where(and(lt(turns.startedAt, before), lt(turns.endedAt, before)))
    .run().changes
}

/** Of the turns that have ended the oldest beyond `keep` go, at most `most` of them; returns how many. */
export function forgetOldestTurns(
  db: Database | Transaction,
  { keep, most }: { keep: number; most: number },
): number {
  const held = db.select({ held: count() }).from(turns).get()?.held ?? 0
  const oldest = db
    .select({ rowid: sql`rowid` })
    .from(turns)
    .where(isNotNull(turns.endedAt))
    .orderBy(turns.startedAt)
    .limit(Math.min(most, Math.max(0, held - keep)))
  return db.delete(turns).where(sql`rowid IN ${oldest}`).run().changes
}

function rowOf({ usage, ...view }: TurnView): TurnRow {
  return {
    agent: view.agent,
    generation: view.generation,
    startedAt: view.startedAt,
    endedAt: view.endedAt ?? null,
    end: view.end ?? null,
    prompt: view.prompt,
    lastWords: view.lastWords,
    tools: view.tools,
    input: usage.input ?? null,
    output: usage.output ?? null,
    cacheRead: usage.cacheRead ?? null,
    cacheWrite: usage.cacheWrite ?? null,
    contextUsed: usage.contextUsed ?? null,
    contextSize: usage.contextSize ?? null,
    costUsd: usage.costUsd ?? null,
  }
}

function viewOf(row: TurnRow): TurnView {
  const { agent, generation, startedAt, endedAt, end, prompt, lastWords, tools, ...usage } = row
  return {
    id: `${agent}.${generation}`,
    agent,
    generation,
    startedAt,
    ...(endedAt === null ? {} : { endedAt }),
    ...(end === null ? {} : { end }),
    prompt,
    lastWords,
    tools,
    usage: Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null)),
  }
}
