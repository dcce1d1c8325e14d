import { ReadError, type Reader } from '../../db/reader.ts'
import type { TurnHit } from '../../db/search-turns.ts'
import { parseTerms, TermFinder, windowOf } from '../lib/terms.ts'
import { DeadlineError, deadline } from '../lib/time.ts'
import type { Log } from '../log.ts'
import {
  type AgentView,
  SEARCH_KINDS,
  type SearchHit,
  type SearchKind,
  type SearchResponse,
} from '../protocol.ts'
import { Failure } from './failure.ts'
import type { Registry } from './registry.ts'
import { agentPlace, isInside } from './search-place.ts'
import { searchScreens } from './search-screens.ts'

/** A found line is shown with so many characters. */
export const HIT_CHARS = 240
/** Reading and screens have so long (milliseconds); what is late is left out, and `more` says so. */
const DEADLINE_MS = 2_000

export interface SearchQuery {
  /** What to look for, as it was typed. */
  text: string
  kinds?: readonly SearchKind[]
  agent?: string
  /** Name of a session, as it was then. */
  session?: string
  /** A folder; what lies in it counts too. */
  repository?: string
  /** Epoch milliseconds, both included. */
  from?: number
  to?: number
  limit: number
}

export interface SearchDeps {
  registry: Registry
  reader: Reader
  log: Log
}

/** Searches live screens, what is stored, titles and prompts, newest first. */
export async function search(deps: SearchDeps, query: SearchQuery): Promise<SearchResponse> {
  const started = performance.now()
  const terms = parseTerms(query.text)
  if (terms.length === 0) return { hits: [], more: false, took: 0 }
  const finder = new TermFinder(terms)
  const parts = await Promise.all([
    inTime(deps, () => screenHits(deps, query, terms, finder)),
    inTime(deps, () => storedHits(deps, query, terms)),
    inTime(deps, () => promptHits(deps, query, terms, finder)),
    { hits: titleHits(deps, query, finder), more: false },
  ])
  const hits = parts.flatMap((part) => part.hits).sort((a, b) => b.at - a.at)
  return {
    hits: hits.slice(0, query.limit),
    more: hits.length > query.limit || parts.some((part) => part.more),
    took: Math.round(performance.now() - started),
  }
}

interface Part {
  hits: SearchHit[]
  more: boolean
}

const NOTHING: Part = { hits: [], more: false }

/** A part that is late or busy must not take the others with it. */
async function inTime({ log }: SearchDeps, work: () => Promise<Part>): Promise<Part> {
  try {
    return await deadline(work(), DEADLINE_MS, 'a search')
  } catch (error) {
    if (error instanceof ReadError && error.code === 'busy') {
      throw new Failure('busy', 'Too many searches run. Try again in a moment.', { cause: error })
    }
    if (!(error instanceof DeadlineError) && !(error instanceof ReadError)) throw error
    log.warn({ error }, 'a part of a search was left out')
    return { hits: [], more: true }
  }
}

function wants({ kinds }: SearchQuery, kind: SearchKind): boolean {
  return kinds === undefined || kinds.includes(kind)
}

async function screenHits(
  { registry }: SearchDeps,
  query: SearchQuery,
  terms: readonly string[],
  finder: TermFinder,
): Promise<Part> {
  const now = Date.now()
  if (!wants(query, 'screen') || !isWithin(now, query)) return NOTHING
  const found = await searchScreens(registry, terms, finder)
  const hits = found.flatMap(({ pane, session, agent, cwd, lines }): SearchHit[] => {
    const view = agent === undefined ? undefined : registry.agent(agent)
    const place = {
      ...(view ? { agent: view.id, agentKind: view.kind } : {}),
      session,
      repository: view?.git?.repository ?? cwd,
    }
    if (!isPlace(place, query)) return []
    return lines.map(({ line, text }) => ({
      kind: 'screen' as const,
      ...place,
      at: now,
      ref: pane,
      line,
      ...shown(text, finder),
    }))
  })
  return { hits, more: false }
}

async function storedHits(
  { reader }: SearchDeps,
  query: SearchQuery,
  terms: string[],
): Promise<Part> {
  const kinds = SEARCH_KINDS.filter(
    (kind) => (kind === 'snapshot' || kind === 'transcript') && wants(query, kind),
  )
  if (kinds.length === 0) return NOTHING
  const { agent, session, repository, from, to, limit } = query
  const filters = { agent, session, repository, from, to }
  return reader.call('searchStored', { terms, kinds, limit, ...given(filters) })
}

async function promptHits(
  { reader, registry }: SearchDeps,
  query: SearchQuery,
  terms: string[],
  finder: TermFinder,
): Promise<Part> {
  if (!wants(query, 'prompt')) return NOTHING
  const { agent, from, to, limit } = query
  const found = await reader.call('searchTurns', { terms, limit, ...given({ agent, from, to }) })
  const hits = found.flatMap((hit: TurnHit): SearchHit[] => {
    const view = registry.agent(hit.agent)
    const place = { agent: hit.agent, ...placeOf(view, registry) }
    if (!isPlace(place, query)) return []
    const { at, line, text, generation } = hit
    return [{ kind: 'prompt', ...place, at, ref: `${generation}`, line, ...shown(text, finder) }]
  })
  return { hits, more: found.length > limit }
}

function titleHits({ registry }: SearchDeps, query: SearchQuery, finder: TermFinder): SearchHit[] {
  if (!wants(query, 'title')) return []
  return registry.agents().flatMap((view): SearchHit[] => {
    const { id, title, pane } = view
    const at = view.endedAt ?? view.since
    const place = { agent: id, ...placeOf(view, registry) }
    if (!finder.inLine(title) || !isPlace(place, query) || !isWithin(at, query)) return []
    return [{ kind: 'title', ...place, at, ref: pane, line: 0, ...shown(title, finder) }]
  })
}

type Place = Pick<SearchHit, 'agent' | 'agentKind' | 'session' | 'repository'>

function placeOf(view: AgentView | undefined, registry: Registry): Omit<Place, 'agent'> {
  if (!view) return { session: '', repository: '' }
  return { agentKind: view.kind, ...agentPlace(view, registry) }
}

function isPlace(place: Place, { agent, session, repository }: SearchQuery): boolean {
  if (agent !== undefined && place.agent !== agent) return false
  if (session !== undefined && place.session !== session) return false
  return repository === undefined || isInside(place.repository, repository)
}

function isWithin(at: number, { from, to }: SearchQuery): boolean {
  return (from === undefined || at >= from) && (to === undefined || at <= to)
}

function shown(line: string, finder: TermFinder): Pick<SearchHit, 'text' | 'ranges'> {
  return windowOf(line, finder.ranges(line), HIT_CHARS)
}

/** Without the fields that were not given. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
