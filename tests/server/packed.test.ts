import { expect, test } from 'playwright/test'
import { type Server, startServer } from '../support/server.ts'

let server: Server
let token: string

test.beforeAll(async () => {
  server = await startServer()
  token = await server.pair('watch')
})

test.afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

/** A request as a browser makes it; `length` is that of the body on the line, where it is told. */
async function ask(query: string, accepted: string) {
  const reply = await fetch(`${server.url}/api/ws-ticket?${query}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'accept-encoding': accepted,
    },
    body: '{}',
  })
  const text = await reply.text()
  const { headers } = reply
  return {
    ...{ status: reply.status, vary: headers.get('vary'), coding: headers.get('content-encoding') },
    length: Number(headers.get('content-length')),
    text,
    tickets: (JSON.parse(text) as { tickets: string[] }).tickets,
  }
}

test('a long answer comes compressed for whoever takes that', async () => {
  let plain = await ask('count=8&hello=1', 'identity')
  await expect
    .poll(async () => {
      plain = await ask('count=8&hello=1', 'identity')
      return plain.text.includes('"hello"')
    })
    .toBe(true)
  expect(plain.coding).toBeNull()
  expect(plain.vary).toBe('Accept-Encoding')
  const packed = await ask('count=8&hello=1', 'br, gzip')
  expect(packed).toMatchObject({ status: 200, coding: 'gzip', vary: 'Accept-Encoding' })
  expect(packed.tickets).toHaveLength(8)
  expect(packed.text).toContain('"hello"')
  expect(packed.length).toBeLessThan(packed.text.length)
  expect((await ask('count=8&hello=1', 'gzip;q=0')).coding).toBeNull()
})

test('a short answer comes as it is', async () => {
  const short = await ask('count=1', 'gzip')
  expect(short).toMatchObject({ status: 200, coding: null, vary: 'Accept-Encoding' })
  expect(short.length).toBe(short.text.length)
})
