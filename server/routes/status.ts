import { hostname } from 'node:os'
import { Hono } from 'hono'
import type { Env } from '../core/caller.ts'
import type { PushTargets } from '../core/push-targets.ts'
import type { Storage } from '../core/storage.ts'
import type { Vitals } from '../core/vitals.ts'
import type { StatusResponse, TmuxServerView } from '../protocol.ts'

/** What the rest of the program says about itself when asked. */
export interface StatusDeps {
  version: string
  vitals: Vitals
  /** Filled once we listen. */
  place: { addresses: readonly string[]; socket: string }
  tmuxServers: () => TmuxServerView[]
  sessionCount: () => number
  viewerCount: () => number
  storage: Storage
  push: PushTargets
}

/** `GET /api/status`: the server, its tmux servers and its own health, for people and `doctor`. */
export function statusRoutes(deps: StatusDeps) {
  return new Hono<Env>().get('/api/status', (c) =>
    c.json({
      version: deps.version,
      pid: process.pid,
      startedAt: deps.vitals.startedAt,
      host: hostname(),
      addresses: [...deps.place.addresses],
      socket: deps.place.socket,
      servers: deps.tmuxServers(),
      sessions: deps.sessionCount(),
      viewers: deps.viewerCount(),
      storage: deps.storage.view(),
      push: deps.push.status(),
      eventLoopDelay: deps.vitals.eventLoopDelay,
    } satisfies StatusResponse),
  )
}
