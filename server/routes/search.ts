import { Hono } from 'hono'
import type { Env } from '../core/caller.ts'
import { Failure } from '../core/failure.ts'
import { type SearchDeps, type SearchQuery, search } from '../core/search.ts'
import { wholeNumber } from '../core/whole-number.ts'
import { SEARCH_KINDS, type SearchKind, type SearchResponse } from '../protocol.ts'

/** The longest text that can be looked for, and the longest of a filter, in characters. */
const MAX_CHARS = 1_000
const LIMIT = 50
const MAX_LIMIT = 200

/** One search over everything that is shown and remembered. */
export function searchRoutes(deps: SearchDeps) {
  return new Hono<Env>().get('/api/search', async (c) => {
    const read = (name: string) => {
      const value = c.req.query(name)
      if (value === undefined || value === '') return undefined
      if (value.length <= MAX_CHARS) return value
      throw new Failure('bad-request', `"${name}" may have at most ${MAX_CHARS} characters.`)
    }
    const text = read('q')
    if (text === undefined) throw new Failure('bad-request', '"q" says what to look for.')
    const [agent, session, repository] = ['agent', 'session', 'repository'].map(read)
    const [from, to] = [wholeNumber(read('from'), 'from', 15), wholeNumber(read('to'), 'to', 15)]
    const limit = wholeNumber(read('limit'), 'limit') ?? LIMIT
    const kinds = (c.req.queries('kind') ?? []).map(kindOf)
    const query: SearchQuery = {
      text,
      limit: Math.min(Math.max(1, limit), MAX_LIMIT),
      ...(kinds.length === 0 ? {} : { kinds }),
      ...(agent === undefined ? {} : { agent }),
      ...(session === undefined ? {} : { session }),
      ...(repository === undefined ? {} : { repository }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    }
    return c.json((await search(deps, query)) satisfies SearchResponse)
  })
}

function kindOf(text: string): SearchKind {
  const kind = SEARCH_KINDS.find((one) => one === text)
  if (kind) return kind
  throw new Failure('bad-request', `"kind" is one of ${SEARCH_KINDS.join(', ')}.`)
}
