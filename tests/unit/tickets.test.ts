import { expect, test } from 'playwright/test'
import { Connections } from '../../server/core/connections.ts'
import { Tickets } from '../../server/core/tickets.ts'

test('a ticket works once, and a second use is told apart from a wrong one', () => {
  const tickets = new Tickets<string>(1_000)
  const { ticket } = tickets.issue('phone')
  expect(tickets.redeem(ticket)).toEqual({ value: 'phone' })
  expect(tickets.redeem(ticket)).toEqual({ refused: 'used' })
  expect(tickets.redeem(`${ticket.slice(1)}x`)).toEqual({ refused: 'unknown' })
  expect(tickets.redeem('')).toEqual({ refused: 'unknown' })
})

test('a ticket whose use failed is given back, for one more use and no longer a life', () => {
  let now = 1_000
  const tickets = new Tickets<string>(600_000, () => now)
  const { ticket } = tickets.issue('full')
  tickets.redeem(ticket)
  tickets.giveBack(ticket)
  expect(tickets.redeem(ticket)).toEqual({ value: 'full' })
  expect(tickets.redeem(ticket)).toEqual({ refused: 'used' })
  tickets.giveBack(ticket)
  tickets.giveBack('unknown')
  now += 600_000
  expect(tickets.redeem(ticket)).toEqual({ refused: 'expired' })
})

test('a ticket ends on time, also when nobody tried it', () => {
  let now = 1_000_000
  const tickets = new Tickets<string>(600_000, () => now)
  const { ticket, expiresAt } = tickets.issue('phone')
  expect(expiresAt).toBe(1_600_000)
  const late = tickets.issue('late').ticket
  now += 599_999
  expect(tickets.redeem(ticket)).toEqual({ value: 'phone' })
  now += 1
  expect(tickets.redeem(late)).toEqual({ refused: 'expired' })
})

test('tickets are 256 bits and never repeat', () => {
  const tickets = new Tickets<number>(1_000)
  const made = Array.from({ length: 200 }, (_, index) => tickets.issue(index).ticket)
  expect(new Set(made).size).toBe(200)
  for (const ticket of made) expect(ticket).toMatch(/^[A-Za-z0-9_-]{43}$/)
})

test('asking for ever more tickets forgets the oldest ones only', () => {
  const tickets = new Tickets<number>(60_000)
  const first = tickets.issue(0).ticket
  const rest = Array.from({ length: 1_000 }, (_, index) => tickets.issue(index).ticket)
  expect(tickets.redeem(first)).toEqual({ refused: 'unknown' })
  expect(tickets.redeem(rest.at(-1) ?? '')).toEqual({ value: 999 })
  expect(tickets.redeem(rest.at(-200) ?? '')).toEqual({ value: 800 })
})

test('revoking a device closes its sockets alone, and none of its opens later', () => {
  const connections = new Connections(10)
  const closed: string[] = []
  const open = (device: string, name: string) =>
    connections.add(device, (code, reason) => closed.push(`${name} ${code} ${reason}`))
  open('phone', 'one')
  open('phone', 'two')
  open('desktop', 'three')
  expect(connections.revoke('phone')).toBe(2)
  expect(closed).toEqual(['one 4401 this device was revoked', 'two 4401 this device was revoked'])
  expect(open('phone', 'late')).toBeUndefined()
  expect(open('desktop', 'four')).toBeDefined()
})

test('sockets are counted in and out, up to the cap', () => {
  const connections = new Connections(2)
  const release = connections.add('a', () => {})
  connections.add('b', () => {})
  expect(connections.full).toBe(true)
  expect(connections.add('c', () => {})).toBeUndefined()
  release?.()
  release?.()
  expect(connections.size).toBe(1)
  expect(connections.add('c', () => {})).toBeDefined()
})
