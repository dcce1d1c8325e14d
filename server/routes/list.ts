import { Hono } from 'hono'
import type { Env } from '../core/caller.ts'
import type { Registry } from '../core/registry.ts'
import type { SessionsResponse } from '../protocol.ts'

/** `GET /api/sessions`: what the feed's `hello` says of sessions, for scripts. */
export function listRoutes(deps: { registry: Registry }) {
  return new Hono<Env>().get('/api/sessions', (c) =>
    c.json({
      epoch: deps.registry.epoch,
      sessions: deps.registry.sessions(),
    } satisfies SessionsResponse),
  )
}
