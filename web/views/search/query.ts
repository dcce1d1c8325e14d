import { SEARCH_KINDS, type SearchKind } from '../../../server/protocol.ts'

/** What the address of the search page says. Pure. */

export const TIMES = ['hour', 'day', 'week', 'month'] as const
/** How far back is looked. */
export type SearchTime = (typeof TIMES)[number]

const HOUR = 3_600_000
const TIME_MS: Readonly<Record<SearchTime, number>> = {
  hour: HOUR,
  day: 24 * HOUR,
  week: 7 * 24 * HOUR,
  month: 30 * 24 * HOUR,
}

export const GROUPINGS = ['agent', 'time'] as const
export type Grouping = (typeof GROUPINGS)[number]

/** A search as it stands in the address; an empty text stands for no filter. */
export interface PageQuery {
  text: string
  /** Empty: all kinds. */
  kinds: readonly SearchKind[]
  agent: string
  session: string
  repository: string
  time: SearchTime | ''
  grouping: Grouping
}

export function readQuery(search: string): PageQuery {
  const params = new URLSearchParams(search)
  const one = (name: string) => params.get(name) ?? ''
  const asked = params.getAll('kind')
  return {
    text: one('q'),
    kinds: SEARCH_KINDS.filter((kind) => asked.includes(kind)),
    agent: one('agent'),
    session: one('session'),
    repository: one('repository'),
    time: TIMES.find((time) => time === one('time')) ?? '',
    grouping: GROUPINGS.find((grouping) => grouping === one('by')) ?? 'agent',
  }
}

/** The address of a search. What is as usual does not stand in it. */
export function searchPath(query: PageQuery): string {
  const params = new URLSearchParams()
  if (query.text) params.set('q', query.text)
  for (const kind of query.kinds) params.append('kind', kind)
  const { agent, session, repository, time } = query
  for (const [name, value] of Object.entries({ agent, session, repository, time })) {
    if (value) params.set(name, value)
  }
  if (query.grouping !== 'agent') params.set('by', query.grouping)
  const text = `${params}`
  return text ? `/search?${text}` : '/search'
}

export function hasFilter({ kinds, agent, session, repository, time }: PageQuery): boolean {
  return kinds.length > 0 || [agent, session, repository, time].some((value) => value !== '')
}

/** The same text, looked for everywhere. */
export function withoutFilters({ text, grouping }: PageQuery): PageQuery {
  return { ...readQuery(''), text, grouping }
}

/** Since when is looked (epoch milliseconds); undefined: always. */
export function timeFrom(time: SearchTime | '', now: number): number | undefined {
  return time ? now - TIME_MS[time] : undefined
}
