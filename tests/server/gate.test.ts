import { expect, test } from 'playwright/test'
import { WebSocket } from 'ws'
import { allows } from '../../server/core/caller.ts'
import { ROUTE_SCOPES } from '../../server/gate.ts'
import { SCOPES, type Scope } from '../../server/protocol.ts'
import { serveHere } from '../support/in-process.ts'
import { fetchFrom } from '../support/server.ts'

type Here = Awaited<ReturnType<typeof serveHere>>
type Headers = Record<string, string | string[]>

interface Route {
  key: string
  method: string
  /** With its parameters filled in. */
  path: string
  isSocket: boolean
  scope: Scope | 'public'
}

const NO_TOKEN = 'A'.repeat(43)
let here: Here
let routes: Route[]
let tokens: Record<Scope, string>

test.beforeAll(async () => {
  here = await serveHere(['--allow-host', 'box.example'])
  const keys = here.app.routes.filter(({ method }) => method !== 'ALL')
  routes = [...new Set(keys.map(({ method, path }) => `${method} ${path}`))].map((key) => {
    const [method = '', path = ''] = key.split(' ')
    return {
      key,
      method,
      path: path === '/*' ? '/' : path.replace(/:\w+/g, 'x'),
      isSocket: path.startsWith('/ws/'),
      scope: ROUTE_SCOPES[key] ?? 'public',
    }
  })
  tokens = { watch: await pair('watch'), reply: await pair('reply'), full: await pair('full') }
})

test.afterAll(async () => {
  await here[Symbol.asyncDispose]()
})

async function pair(scope: Scope): Promise<string> {
  const { json } = await call('POST', '/api/tickets', bearer(here.localToken), { scope })
  const paired = await call('POST', '/api/pair', {}, { ticket: json.ticket, name: scope })
  return String(paired.json.token)
}

function call(method: string, path: string, headers: Headers = {}, body?: unknown) {
  const sent = method === 'GET' || method === 'HEAD' ? undefined : (body ?? {})
  return fetchFrom<Record<string, unknown>>(here.port, method, path, { headers, body: sent })
}

function bearer(token: string): Headers {
  return { authorization: `Bearer ${token}` }
}

/** Status of an upgrade: 101, or what it was refused with. */
function upgrade(path: string, headers: Headers = {}, protocols = ['dogwatch.v1']) {
  return new Promise<number>((done, failed) => {
    const socket = new WebSocket(`ws://127.0.0.1:${here.port}${path}`, protocols, {
      headers: headers as Record<string, string>,
    })
    socket.on('open', () => {
      socket.terminate()
      done(101)
    })
    socket.on('unexpected-response', (request, response) => {
      request.destroy()
      done(response.statusCode ?? 0)
    })
    socket.on('error', failed)
  })
}

async function socketTicket(token: string): Promise<string> {
  return String((await call('POST', '/api/ws-ticket', bearer(token))).json.ticket)
}

/** The status of a route with these headers; a socket gets a ticket of the token's device. */
async function knock(route: Route, headers: Headers, token?: string): Promise<number> {
  if (!route.isSocket) {
    const auth = token ? bearer(token) : {}
    return (await call(route.method, route.path, { ...auth, ...headers })).status
  }
  const ticket = token && token !== NO_TOKEN ? await socketTicket(token) : token
  const protocols = ['dogwatch.v1', ...(ticket ? [`ticket.${ticket}`] : [])]
  return upgrade(route.path, headers, protocols)
}

test('every route stands in the table of scopes, and nothing else does', () => {
  expect(routes.map(({ key }) => key).sort()).toEqual(Object.keys(ROUTE_SCOPES).sort())
})

test('only the page, the health word and pairing are open to strangers', async () => {
  const open = routes.filter(({ scope }) => scope === 'public').map(({ key }) => key)
  expect(open.sort()).toEqual(['GET /*', 'GET /api/health', 'POST /api/pair'])
  for (const route of routes.filter(({ scope }) => scope !== 'public')) {
    expect(await knock(route, {}), route.key).toBe(401)
    expect(await knock(route, {}, NO_TOKEN), route.key).toBe(401)
  }
})

