import { once } from 'node:events'
import { createServer, type Server as HttpServer } from 'node:http'
import { expect, test } from 'playwright/test'
import { type Server, startServer } from '../support/server.ts'

/** Names that lead the browser to this machine, as a rebinding page's name does. */
const REBOUND = ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example']

test.use({
  launchOptions: async ({ launchOptions }, use) => {
    const rules = REBOUND.map((name) => `MAP ${name} 127.0.0.1`).join(',')
    const args = [...(launchOptions.args ?? []), `--host-resolver-rules=${rules}`]
    await use({ ...launchOptions, args })
  },
})

let server: Server
let neighbour: HttpServer
let neighbourUrl: string
let token: string
/** Headers of every request that reached the neighbour. */
const overheard: string[] = []

test.beforeAll(async () => {
  server = await startServer()
  token = await server.pair()
  neighbour = createServer((request, response) => {
    overheard.push(JSON.stringify(request.headers))
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end('<!doctype html><title>a development server</title>')
  })
  neighbour.listen(0, '127.0.0.1')
  await once(neighbour, 'listening')
  const address = neighbour.address()
  neighbourUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
})

test.afterAll(async () => {
  neighbour.close()
  neighbour.closeAllConnections()
  await server[Symbol.asyncDispose]()
})

test('a page on another port of this machine can neither read, act, connect nor frame', async ({
  page,
}) => {
  // Where the device is paired, as for anyone who uses dogwatch beside what an agent serves.
  await page.goto(server.url)
  await page.evaluate((secret) => localStorage.setItem('dogwatch.token', secret), token)
  await page.goto(neighbourUrl)
  const ticket = await server.socketTicket(token)

  const tried = await page.evaluate(
    async ({ url, token, ticket }) => {
      const attempt = async (init: RequestInit, path = '/api/sessions') => {
        try {
          const response = await fetch(`${url}${path}`, init)
          return `${response.type} ${response.status}`
        } catch {
          return 'blocked'
        }
      }
      const body = JSON.stringify({ id: 'x', command: 'touch /tmp/never' })
      const socket = (protocols: string[]) =>
        new Promise<string>((done) => {
          const opened = new WebSocket(`${url.replace('http', 'ws')}/ws/feed`, protocols)
          opened.onopen = () => done('open')
          opened.onerror = () => done('blocked')
        })
      return {
        read: await attempt({}),
        readHealth: await attempt({}, '/api/health'),
        readWithToken: await attempt({ headers: { authorization: `Bearer ${token}` } }),
        readWithCookies: await attempt({ credentials: 'include' }),
        simplePost: await attempt({ method: 'POST', mode: 'no-cors', body }),
        jsonPost: await attempt({
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body,
        }),
        socket: await socket(['dogwatch.v1']),
        socketWithTicket: await socket(['dogwatch.v1', `ticket.${ticket}`]),
        stored: Object.keys(localStorage),
        cookies: document.cookie,
      }
    },
    { url: server.url, token, ticket },
  )
  expect(tried).toEqual({
    read: 'blocked',
    readHealth: 'blocked',
    readWithToken: 'blocked',
    readWithCookies: 'blocked',
    simplePost: 'blocked',
    jsonPost: 'blocked',
    socket: 'blocked',
    socketWithTicket: 'blocked',
    stored: [],
    cookies: '',
  })

  // An answer that the page may not see can still have had an effect: it had none.
  const { json } = await server.api(token).get<{ sessions: unknown[] }>('/api/sessions')
  expect(json.sessions).toEqual([])

  await page.setContent(`<iframe src="${server.url}/"></iframe>`)
  const frame = page.frameLocator('iframe')
  await expect(frame.locator('#app, #root, main, script[type=module]')).toHaveCount(0)
  expect(overheard.filter((headers) => headers.includes(token))).toEqual([])
})

for (const name of REBOUND) {
  test(`a page that rebinds ${name} to this machine is not served`, async ({ page }) => {
    const response = await page.goto(`http://${name}:${server.port}/`)
    expect(response?.status()).toBe(421)
    await expect(page.locator('body')).toContainText(`--allow-host ${name}`)
    const status = await page.evaluate(async (secret) => {
      const headers = { authorization: `Bearer ${secret}` }
      return (await fetch('/api/sessions', { headers })).status
    }, token)
    expect(status).toBe(421)
  })
}
