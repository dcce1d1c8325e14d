import { readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { dirname, join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, test } from 'playwright/test'
import { fetchFrom, MAIN, type Server, startServer } from '../support/server.ts'

const WEB = join(dirname(MAIN), '..', 'web')
let server: Server

test.beforeAll(async () => {
  server = await startServer()
})

test.afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

test('the page and its own routes are the same fresh document', async () => {
  const document = readFileSync(join(WEB, 'index.html'), 'utf8')
  for (const path of ['/', '/index.html', '/s/abc_DEF-1', '/settings/', '/?x=1']) {
    const reply = await server.api().get(path)
    expect(reply.status, path).toBe(200)
    expect(reply.text).toBe(document)
    expect(reply.headers['cache-control']).toBe('no-store')
    expect(reply.headers['content-type']).toBe('text/html; charset=utf-8')
  }
  expect(document).not.toMatch(/<script(?![^>]*\bsrc=)/)
  expect(document).not.toMatch(/(?:src|href)="https?:/)
})

test('hashed files are kept for ever, come compressed, and are not sent twice', async () => {
  const scripts = readdirSync(join(WEB, 'assets')).filter((name) => name.endsWith('.js'))
  expect(scripts.length).toBeGreaterThan(0)
  for (const name of scripts) {
    const body = readFileSync(join(WEB, 'assets', name))
    const path = `/assets/${name}`
    const response = await fetch(`${server.url}${path}`, { headers: { 'accept-encoding': 'br' } })
    expect(response.headers.get('cache-control')).toContain('immutable')
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true)
    const etag = response.headers.get('etag') ?? ''
    const again = await fetchFrom(server.port, 'GET', path, { headers: { 'if-none-match': etag } })
    expect(again).toMatchObject({ status: 304, text: '' })
  }
})

test('the page names all that it begins with, so that nothing is asked for after something else', () => {
  const document = readFileSync(join(WEB, 'index.html'), 'utf8')
  const named = (link: RegExp) => [...document.matchAll(link)].map(([, path = '']) => path)
  const scripts = named(/(?:src|rel="modulepreload" crossorigin href)="(\/assets\/[^"]+)"/g)
  expect(scripts.length).toBeGreaterThan(1)
  expect(named(/rel="preload" as="style" crossorigin href="(\/assets\/[^"]+)"/g)).toHaveLength(1)
  for (const script of scripts) {
    const text = readFileSync(join(WEB, script), 'utf8')
    for (const [, needed = ''] of text.matchAll(/(?:from|import)"\.\/([\w-]+\.js)"/g)) {
      expect(scripts).toContain(`/assets/${needed}`)
    }
  }
})

test('the files of a first load with a terminal weigh 156 KB at most', () => {
  const document = readFileSync(join(WEB, 'index.html'), 'utf8')
  const named = [...document.matchAll(/"\/assets\/([^"]+)"/g)].map(([, name = '']) => name)
  const needed = readdirSync(join(WEB, 'assets')).filter(
    (name) =>
      named.includes(name) || /^(?:terminal-.*\.js|dogwatch-mono-regular-.*\.woff2)$/.test(name),
  )
  const weights = needed.map((name) => {
    const body = readFileSync(join(WEB, 'assets', name.endsWith('.woff2') ? name : `${name}.br`))
    return [name, body.length] as const
  })
  const all = weights.reduce((sum, [, bytes]) => sum + bytes, 0)
  expect(weights.length).toBeGreaterThan(4)
  expect(all, weights.map((one) => one.join(' ')).join('\n')).toBeLessThan(156_000)
})

test('the coding is one the browser takes, and plain where it takes none', async () => {
  const plain = readFileSync(join(WEB, 'index.html'))
  const get = (accepted: string) => fetchBytes('/', accepted)
  const brotli = await get('gzip, deflate, br')
  expect(brotli.encoding).toBe('br')
  expect(brotliDecompressSync(brotli.body).equals(plain)).toBe(true)
  const gzip = await get('gzip, br;q=0')
  expect(gzip.encoding).toBe('gzip')
  expect(gunzipSync(gzip.body).equals(plain)).toBe(true)
  for (const accepted of ['', 'identity', 'zstd']) {
    const none = await get(accepted)
    expect(none.encoding).toBeUndefined()
    expect(none.body.equals(plain)).toBe(true)
  }
})

test('no path leads out of the page', async () => {
  const up = ['..', '%2e%2e', '%2e.', '.%2e', '..%00', '%252e%252e', '..%c0%af', '%c0%ae%c0%ae']
  const separators = ['/', '%2f', '%5c', '\\', '%252f', '//']
  const bases = ['', '/assets', '/s', '/api']
  for (const base of bases) {
    for (const dots of up) {
      for (const separator of separators) {
        const climb = Array(6).fill(dots).join(separator)
        for (const file of ['etc/passwd', 'package.json', 'proc/self/environ']) {
          const path = `${base}/${climb}${separator}${file}`
          const reply = await fetchFrom(server.port, 'GET', path)
          expect([400, 401, 404], path).toContain(reply.status)
          expect(reply.text).not.toMatch(/root:|"dependencies"|PATH=/)
        }
      }
    }
  }
})

test('nothing but the built page is served', async () => {
  const names = [
    '/server/main.js',
    '/package.json',
    '/../server/main.js',
    '/index.html.br',
    '/index.html.gz',
    '/assets/',
    '/.env',
    '/.git/config',
    '/assets/../index.html',
    '/index.html%00.js',
    '/INDEX.HTML',
    '/favicon.ico.map',
  ]
  for (const path of names) {
    const { status, text } = await server.api().get(path)
    if (status === 200) expect(text, path).toContain('<!doctype html>')
    else expect([400, 404], path).toContain(status)
  }
})

/** One answer as bytes, whatever its coding. */
function fetchBytes(path: string, accepted: string) {
  return new Promise<{ encoding: string | undefined; body: Buffer }>((done, failed) => {
    const headers = accepted ? { 'accept-encoding': accepted } : {}
    const outgoing = request({ port: server.port, host: '127.0.0.1', path, headers, agent: false })
    outgoing.on('error', failed)
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        done({ encoding: response.headers['content-encoding'], body: Buffer.concat(chunks) }),
      )
    })
    outgoing.end()
  })
}
