import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { allows, type Caller, type Env } from './core/caller.ts'
import type { Connections } from './core/connections.ts'
import type { Devices } from './core/devices.ts'
import { Failure } from './core/failure.ts'
import type { SocketTickets } from './core/tickets.ts'
import type { Log } from './log.ts'
import { type Scope, SUBPROTOCOL, TICKET_SUBPROTOCOL_PREFIX } from './protocol.ts'

/**
 * What each route asks for. Matched on the pattern that Hono routed to, never on the URL, so that
 * no spelling of a path can mean one thing to the gate and another to the router. A route that is
 * not here is refused.
 */
export const ROUTE_SCOPES: Readonly<Record<string, Scope | 'public'>> = {
  'GET /*': 'public',
  'GET /api/health': 'public',
  'POST /api/pair': 'public',
  'POST /api/ws-ticket': 'watch',
  'POST /api/tickets': 'full',
  'GET /api/devices': 'full',
  'DELETE /api/devices/:id': 'full',
  'GET /api/status': 'watch',
  'GET /metrics': 'watch',
  'GET /api/sessions': 'watch',
  'POST /api/sessions': 'full',
  'PATCH /api/sessions/:id': 'full',
  'DELETE /api/sessions/:id': 'full',
  'GET /api/agents': 'watch',
  'GET /api/agents/:id/turns': 'watch',
  'GET /api/agents/:id/evidence': 'watch',
  'GET /api/agents/:id/diff': 'watch',
  'GET /api/agents/:id/transcript': 'watch',
  'POST /api/agents/:id/wrong': 'reply',
  'GET /api/agents/:id/attention': 'watch',
  'GET /api/attention': 'watch',
  'POST /api/attention/:id/seen': 'watch',
  'POST /api/attention/:id/snooze': 'reply',
  'POST /api/attention/:id/dismiss': 'reply',
  'GET /api/hooks': 'watch',
  'GET /api/settings': 'watch',
  'PUT /api/settings': 'full',
  'GET /api/push': 'watch',
  'PUT /api/push/subscription': 'watch',
  'DELETE /api/push/subscription': 'watch',
  'POST /api/push/test': 'watch',
  'PUT /api/push/webhook': 'full',
  'DELETE /api/push/webhook': 'full',
  'POST /api/push/webhook/test': 'full',
  'GET /api/agents/:id/snapshots': 'watch',
  'GET /api/agents/:id/snapshots/:snapshot': 'watch',
  'GET /api/agents/:id/snapshots/:snapshot/diff': 'watch',
  'GET /api/agents/:id/turns/:generation/text': 'watch',
  'GET /api/search': 'watch',
  'POST /api/agents/:id/resume': 'full',
  'DELETE /api/agents/:id': 'full',
  'GET /api/recovery': 'watch',
  'POST /api/recovery/:id/rebuild': 'full',
  'POST /api/recovery/:id/forget': 'full',
  'GET /api/directories': 'full',
  'POST /api/attachments': 'reply',
  'GET /api/programs': 'full',
  'GET /api/starts': 'watch',
  'POST /api/starts': 'full',
  'POST /api/starts/:id/prompt': 'full',
  'GET /api/panes/:id/screen': 'watch',
  'GET /api/panes/:id/history': 'watch',
  'POST /api/panes/:id/prompt': 'reply',
  'POST /api/panes/:id/keys': 'reply',
  'POST /api/panes/:id/answer': 'reply',
  'GET /ws/feed': 'watch',
  'GET /ws/terminal/:pane': 'watch',
}

/** The catch-all of the page's own files. Under these prefixes it must not answer. */
const PAGE_ROUTE = 'GET /*'
const NOT_PAGE = /^\/(?:api|ws|metrics)(?:\/|$)/

/** What the listener tells of a request's connection. */
export interface Bindings {
  /** To be called when a device was recognised: its connection is worth keeping. */
  know?: () => void
  /** To be called by a route whose body may take so long to arrive (milliseconds). */
  waitForBody?: (ms: number) => void
}

export interface GateDeps {
  devices: Devices
  socketTickets: SocketTickets
  connections: Connections
  log: Log
}

/**
 * The second half of the gate, after Host and Origin (`core/origin.ts`): who calls, and may they.
 * There is no lock-out after wrong tokens: they cannot be guessed, and a stranger on the machine
 * could lock the owner out. Sockets are admitted by a one-use ticket before the 101 is sent.
 */
export function gate(deps: GateDeps): MiddlewareHandler<Env & { Bindings: Bindings }> {
  return async (c, next) => {
    const route = matchedRoutes(c).find(({ method }) => method !== 'ALL')
    const key = route ? `${route.method} ${route.path}` : undefined
    const exists = key !== undefined && !(key === PAGE_ROUTE && NOT_PAGE.test(c.req.path))
    const needed = exists ? ROUTE_SCOPES[key] : 'watch'
    if (needed === undefined) {
      deps.log.error({ route: key }, 'a route without an entry in the table of scopes was refused')
      throw new Failure('forbidden', 'This is not open to anyone.')
    }
    const isSocket = exists && key.startsWith('GET /ws/')
    if (!isSocket && c.req.header('upgrade')) {
      throw new Failure('bad-request', 'No WebSocket can be opened here.')
    }
    if (needed === 'public') return next()

    const caller = isSocket
      ? admitSocket(deps, c.req.header('upgrade'), c.req.header('sec-websocket-protocol'))
      : byToken(deps, c.req.header('authorization'))
    c.env.know?.()
    if (!exists) throw new Failure('not-found', 'There is nothing here.')
    if (!allows(caller.scope, needed)) {
      throw new Failure(
        'forbidden',
        `This device may only ${caller.scope}. Pair it again with the scope "${needed}".`,
      )
    }
    c.set('device', caller)
    return next()
  }
}

function byToken({ devices }: GateDeps, authorization = ''): Caller {
  const token = /^Bearer ([A-Za-z0-9_-]{43})$/i.exec(authorization)?.[1]
  const caller = token && devices.authenticate(token)
  if (caller) return caller
  throw new Failure(
    'unauthorized',
    'This device is not paired. Run "dogwatch url" on the machine and open the link it prints.',
  )
}

function admitSocket(
  { connections, devices, socketTickets }: GateDeps,
  upgrade: string | undefined,
  subprotocols = '',
): Caller {
  if (upgrade?.toLowerCase() !== 'websocket') {
    throw new Failure('bad-request', 'Only a WebSocket can be opened here.')
  }
  const offered = subprotocols.split(',').map((name) => name.trim())
  if (!offered.includes(SUBPROTOCOL)) {
    throw new Failure('bad-request', `Offer the subprotocol ${SUBPROTOCOL}.`)
  }
  const ticket = offered.find((name) => name.startsWith(TICKET_SUBPROTOCOL_PREFIX))
  const redeemed = ticket && socketTickets.redeem(ticket.slice(TICKET_SUBPROTOCOL_PREFIX.length))
  // The device is looked up again: it may have been revoked since it asked for the ticket.
  const caller = redeemed && 'value' in redeemed ? devices.find(redeemed.value) : undefined
  if (!caller) throw new Failure('unauthorized', 'Ask for a fresh socket ticket.')
  if (connections.full) {
    throw new Failure('busy', 'Too many sockets are open. Close some pages and try again.')
  }
  return caller
}
