import { connect } from 'node:net'
import { expect, test } from 'playwright/test'
import { type Server, startServer } from '../support/server.ts'

let server: Server

test.beforeAll(async () => {
  server = await startServer()
})

test.afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

/** Sends bytes and returns everything that comes back until the server ends the connection. */
async function say(bytes: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1')
  let answer = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    answer += chunk
  })
  socket.on('error', () => {
    // A reset is an end like any other.
  })
  const closed = new Promise((done) => socket.once('close', done))
  socket.write(bytes, 'latin1')
  await closed
  return answer
}

function statuses(answer: string): number[] {
  return [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => Number(match[1]))
}

const HOST = 'Host: 127.0.0.1\r\n'

const REFUSED: Record<string, string> = {
  'no request at all': 'hello\r\n\r\n',
  'a TLS greeting': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'an SSH greeting': 'SSH-2.0-OpenSSH_9.2\r\n',
  'HTTP/0.9': 'GET /\r\n\r\n',
  'HTTP/2.0': `GET / HTTP/2.0\r\n${HOST}\r\n`,
  'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'no Host': 'GET /api/health HTTP/1.1\r\n\r\n',
  'two Hosts': `GET /api/health HTTP/1.1\r\n${HOST}${HOST}\r\n`,
  'two Hosts, ours first': `GET /api/health HTTP/1.1\r\n${HOST}Host: evil.example\r\n\r\n`,
  'an absolute target': `GET http://127.0.0.1/api/health HTTP/1.1\r\n${HOST}\r\n`,
  'an absolute target elsewhere': `GET http://evil.example/ HTTP/1.1\r\n${HOST}\r\n`,
  'an asterisk': `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`,
  CONNECT: `CONNECT 127.0.0.1:22 HTTP/1.1\r\n${HOST}\r\n`,
  TRACE: `TRACE / HTTP/1.1\r\n${HOST}\r\n`,
  'a fragment in the target': `GET /#x HTTP/1.1\r\n${HOST}\r\n`,
  'a space in the target': `GET /api /health HTTP/1.1\r\n${HOST}\r\n`,
  'a NUL in the target': `GET /\0 HTTP/1.1\r\n${HOST}\r\n`,
  'a NUL in a header': `GET / HTTP/1.1\r\n${HOST}X: a\0b\r\n\r\n`,
  'a space before the colon': `GET / HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n`,
  'a folded header': `GET / HTTP/1.1\r\n${HOST}X: a\r\n b\r\n\r\n`,
  'bare line feeds': 'GET / HTTP/1.1\nHost: 127.0.0.1\n\n',
  'bare carriage returns': 'GET / HTTP/1.1\rHost: 127.0.0.1\r\r',
  '20 KB of headers': `GET / HTTP/1.1\r\n${HOST}X: ${'x'.repeat(20_000)}\r\n\r\n`,
  'a target of 20 KB': `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`,
  'two lengths': `POST /api/pair HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
  'a negative length': `POST /api/pair HTTP/1.1\r\n${HOST}Content-Length: -1\r\n\r\n`,
  'a length and chunks': `POST /api/pair HTTP/1.1\r\n${HOST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'an unknown coding': `POST /api/pair HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n`,
  'a chunk without size': `POST /api/pair HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`,
  'another upgrade': `GET /api/health HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`,
  'an upgrade by POST': `POST /ws/feed HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  'an upgrade without ticket': `GET /ws/feed HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  'an upgrade of a page': `GET / HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
}

for (const [what, bytes] of Object.entries(REFUSED)) {
  test(`${what}: refused, and the connection ended`, async () => {
    const answer = await say(bytes)
    expect(statuses(answer).filter((status) => status < 400)).toEqual([])
    expect((await server.api().get('/api/health')).status).toBe(200)
  })
}

test('nothing behind a refused request is taken for another one', async () => {
  const second = `GET /api/health HTTP/1.1\r\n${HOST}\r\n`
  for (const first of [
    `GET /api/health HTTP/1.1\r\nHost: evil.example\r\n\r\n`,
    `POST /api/pair HTTP/1.1\r\nHost: evil.example\r\nContent-Length: ${second.length}\r\n\r\n`,
    `POST /api/pair HTTP/1.1\r\n${HOST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ]) {
    const answer = await say(first + second)
    expect(statuses(answer).filter((status) => status < 400)).toEqual([])
  }
})