test('no route takes another Host, Origin or site, whatever token comes with it', async () => {
  const own = `127.0.0.1:${here.port}`
  const cases: [status: number, headers: Headers][] = [
    [421, { host: 'evil.example' }],
    [421, { host: `127.0.0.1.evil.example:${here.port}` }],
    [421, { host: 'evil.example', 'x-forwarded-host': own }],
    [403, { host: own, origin: 'http://evil.example' }],
    [403, { host: own, origin: 'null' }],
    [403, { host: own, origin: 'http://127.0.0.1:3000' }],
    [403, { host: own, origin: `https://${own}` }],
    [403, { host: 'box.example', origin: 'http://box.example' }],
    [403, { host: own, 'sec-fetch-site': 'cross-site' }],
    [403, { host: own, 'sec-fetch-site': 'same-site' }],
  ]
  for (const route of routes) {
    for (const [status, headers] of cases) {
      expect(
        await knock(route, headers, tokens.full),
        `${route.key} ${JSON.stringify(headers)}`,
      ).toBe(status)
    }
  }
})

test('each scope opens exactly what it may', async () => {
  for (const route of routes) {
    const { scope: needed } = route
    if (needed === 'public') continue
    for (const held of SCOPES) {
      const status = await knock(route, {}, tokens[held])
      const label = `${held} at ${route.key}`
      if (allows(held, needed)) expect([401, 403, 421, 500], label).not.toContain(status)
      else expect(status, label).toBe(403)
    }
  }
})

test('a device cannot pair one that may do more than itself', async () => {
  const asked = await call('POST', '/api/tickets', bearer(tokens.reply), { scope: 'full' })
  expect(asked.status).toBe(403)
})

test('a page of ours is let in under each name that is ours', async () => {
  for (const host of [`localhost:${here.port}`, '127.0.0.1:9999', `[::1]:${here.port}`]) {
    const headers = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }
    for (const route of routes.filter(({ isSocket }) => isSocket)) {
      expect(await knock(route, headers, tokens.full), `${route.key} ${host}`).toBe(101)
    }
    expect((await call('GET', '/api/status', { ...bearer(tokens.full), ...headers })).status).toBe(
      200,
    )
  }
  const proxied = { host: 'box.example', origin: 'https://box.example' }
  expect((await call('GET', '/api/status', { ...bearer(tokens.full), ...proxied })).status).toBe(
    200,
  )
})

test('no way to spell a path gets round the gate', async () => {
  const spellings = [
    '/api//status',
    '//api/status',
    '/api/./status',
    '/x/../api/status',
    '/%61pi/status',
    '/api/%73tatus',
    '/api%2fstatus',
    '/API/status',
    '/api/status/',
    '/api/status?x=/api/health',
    '/api/health/../status',
    '/api/health;/../status',
    '/metrics/',
    '/%6detrics',
    '/ws/feed',
  ]
  for (const path of spellings) {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE']) {
      const reply = await call(method, path)
      const isPage = `${reply.headers['content-type']}`.startsWith('text/html')
      const allowed = isPage ? [200] : [400, 401, 404]
      expect(allowed, `${method} ${path}`).toContain(reply.status)
      expect(reply.text).not.toContain('eventLoopDelay')
    }
  }
})

test('a method cannot be overridden by a header or a query', async () => {
  const disguises: [string, Headers][] = [
    ['/api/devices/x?_method=DELETE', {}],
    ['/api/devices/x', { 'x-http-method-override': 'DELETE' }],
    ['/api/devices/x', { 'x-method-override': 'DELETE' }],
  ]
  for (const [path, headers] of disguises) {
    const reply = await call('POST', path, { ...bearer(tokens.full), ...headers })
    expect(reply.status).toBe(404)
  }
})

