import {
  type FeedHello,
  LIMITS,
  SUBPROTOCOL,
  TICKET_SUBPROTOCOL_PREFIX,
  type WsTicketResponse,
} from '../../server/protocol.ts'
import { socketTickets } from './api.ts'

/**
 * Opens sockets, each with a one-use ticket. Tickets asked for in the same moment come with one request: a page
 * that starts or wakes opens several sockets, and a round trip of a phone is long.
 */

/** A request that takes longer is given up, milliseconds. */
const DEADLINE_MS = 8_000

/** One request for tickets. */
interface Batch {
  /** Who has a place in it. */
  taken: number
  /** How many it asks for, once it is on its way; until then there is room. */
  size?: number
  answer: Promise<WsTicketResponse>
}

let batch: Batch | undefined
let ahead: Batch | undefined

/** Asks for the tickets of a page's first sockets, and for the feed's hello, before its code is here. */
export function askAhead(count: number): void {
  const answer = socketTickets({ count, hello: true }, { deadlineMs: DEADLINE_MS })
  answer.catch(() => {
    // Told to those who take the tickets.
  })
  batch = ahead = { taken: 0, size: count, answer }
}

/** What the feed will say first, if that came ahead; once. */
export async function takeHello(): Promise<FeedHello | undefined> {
  const asked = ahead
  ahead = undefined
  try {
    return (await asked?.answer)?.hello
  } catch {
    // The feed's own socket says it, and why there is none yet.
    return undefined
  }
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
  if (!batch || batch.taken >= (batch.size ?? LIMITS.ticketsAtOnce)) batch = makeBatch()
  const mine = batch
  const place = mine.taken
  mine.taken += 1
  const ticket = (await mine.answer).tickets[place]
  if (ticket === undefined) throw new Error('invariant: as many tickets as were asked for')
  return ticket
}

function makeBatch(): Batch {
  const made: Batch = { taken: 0, answer: ask() }
  return made

  async function ask(): Promise<WsTicketResponse> {
    // In the next task: whoever else needs one has said so by then.
    await new Promise((resolve) => setTimeout(resolve, 0))
    made.size = made.taken
    return socketTickets({ count: made.size, hello: false }, { deadlineMs: DEADLINE_MS })
  }
}
