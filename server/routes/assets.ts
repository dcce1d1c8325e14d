import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, sep } from 'node:path'
import { Hono } from 'hono'
import type { Env } from '../core/caller.ts'
import { Failure } from '../core/failure.ts'
import { acceptedEncodings } from '../lib/encodings.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

/** Best first; the build leaves each beside its file. */
const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const

/** Paths of the page's own router: they all show the one page. */
const PAGE_PATH = /^\/(?:[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*\/?)?$/

const NOT_KEPT = 'no-store'

interface Asset {
  type: string
  etag: string
  cacheControl: string
  body: Uint8Array<ArrayBuffer>
  encoded: ReadonlyMap<string, Uint8Array<ArrayBuffer>>
}

/** Every file of the built page by its URL path. Read once: no request ever names a file to the disk. */
export type Assets = ReadonlyMap<string, Asset>

/** Reads the built page; empty where it was not built. */
export function loadAssets(folder: string): Assets {
  const assets = new Map<string, Asset>()
  if (!existsSync(folder)) return assets
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const type = TYPES[extname(name)]
    if (!type) continue
    const path = `/${name.split(sep).join('/')}`
    const file = join(folder, name)
    const body = new Uint8Array(readFileSync(file))
    const encoded = new Map<string, Uint8Array<ArrayBuffer>>()
    for (const { name: encoding, suffix } of ENCODINGS) {
      if (existsSync(file + suffix)) {
        encoded.set(encoding, new Uint8Array(readFileSync(file + suffix)))
      }
    }
    assets.set(path, {
      type,
      // 72 bits, to tell one build's file from the next one's.
      etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 12)}"`,
      cacheControl: cacheControl(path),
      body,
      encoded,
    })
  }
  return assets
}

/** `GET /*`: the page and its files, registered after every other route. */
export function assetRoutes(deps: { assets: Assets }) {
  return new Hono<Env>().get('/*', (c) => {
    const path = c.req.path
    const asset = deps.assets.get(path) ?? (PAGE_PATH.test(path) && deps.assets.get('/index.html'))
    if (!asset) {
      if (deps.assets.size === 0) throw new Failure('not-found', 'Build the page: npm run build')
      throw new Failure('not-found', 'There is nothing here.')
    }
    const headers: Record<string, string> = {
      'Content-Type': asset.type,
      'Cache-Control': asset.cacheControl,
      // What nobody keeps is never asked for by what it was.
      ...(asset.cacheControl === NOT_KEPT ? {} : { ETag: asset.etag }),
      Vary: 'Accept-Encoding',
    }
    if (c.req.header('if-none-match') === asset.etag) return c.body(null, 304, headers)
    const accepted = acceptedEncodings(c.req.header('accept-encoding'))
    for (const { name } of ENCODINGS) {
      const body = accepted.has(name) ? asset.encoded.get(name) : undefined
      if (body) return c.body(body, 200, { ...headers, 'Content-Encoding': name })
    }
    return c.body(asset.body, 200, headers)
  })
}

/** Vite puts a hash of the content into every name under `assets/`; all else is asked for again. */
function cacheControl(path: string): string {
  if (path.startsWith('/assets/')) return 'public, max-age=31536000, immutable'
  return path === '/index.html' ? NOT_KEPT : 'no-cache'
}