test('a socket ticket opens one socket, once, and no request', async () => {
  const ticket = await socketTicket(tokens.full)
  const protocols = ['dogwatch.v1', `ticket.${ticket}`]
  expect((await call('GET', '/api/status', bearer(ticket))).status).toBe(401)
  expect(await upgrade('/ws/feed', {}, [`ticket.${ticket}`])).toBe(400)
  expect(await upgrade('/ws/feed', {}, protocols)).toBe(101)
  expect(await upgrade('/ws/feed', {}, protocols)).toBe(401)
  expect(await upgrade('/ws/feed', bearer(tokens.full), ['dogwatch.v1'])).toBe(401)
  expect(await upgrade('/ws/feed', {}, ['dogwatch.v1', `ticket.${tokens.full}`])).toBe(401)
  expect(await upgrade('/ws/nothing', {}, protocols)).toBe(400)
})

test('many wrong guesses lock nobody out', async () => {
  const guesses = Array.from({ length: 300 }, (_, index) =>
    call('GET', '/api/status', bearer(`${index}`.padStart(43, 'x'))),
  )
  for (const reply of await Promise.all(guesses)) expect(reply.status).toBe(401)
  expect((await call('GET', '/api/status', bearer(tokens.watch))).status).toBe(200)
})

test('only JSON of the right type and size is read', async () => {
  const send = (type: string, body: string) =>
    fetchFrom<{ error: { code: string } }>(here.port, 'POST', '/api/pair', {
      headers: { 'content-type': type },
      body,
    })
  const ticket = JSON.stringify({ ticket: 'x', name: 'x' })
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    '',
  ]) {
    expect((await send(type, ticket)).status, type).toBe(400)
  }
  for (const body of ['', '[]', 'null', '"x"', '{', '{"ticket":1,"name":"x"}', '{"ticket":"x"}']) {
    expect((await send('application/json', body)).status, body).toBe(400)
  }
  expect((await send('application/json', `{"ticket":"${'x'.repeat(4_000)}"}`)).status).toBe(413)
  const polluted = await send('application/json', '{"__proto__":{"ticket":"x"},"name":"x"}')
  expect(polluted.status).toBe(400)
  expect(({} as Record<string, unknown>).ticket).toBeUndefined()
  expect((await send('application/json; charset=utf-8', ticket)).status).toBe(401)
})

test('every answer carries the headers of our page, and none that lets others in', async () => {
  const replies = [
    await call('GET', '/'),
    await call('GET', '/api/health'),
    await call('GET', '/api/status'),
    await call('GET', '/api/status', bearer(tokens.full)),
    await call('GET', '/nothing.js'),
    await call('GET', '/sw.js'),
    await call('GET', '/icon.svg'),
    await call('GET', '/assets/../index.html'),
    await call('GET', '/', { host: 'evil.example' }),
    await call('OPTIONS', '/api/pair', {
      origin: `http://127.0.0.1:${here.port}`,
      'access-control-request-method': 'POST',
    }),
  ]
  for (const { headers, status } of replies) {
    const policy = String(headers['content-security-policy'])
    expect(policy, `status ${status}`).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(headers['cross-origin-opener-policy']).toBe('same-origin')
    expect(headers['cross-origin-resource-policy']).toBe('same-origin')
    expect(headers['permissions-policy']).toContain('camera=()')
    expect(
      Object.keys(headers).filter((name) => /^access-control|set-cookie|x-powered/.test(name)),
    ).toEqual([])
  }
})

test('a refused name is told which flag would allow it, as text only', async () => {
  const host = 'evil"><script>alert(1)</script>'
  const page = await call('GET', '/', { host, accept: 'text/html' })
  expect(page.status).toBe(421)
  expect(page.text).toContain('--allow-host')
  expect(page.text).not.toContain('<script')
  expect(page.headers.connection).toBe('close')
  const data = await call('GET', '/', { host })
  expect(data.json).toMatchObject({ error: { code: 'misdirected' } })
})
