import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, type Page, test } from 'playwright/test'
import { axeViolations, expectLive, openApp } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

// The other tests do without the worker: it answers before their own routes could.
test.use({ serviceWorkers: 'allow' })

/** Addresses of all that the worker keeps. */
function keptPaths(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const names = await caches.keys()
    const kept = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
    return kept.flat().map(({ url }) => new URL(url).pathname)
  })
}

test('the app can be installed: manifest, icons of their sizes, colours', async ({ page }) => {
  await using server = await startServer()
  await page.goto(server.url)
  const client = await page.context().newCDPSession(page)
  const { errors, data } = await client.send('Page.getAppManifest')
  expect(errors).toEqual([])
  const manifest = JSON.parse(data ?? '')
  expect(manifest).toMatchObject({ name: 'dogwatch', display: 'standalone', start_url: '/' })
  for (const { src, sizes, type } of manifest.icons) {
    const size = await page.evaluate(async (from) => {
      const image = new Image()
      image.src = from
      await image.decode()
      return `${image.naturalWidth}x${image.naturalHeight}`
    }, src)
    if (type === 'image/png') expect(size, src).toBe(sizes)
  }
  const purposes = manifest.icons.map(({ purpose }: { purpose?: string }) => purpose)
  expect(purposes).toContain('maskable')
})

test('without the server the page opens, says so and since when, and comes back', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'kept', command: 'exec sh' })
  await using server = await startServer({ tmux })
  const { problems } = await openApp(page, server)
  await page.evaluate(() => navigator.serviceWorker.ready)
  await expect.poll(() => keptPaths(page)).toContain('/')
  await server.stop()
  await page.reload()
  const banner = page.getByTestId('link-banner')
  await expect(banner).toContainText('No connection to dogwatch')
  await expect(banner).toContainText(/last connected .* ago/)
  expect(await axeViolations(page)).toEqual([])
  await server.start()
  await expectLive(page)
  await expect(page.locator('.row')).toContainText(['kept'])
  expect(problems).toEqual([])
  const paths = await keptPaths(page)
  expect(paths.filter((path) => /^\/(api|ws|metrics)/.test(path))).toEqual([])
})

test('a page that the server has anew is shown at once, and nothing reloads by itself', async ({
  page,
}) => {
  await using server = await startServer()
  await openApp(page, server)
  await page.evaluate(() => navigator.serviceWorker.ready)
  await expect.poll(() => keptPaths(page)).toContain('/')
  // What is kept is made old; the server's own page is the one that is shown.
  await page.evaluate(async () => {
    const cache = await caches.open('dogwatch-shell')
    const headers = { 'content-type': 'text/html' }
    await cache.put('/', new Response('<title>an old page</title>', { headers }))
  })
  let loads = 0
  page.on('load', () => {
    loads += 1
  })
  await page.reload()
  await expectLive(page)
  expect(await page.title()).not.toContain('old page')
  const kept = () => page.evaluate(async () => (await caches.match('/'))?.text())
  await expect.poll(kept).toContain('id="root"')
  expect(loads).toBe(1)
})

test('a page that is kept stays until all of a newer one is', async ({ page }) => {
  await using server = await startServer()
  // The server, and from some moment on a newer one that goes away while its page is being kept.
  let isNewer = false
  let cut = 0
  const relay = createServer(async ({ url = '/' }, response) => {
    if (url === '/assets/newer.js') {
      cut += 1
      response.destroy()
      return
    }
    const answer = await fetch(`${server.url}${url}`)
    const body = Buffer.from(await answer.arrayBuffer())
    const type = answer.headers.get('content-type') ?? ''
    response.writeHead(answer.status, { 'content-type': type })
    response.end(isNewer && url === '/' ? `${body}<!-- "/assets/newer.js" -->` : body)
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  const address = relay.address()
  await page.goto(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`)
  await page.evaluate(() => navigator.serviceWorker.ready)
  await expect.poll(() => keptPaths(page)).toContain('/')
  const kept = await keptPaths(page)
  isNewer = true
  await page.reload()
  await expect.poll(() => cut).toBeGreaterThan(0)
  expect(await keptPaths(page)).toEqual(expect.arrayContaining(kept))
  relay.close()
  relay.closeAllConnections()
})

test('settings say where the page is kept', async ({ page }) => {
  await using server = await startServer()
  await openApp(page, server, { path: '/settings' })
  await expect(page.getByTestId('kept-page')).toContainText('opens without the server')
})
