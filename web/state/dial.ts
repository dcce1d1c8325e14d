import {
  type FeedHello,
  LIMITS,
  SUBPROTOCOL,
  TICKET_SUBPROTOCOL_PREFIX,
} from '../../server/protocol.ts'
import { socketTickets } from './api.ts'

/**
 * Opens sockets, each with a one-use ticket. Tickets asked for in the same moment come with one request: a page
 * that starts or wakes opens several sockets, and a round trip of a phone is long.
 */

/** A request that takes longer is given up, milliseconds. */
const DEADLINE_MS = 8_000

interface Batch {
  count: number
  tickets: Promise<string[]>
}

let open: Batch | undefined
let onHello: ((hello: FeedHello) => void) | undefined

/** Has what the feed will say first come with the next tickets, if it is short. */
export function wantHello(tell: (hello: FeedHello) => void): void {
  onHello = tell
}

/** A WebSocket of ours, still opening; the path is asked for when its ticket is there. Throws `ApiError`. */
export async function dial(path: () => string): Promise<WebSocket> {
  const ticket = await takeTicket()
  const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path()}`
  const socket = new WebSocket(url, [SUBPROTOCOL, TICKET_SUBPROTOCOL_PREFIX + ticket])
  socket.binaryType = 'arraybuffer'
  return socket
}

async function takeTicket(): Promise<string> {
  if (!open || open.count >= LIMITS.ticketsAtOnce) open = makeBatch()
  const mine = open
  const place = mine.count
  mine.count += 1
  const ticket = (await mine.tickets)[place]
  if (ticket === undefined) throw new Error('invariant: as many tickets as were asked for')
  return ticket
}

function makeBatch(): Batch {
  const made: Batch = { count: 0, tickets: ask() }
  return made

  async function ask(): Promise<string[]> {
    // In the next task: whoever else needs one has said so by then.
    await new Promise((resolve) => setTimeout(resolve, 0))
    if (open === made) open = undefined
    const tell = onHello
    onHello = undefined
    const wanted = { count: made.count, hello: tell !== undefined }
    const { tickets, hello } = await socketTickets(wanted, { deadlineMs: DEADLINE_MS })
    if (hello) tell?.(hello)
    return tickets
  }
}
