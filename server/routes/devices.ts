import { Hono } from 'hono'
import { readJson } from '../core/body.ts'
import { allows, type Env, isScope } from '../core/caller.ts'
import type { Connections } from '../core/connections.ts'
import type { Devices } from '../core/devices.ts'
import { Failure } from '../core/failure.ts'
import type { PairTickets } from '../core/tickets.ts'
import type { DevicesResponse, PairTicketResponse, RevokeResponse } from '../protocol.ts'

/** The paired devices, and links for more. */
export function deviceRoutes(deps: {
  devices: Devices
  connections: Connections
  pairTickets: PairTickets
  /** Names under which a proxy serves us by https. */
  allowHosts: readonly string[]
}) {
  return new Hono<Env>()
    .get('/api/devices', (c) => c.json({ devices: deps.devices.list() } satisfies DevicesResponse))
    .delete('/api/devices/:id', async (c) => {
      const id = c.req.param('id')
      const saved = deps.devices.revoke(id)
      if (!saved) throw new Failure('not-found', 'No such device is paired.')
      const sockets = deps.connections.revoke(id)
      await saved
      return c.json({ revoked: id, sockets } satisfies RevokeResponse)
    })
    .post('/api/tickets', async (c) => {
      const { scope = c.get('device').scope } = await readJson(c)
      if (!isScope(scope)) throw new Failure('bad-request', '"scope" is watch, reply or full.')
      if (!allows(c.get('device').scope, scope)) {
        throw new Failure('forbidden', 'A device cannot give away more than it has.')
      }
      const { ticket, expiresAt } = deps.pairTickets.issue(scope)
      return c.json({
        ...{ ticket, scope, expiresAt },
        hosts: deps.allowHosts,
      } satisfies PairTicketResponse)
    })
}
