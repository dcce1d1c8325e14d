import type { Scope } from '../protocol.ts'
import { hashSecret, makeSecret } from './devices.ts'

/** Unused tickets of one kind that are kept; making more forgets the oldest. */
const MAX_TICKETS = 256

/** How long a link that pairs a device may be used. */
export const PAIR_TICKET_MS = 600_000
/** How long a page has to open the socket it asked a ticket for. */
export const SOCKET_TICKET_MS = 30_000

/** Why a ticket was refused: `used` is told apart so that the page can say what happened. */
export type TicketRefusal = 'unknown' | 'used' | 'expired'

interface Ticket<T> {
  value: T
  expiresAt: number
  used: boolean
}

/**
 * One-use secrets that stand for a value for a while. In memory alone, by their hash: a restart
 * ends them all.
 */
export class Tickets<T> {
  readonly #lifeMs: number
  readonly #tickets = new Map<string, Ticket<T>>()
  readonly #now: () => number

  constructor(lifeMs: number, now: () => number = Date.now) {
    this.#lifeMs = lifeMs
    this.#now = now
  }

  /** A new ticket for `value`. `expiresAt` in epoch milliseconds. */
  issue(value: T): { ticket: string; expiresAt: number } {
    const now = this.#now()
    for (const [key, { expiresAt }] of this.#tickets) {
      // Spent and expired ones stay for one more life, so that a late use learns why it failed.
      const excess = this.#tickets.size >= MAX_TICKETS
      if (excess || now >= expiresAt + this.#lifeMs) this.#tickets.delete(key)
      else break
    }
    const ticket = makeSecret()
    const expiresAt = now + this.#lifeMs
    this.#tickets.set(keyOf(ticket), { value, expiresAt, used: false })
    return { ticket, expiresAt }
  }

  /** Uses a ticket up. */
  redeem(ticket: string): { value: T } | { refused: TicketRefusal } {
    const found = this.#tickets.get(keyOf(ticket))
    if (!found) return { refused: 'unknown' }
    if (found.used) return { refused: 'used' }
    if (this.#now() >= found.expiresAt) return { refused: 'expired' }
    found.used = true
    return { value: found.value }
  }

  /** What it was used for has failed: it may be used once more within its life. */
  giveBack(ticket: string): void {
    const found = this.#tickets.get(keyOf(ticket))
    if (found) found.used = false
  }
}

/** Tickets for pairing carry the scope of the device to be. */
export type PairTickets = Tickets<Scope>
/** Tickets for sockets carry the id of the device that asked. */
export type SocketTickets = Tickets<string>

function keyOf(ticket: string): string {
  return hashSecret(ticket).toString('hex')
}
