import { TermFinder, windowOf } from '../server/lib/terms.ts'
import type { AgentKind, SearchHit, SearchKind } from '../server/protocol.ts'
import type { Database } from './database.ts'
import { IDS_PER_MS } from './search.ts'

/** A search stops to look after so long (milliseconds); what it has by then is its answer. */
const BUDGET_MS = 100
/** A found line is shown with so many characters, and a piece with so many lines. */
const LINE_CHARS = 240
const LINES_OF_PIECE = 5
/** An index of trigrams knows no shorter terms; those are looked for piece by piece. In characters. */
const TRIGRAM = 3
/** Trigrams that one term asks for: more only repeat that it is not there. */
const TRIGRAMS_OF_TERM = 16

export interface StoredSearch {
  terms: string[]
  kinds: SearchKind[]
  agent?: string
  session?: string
  /** A folder; what lies in it counts too. */
  repository?: string
  /** Epoch milliseconds, both included. */
  from?: number
  to?: number
  limit: number
  /** Looks no longer than this (milliseconds). */
  budgetMs?: number
}

export interface StoredHits {
  hits: SearchHit[]
  more: boolean
}

interface PieceRow {
  id: number
  kind: SearchKind
  agent: string
  agentKind: AgentKind
  session: string
  repository: string
  ref: string
  line: number
  text: string
}

/** Searches what is stored, newest first. For the thread of heavy reads. */
export function searchStored(db: Database, search: StoredSearch): StoredHits {
  const { terms, limit, budgetMs = BUDGET_MS } = search
  const finder = new TermFinder(terms)
  const started = performance.now()
  const hits: SearchHit[] = []
  const { sql, values } = statementOf(search)
  for (const row of db.$client.prepare<unknown[], PieceRow>(sql).iterate(...values)) {
    if (finder.inText(row.text)) {
      hits.push(...hitsOf(row, finder))
      if (hits.length > limit) return { hits: hits.slice(0, limit), more: true }
    }
    if (performance.now() - started > budgetMs) return { hits, more: true }
  }
  return { hits, more: false }
}

/** User text is in the values alone. Of the index it asks for quoted trigrams, which are data too. */
function statementOf(search: StoredSearch): { sql: string; values: unknown[] } {
  const trigrams = [...new Set(search.terms.flatMap(trigramsOf))]
  const isIndexed = trigrams.length > 0
  const id = isIndexed ? 'search_index.rowid' : 'pieces.id'
  const where: string[] = []
  const values: unknown[] = []
  const ask = (condition: string, ...given: unknown[]) => {
    where.push(condition)
    values.push(...given)
  }
  if (isIndexed) {
    ask(
      'search_index MATCH ?',
      trigrams.map((part) => `"${part.replaceAll('"', '""')}"`).join(' AND '),
    )
  }
  if (search.from !== undefined) ask(`${id} >= ?`, search.from * IDS_PER_MS)
  if (search.to !== undefined) ask(`${id} < ?`, (search.to + 1) * IDS_PER_MS)
  ask(`pieces.kind IN (${search.kinds.map(() => '?').join(', ')})`, ...search.kinds)
  if (search.agent !== undefined) ask('pieces.agent = ?', search.agent)
  if (search.session !== undefined) ask('pieces.session = ?', search.session)
  if (search.repository !== undefined) {
    const folder = search.repository.replace(/\/+$/, '')
    ask(
      '(pieces.repository = ? OR substr(pieces.repository, 1, ?) = ?)',
      folder,
      folder.length + 1,
      `${folder}/`,
    )
  }
  const from = isIndexed
    ? 'search_index CROSS JOIN search_texts AS pieces ON pieces.id = search_index.rowid'
    : 'search_texts AS pieces'
  const columns = 'pieces.id, kind, agent, agent_kind AS agentKind, session, repository, ref, line'
  const sql = `SELECT ${columns}, pieces.text FROM ${from} WHERE ${where.join(' AND ')} ORDER BY ${id} DESC`
  return { sql, values }
}

/** Every run of three characters of a term, or of a long one so many from both of its ends. */
function trigramsOf(term: string): string[] {
  const characters = [...term]
  const all: string[] = []
  for (let at = 0; at + TRIGRAM <= characters.length; at++) {
    const part = characters.slice(at, at + TRIGRAM).join('')
    // In a quoted term a blank may stand for another one, such as the end of a line.
    if (!part.includes(' ')) all.push(part)
  }
  if (all.length <= TRIGRAMS_OF_TERM) return all
  return [...all.slice(0, TRIGRAMS_OF_TERM / 2), ...all.slice(-TRIGRAMS_OF_TERM / 2)]
}

/** The lines that have all terms; where none has, the one that has the most. */
function hitsOf(row: PieceRow, finder: TermFinder): SearchHit[] {
  const lines = row.text.split('\n')
  const whole = lines.flatMap((line, at) => (finder.inLine(line) ? [at] : []))
  const best = whole.length > 0 ? whole.slice(0, LINES_OF_PIECE) : [bestLine(lines, finder)]
  return best.map((at) => {
    const line = lines[at] ?? ''
    const { text, ranges } = windowOf(line, finder.ranges(line), LINE_CHARS)
    const { kind, agent, agentKind, session, repository, ref } = row
    const place = { agent, agentKind, session, repository, ref, line: row.line + at }
    return { kind, ...place, at: Math.floor(row.id / IDS_PER_MS), text, ranges }
  })
}

function bestLine(lines: readonly string[], finder: TermFinder): number {
  let best = 0
  let most = -1
  for (const [at, line] of lines.entries()) {
    const count = finder.count(line)
    if (count > most) [best, most] = [at, count]
  }
  return best
}
