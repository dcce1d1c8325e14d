import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as passes } from 'node:timers/promises'
import { Hono } from 'hono'
import { expect, test } from 'playwright/test'
import { Attachments } from '../../server/core/attachments.ts'
import { hostPolicy } from '../../server/core/origin.ts'
import { listen } from '../../server/listen.ts'
import { type AttachmentResponse, LIMITS } from '../../server/protocol.ts'
import { attachmentRoutes } from '../../server/routes/attachments.ts'
import { listeningLog, scratchFolder } from '../support/scratch.ts'
import { fetchFrom, type Server, startServer } from '../support/server.ts'
import { noSmallDisk, smallDisk } from '../support/small-disk.ts'
import { differences } from '../support/wire.ts'

const folderOf = (server: Server) => join(server.dataDir, 'attachments')
const kept = (server: Server) =>
  existsSync(folderOf(server)) ? readdirSync(folderOf(server)).sort() : []

function send(server: Server, token: string | undefined, body: Buffer, name = 'a.png') {
  return fetchFrom<AttachmentResponse>(
    server.port,
    'POST',
    `/api/attachments?name=${encodeURIComponent(name)}`,
    { body, headers: token ? { authorization: `Bearer ${token}` } : {} },
  )
}

test('a file arrives whole, private, under a name of ours, and is not given out again', async () => {
  await using server = await startServer()
  const token = await server.pair('reply')
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251))
  for (const name of ['photo.png', '../../../escaped.png', '/etc/x.png', 'a\u0000b.png', '.png']) {
    const { status, json } = await send(server, token, bytes, name)
    expect(status, name).toBe(200)
    expect(differences(json, 'AttachmentResponse')).toEqual([])
    expect(json.bytes).toBe(bytes.length)
    expect(json.path).toMatch(/\/attachments\/[\d-]+-[0-9a-f]{8}\.png$/)
    expect(readFileSync(json.path).equals(bytes)).toBe(true)
    expect(statSync(json.path).mode & 0o777).toBe(0o600)
    const own = json.path.split('/').at(-1)
    for (const path of [`/attachments/${own}`, `/api/attachments/${own}`, '/api/attachments']) {
      const reply = await server.api(token).get(path)
      expect(reply.text.includes('\u0000\u0001\u0002'), path).toBe(false)
    }
  }
  expect(statSync(folderOf(server)).mode & 0o777).toBe(0o700)
  expect(kept(server)).toHaveLength(5)
})

test('strangers and devices that only watch may send no file', async () => {
  await using server = await startServer()
  expect((await send(server, undefined, Buffer.from('x'))).status).toBe(401)
  expect((await send(server, await server.pair('watch'), Buffer.from('x'))).status).toBe(403)
  expect(kept(server)).toEqual([])
})

test('a file that is too large is refused, announced or not; other routes take no more', async () => {
  await using server = await startServer()
  const token = await server.pair('reply')
  const post = async (headers: Record<string, string>, body: Buffer) => {
    const outgoing = request({
      ...{ host: '127.0.0.1', port: server.port, agent: false, method: 'POST' },
      path: '/api/attachments?name=a.png',
      headers: { authorization: `Bearer ${token}`, ...headers },
    })
    // Being cut off while it still sends is what a sender of too much must expect.
    outgoing.on('error', () => {})
    const answered = once(outgoing, 'response')
    outgoing.write(body)
    const [response] = await answered
    outgoing.destroy()
    return response.statusCode
  }
  const most = LIMITS.attachmentBytes
  expect(await post({ 'content-length': `${most + 1}` }, Buffer.from('x'))).toBe(413)
  expect(await post({ 'transfer-encoding': 'chunked' }, Buffer.alloc(most + 1))).toBe(413)
  await expect.poll(() => kept(server)).toEqual([])
  const large = { until: 0, more: 'x'.repeat(1_000_000) }
  const other = await server.api(token).post('/api/attention/none/snooze', large)
  expect(other.status).toBe(413)
  expect((await send(server, token, Buffer.from('small'))).status).toBe(200)
})

test('a file that breaks off on the way leaves nothing', async () => {
  await using server = await startServer()
  const token = await server.pair('reply')
  const socket = connect(server.port, '127.0.0.1')
  socket.write(
    `POST /api/attachments HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n` +
      `Content-Length: 1000\r\n\r\nhalf`,
  )
  await expect.poll(() => kept(server)).toHaveLength(1)
  socket.destroy()
  await expect.poll(() => kept(server)).toEqual([])
})

test('a slow file has time to arrive; any other slow request has not', async () => {
  await using scratch = await scratchFolder()
  const life = new AbortController()
  const folder = join(scratch.path, 'attachments')
  const attachments = new Attachments({ folder, log: listeningLog().log, signal: life.signal })
  const app = new Hono()
    .route('/', attachmentRoutes({ attachments }))
    .post('/other', async (c) => c.text(await c.req.text()))
  // A body that breaks off is what is tested here.
  app.onError((_error, c) => c.text('', 400))
  const hosts = hostPolicy([], undefined)
  const listener = await listen({ app, hosts, requestMs: 300 }, { host: '127.0.0.1', port: 0 })
  const dribble = async (path: string): Promise<string> => {
    const socket = connect(listener.port, '127.0.0.1')
    let answer = ''
    socket.setEncoding('utf8').on('data', (text) => {
      answer += text
    })
    // The server cuts it off, in the middle of a write or between two: the empty answer tells.
    socket.on('error', () => {})
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 6\r\n\r\n`,
    )
    for (const letter of 'abcdef') {
      await passes(150)
      socket.write(letter)
    }
    await closed
    return answer
  }
  try {
    const [file, other] = await Promise.all([
      dribble('/api/attachments?name=x.txt'),
      dribble('/other'),
    ])
    expect(file).toContain('200 OK')
    expect(other).toBe('')
    const [name = ''] = readdirSync(folder)
    expect(readFileSync(join(folder, name), 'utf8')).toBe('abcdef')
  } finally {
    listener.destroy()
    life.abort()
  }
})

test('a file is refused before it takes the database its room', async () => {
  test.skip(noSmallDisk !== undefined, noSmallDisk)
  await using scratch = await scratchFolder()
  const life = new AbortController()
  const path = join(scratch.path, 'small')
  await using disk = smallDisk(path, 80)
  const folder = join(path, 'attachments')
  const attachments = new Attachments({ folder, log: listeningLog().log, signal: life.signal })
  const arrival = (size: number) => ({
    ...{ name: 'x.txt', type: '', announced: size, body: new Blob(['x'.repeat(size)]).stream() },
  })
  await attachments.keep(arrival(1_000_000))
  disk.fill(60_000_000)
  await expect(attachments.keep(arrival(1_000_000))).rejects.toThrow('disk of this machine is full')
  expect(readdirSync(folder)).toHaveLength(1)
  life.abort()
})
