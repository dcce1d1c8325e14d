import type { SearchKind, SearchResponse } from '../../server/protocol.ts'
import { request } from './api.ts'

/** What to look for, and where. */
export interface SearchRequest {
  text: string
  /** Empty: everywhere. */
  kinds: readonly SearchKind[]
  agent: string
  session: string
  repository: string
  /** Epoch milliseconds of the server's clock; undefined: of all times. */
  from: number | undefined
  limit: number
}

/** Looks through live screens and everything that is remembered, newest first. */
export function searchAll(asked: SearchRequest, signal?: AbortSignal): Promise<SearchResponse> {
  const { text, kinds, agent, session, repository, from, limit } = asked
  const query = new URLSearchParams({ q: text, limit: `${limit}` })
  for (const kind of kinds) query.append('kind', kind)
  for (const [name, value] of Object.entries({ agent, session, repository })) {
    if (value) query.set(name, value)
  }
  if (from !== undefined) query.set('from', `${Math.round(from)}`)
  return request('GET', `/api/search?${query}`, undefined, { signal })
}
