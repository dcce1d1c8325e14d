import { Hono } from 'hono'
import type { Env } from '../core/caller.ts'
import type { HealthResponse } from '../protocol.ts'

/** `GET /api/health`: we are here. Public, so it says nothing else. */
export function healthRoutes(deps: { version: string }) {
  return new Hono<Env>().get('/api/health', (c) =>
    c.json({ ok: true, version: deps.version } satisfies HealthResponse),
  )
}
