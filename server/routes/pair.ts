import { Hono } from 'hono'
import { readJson, requiredText } from '../core/body.ts'
import type { Env } from '../core/caller.ts'
import type { Devices } from '../core/devices.ts'
import { Failure } from '../core/failure.ts'
import type { PairTickets, SocketTickets, TicketRefusal } from '../core/tickets.ts'
import {
  type FeedHello,
  LIMITS,
  type PairResponse,
  type Scope,
  type WsTicketResponse,
} from '../protocol.ts'

/** Bytes of a pairing request: it comes from anyone, so no more is read than it needs. */
const PAIR_BYTES = 2_048
const NAME_LENGTH = 80
/** Characters of a hello that comes with tickets: more would hold the sockets back. */
const MOST_HELLO = 32_768

const REFUSED: Record<TicketRefusal, string> = {
  unknown: 'This link is not known here (it may be older than the last start).',
  used: 'This link has been used already; each works once.',
  expired: 'This link is older than 10 minutes.',
}

/** `POST /api/pair`: a one-use ticket for a device token. `POST /api/ws-ticket`: a way into a socket. */
export function pairRoutes(deps: {
  devices: Devices
  pairTickets: PairTickets
  socketTickets: SocketTickets
  /** What the feed would say first; undefined before we have looked at tmux. */
  hello(scope: Scope): FeedHello | undefined
}) {
  return new Hono<Env>()
    .post('/api/pair', async (c) => {
      const body = await readJson(c, PAIR_BYTES)
      const ticket = requiredText(body, 'ticket', 200)
      const name = deviceName(requiredText(body, 'name', 1_000))
      const redeemed = deps.pairTickets.redeem(ticket)
      if ('refused' in redeemed) {
        throw new Failure(
          'unauthorized',
          `${REFUSED[redeemed.refused]} Run "dogwatch url" for another.`,
        )
      }
      const { token, device } = await deps.devices
        .pair(name, redeemed.value)
        .catch((error: unknown) => {
          // As on a full disk: the same link must work when that is mended.
          deps.pairTickets.giveBack(ticket)
          throw error
        })
      return c.json({ token, device, scope: device.scope } satisfies PairResponse)
    })
    .post('/api/ws-ticket', (c) => {
      const count = c.req.query('count') ?? '1'
      if (!/^[1-9]$/.test(count) || Number(count) > LIMITS.ticketsAtOnce) {
        throw new Failure('bad-request', `"count" is 1 to ${LIMITS.ticketsAtOnce}.`)
      }
      const issue = () => deps.socketTickets.issue(c.get('device').id).ticket
      const ticket = issue()
      const more = Array.from({ length: Number(count) - 1 }, issue)
      const hello = c.req.query('hello') === '1' ? deps.hello(c.get('device').scope) : undefined
      const isShort = hello !== undefined && JSON.stringify(hello).length <= MOST_HELLO
      return c.json({
        ticket,
        tickets: [ticket, ...more],
        ...(isShort ? { hello } : {}),
      } satisfies WsTicketResponse)
    })
}

/** A name fit for one line of a terminal: no control or direction characters. */
function deviceName(text: string): string {
  const name = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
    .trim()
    .slice(0, NAME_LENGTH)
  return name || 'browser'
}
