import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import type { Socket } from 'node:net'
import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'playwright/test'
import { CLOSE } from '../../server/protocol.ts'
import { type Server, startServer } from '../support/server.ts'

const MEGABYTE = 1024 * 1024
const PATHS = ['/ws/feed', '/ws/terminal/x']

/** A socket after its handshake, with nobody but the test speaking its frames. */
async function openRaw(server: Server, path: string, token: string): Promise<Socket> {
  const outgoing = request({
    host: '127.0.0.1',
    port: server.port,
    path,
    agent: false,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-extensions': 'permessage-deflate',
      'sec-websocket-protocol': `dogwatch.v1, ticket.${await server.socketTicket(token)}`,
    },
  })
  const upgraded = once(outgoing, 'upgrade')
  outgoing.end()
  const [response, socket, head] = await upgraded
  // Its first frames may have come together with the answer.
  socket.unshift(head)
  expect(response.headers['sec-websocket-extensions']).toContain('permessage-deflate')
  return socket
}

/** A masked client frame (RFC 6455 section 5.2); the mask is zero, so the payload stays as it is. */
function frame(payload: Buffer, { opcode = 2, fin = true, compressed = false } = {}): Buffer {
  const first = (fin ? 0x80 : 0) | (compressed ? 0x40 : 0) | opcode
  const header = Buffer.alloc(14)
  header[0] = first
  header[1] = 0x80 | 127
  header.writeBigUInt64BE(BigInt(payload.length), 2)
  return Buffer.concat([header, payload])
}

/** The close code the server sent before it ended the connection; 1006 where it sent none. */
async function closeCode(socket: Socket): Promise<number> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', () => {
    // Cut off while still sending: the code, if any, came before.
  })
  await new Promise((done) => socket.once('close', done))
  const bytes = Buffer.concat(chunks)
  for (let at = 0; at + 1 < bytes.length; ) {
    const opcode = (bytes[at] ?? 0) & 0x0f
    const short = (bytes[at + 1] ?? 0) & 0x7f
    const [size, start] =
      short === 126
        ? [bytes.readUInt16BE(at + 2), at + 4]
        : short === 127
          ? [Number(bytes.readBigUInt64BE(at + 2)), at + 10]
          : [short, at + 2]
    if (opcode === 8) return bytes.readUInt16BE(start)
    at = start + size
  }
  return 1006
}

function residentBytes({ pid }: Server): number {
  const pages = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]
  return Number(pages) * 4096
}

let server: Server
let token: string

test.beforeAll(async () => {
  server = await startServer()
  token = await server.pair()
})

test.afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

test.afterEach(async () => {
  // Whatever a socket does, everybody else goes on.
  expect((await server.api(token).get('/api/status')).status).toBe(200)
})

for (const path of PATHS) {
  test(`${path}: a message that inflates to 64 MB ends its socket and costs no memory`, async () => {
    const bomb = deflateRawSync(Buffer.alloc(64 * MEGABYTE), { level: 9 })
    expect(bomb.length).toBeLessThan(MEGABYTE / 8)
    const before = residentBytes(server)
    for (let round = 0; round < 4; round++) {
      const socket = await openRaw(server, path, token)
      const code = closeCode(socket)
      socket.write(frame(bomb, { compressed: true }))
      expect([1009, 1006]).toContain(await code)
    }
    expect(residentBytes(server) - before).toBeLessThan(64 * MEGABYTE)
  })

  test(`${path}: a frame beyond 1 MiB, and fragments without end, are cut off`, async () => {
    const large = await openRaw(server, path, token)
    const largeCode = closeCode(large)
    large.write(frame(Buffer.alloc(2 * MEGABYTE)))
    expect([1009, 1006]).toContain(await largeCode)

    const endless = await openRaw(server, path, token)
    const endlessCode = closeCode(endless)
    for (let part = 0; part < 32 && !endless.destroyed; part++) {
      const opcode = part === 0 ? 2 : 0
      endless.write(frame(Buffer.alloc(MEGABYTE / 8), { opcode, fin: false }))
    }
    expect([1009, 1006]).toContain(await endlessCode)
  })

  test(`${path}: what is no frame of a client ends its socket`, async () => {
    const unmasked = Buffer.from([0x82, 0x01, 0x41])
    const reserved = frame(Buffer.from('x'), { opcode: 3 })
    const badUtf8 = frame(Buffer.from([0xff, 0xfe]), { opcode: 1 })
    const orphan = frame(Buffer.from('x'), { opcode: 0 })
    const badDeflate = frame(Buffer.from([0xff, 0xff, 0xff]), { compressed: true })
    for (const bytes of [unmasked, reserved, badUtf8, orphan, badDeflate]) {
      const socket = await openRaw(server, path, token)
      const code = closeCode(socket)
      socket.write(bytes)
      expect([1002, 1006, 1007]).toContain(await code)
    }
  })
}

test('a page that speaks nonsense on the feed is told so', async () => {
  const nonsense: (string | Buffer)[] = [
    'x',
    '{}',
    '[]',
    'null',
    '{"type":"pong"}',
    '{"type":"ping","at":"now"}',
    `{"type":"ping","at":1,"x":"${'y'.repeat(20_000)}"}`,
    Buffer.from([0, 1, 2]),
  ]
  for (const text of nonsense) {
    const socket = await server.ws('/ws/feed', token)
    const closed = once(socket, 'close')
    socket.send(text)
    expect((await closed)[0], String(text).slice(0, 40)).toBe(CLOSE.badFrame)
  }
})
