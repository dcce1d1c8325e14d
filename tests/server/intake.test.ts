import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { expect, test } from 'playwright/test'
import { type Server, startServer } from '../support/server.ts'

const HALF_UPGRADE =
  'GET /ws/feed HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'

function descriptors({ pid }: Server): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

/** Opens connections as a stranger would, each saying `first`; they may be cut at any time. */
function openMany(count: number, port: number, first?: string): Socket[] {
  return Array.from({ length: count }, () => {
    const socket = connect(port, '127.0.0.1', () => first && socket.write(first))
    socket.on('error', () => {
      // Being cut off is what this stranger is here for.
    })
    return socket
  })
}

test('2,000 silent sockets and half-written upgrades keep no device out', async () => {
  test.setTimeout(120_000)
  await using server = await startServer()
  const token = await server.pair()
  const before = descriptors(server)
  const strangers = [
    ...openMany(1_000, server.port),
    ...openMany(500, server.port, HALF_UPGRADE),
    ...openMany(500, server.port, 'POST /api/pair HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-'),
  ]
  try {
    for (let round = 0; round < 10; round++) {
      expect((await server.api(token).get('/api/status')).status).toBe(200)
      const socket = await server.feed(token)
      socket.terminate()
      expect(descriptors(server)).toBeLessThan(before + 700)
    }
    const phone = await server.pair('reply', 'phone')
    expect((await server.api(phone).get('/api/status')).status).toBe(200)
  } finally {
    for (const socket of strangers) socket.destroy()
  }
  await expect.poll(() => descriptors(server)).toBeLessThanOrEqual(before + 2)
})

test('bodies that never end hold nobody up', async () => {
  test.setTimeout(120_000)
  await using server = await startServer()
  const token = await server.pair()
  const slow =
    'POST /api/pair HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n' +
    'Content-Length: 1000\r\n\r\n{'
  const strangers = openMany(600, server.port, slow)
  try {
    await Promise.all(
      strangers.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')])),
    )
    for (let round = 0; round < 5; round++) {
      expect((await server.api(token).get('/api/status')).status).toBe(200)
    }
  } finally {
    for (const socket of strangers) socket.destroy()
  }
})
