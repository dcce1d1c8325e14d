import { desc } from 'drizzle-orm'
import { TermFinder } from '../server/lib/terms.ts'
import type { Database } from './database.ts'
import { turns } from './schema.ts'

/** Turns that one search reads, newest first; older ones are not found. */
const READ_MAX = 50_000

export interface TurnSearch {
  terms: string[]
  agent?: string
  /** Epoch milliseconds, both included. */
  from?: number
  to?: number
  limit: number
}

/** A line of a turn that has all terms: its prompt (line 0) or its last words (line 1). */
export interface TurnHit {
  agent: string
  generation: number
  at: number
  line: 0 | 1
  text: string
}

/** Searches what was asked in turns and how they ended, newest first. For the thread of heavy reads. */
export function searchTurns(
  db: Database,
  { terms, agent, from, to, limit }: TurnSearch,
): TurnHit[] {
  const finder = new TermFinder(terms)
  const rows = db
    .select({
      agent: turns.agent,
      generation: turns.generation,
      startedAt: turns.startedAt,
      prompt: turns.prompt,
      lastWords: turns.lastWords,
    })
    .from(turns)
    .orderBy(desc(turns.startedAt))
    .limit(READ_MAX)
    .all()
  const hits: TurnHit[] = []
  for (const row of rows) {
    const at = row.startedAt
    if (agent !== undefined && row.agent !== agent) continue
    if ((from !== undefined && at < from) || (to !== undefined && at > to)) continue
    for (const [line, text] of [row.prompt, row.lastWords].entries()) {
      if (text === '' || !finder.inLine(text)) continue
      hits.push({
        agent: row.agent,
        generation: row.generation,
        at,
        line: line === 0 ? 0 : 1,
        text,
      })
    }
    if (hits.length > limit) break
  }
  return hits
}
