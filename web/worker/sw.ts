/**
 * The service worker: keeps the page itself, so that it opens without the server and says so. What
 * the server knows (`/api`, `/ws`, `/metrics`) never passes through here. A server that answers is
 * always asked first, so no old page is shown where a new one is to be had, and nothing reloads.
 */
declare const self: ServiceWorkerGlobalScope

const CACHE = 'dogwatch-shell'
/** One page serves every address of ours. */
const SHELL = '/'
/** A server behind a hung link is given up for the kept page after so long (milliseconds). */
const PATIENCE_MS = 4_000
/** How notices look. */
const LOOK = { icon: '/icon-192.png', badge: '/icon-192.png', lang: '' } as const

self.addEventListener('install', (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim())
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin) return
  if (/^\/(?:api|ws|metrics)(?:\/|$)/.test(pathname)) return
  if (request.mode === 'navigate') event.respondWith(openPage(event))
  else if (pathname.startsWith('/assets/')) event.respondWith(fromCacheFirst(request))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const path: unknown = event.notification.data?.path
  event.waitUntil(showPage(typeof path === 'string' && /^\/(?!\/)/.test(path) ? path : SHELL))
})

self.addEventListener('push', (event) => {
  event.waitUntil(showPushed(event.data?.json()))
})

self.addEventListener('pushsubscriptionchange', (event) => {
  event.waitUntil(followPush(event as PushSubscriptionChangeEvent))
})

/** Browsers take push away from whoever is pushed something and shows nothing: it is always shown. */
async function showPushed(message: unknown): Promise<void> {
  const { tag, title, body, path } = (message ?? {}) as Record<string, unknown>
  await self.registration.showNotification(typeof title === 'string' ? title : 'dogwatch', {
    tag: typeof tag === 'string' ? tag : 'dogwatch',
    body: typeof body === 'string' ? body : '',
    ...LOOK,
    data: { path },
  })
}

/** The push service moved this browser. The server must know where to, and pages alone may tell it. */
async function followPush(event: PushSubscriptionChangeEvent): Promise<void> {
  const { newSubscription, oldSubscription } = event
  try {
    if (!newSubscription && oldSubscription) {
      await self.registration.pushManager.subscribe(oldSubscription.options)
    }
  } catch {
    // A page tries it again, and says so where that fails.
  }
  const pages = await self.clients.matchAll({ type: 'window' })
  for (const page of pages) page.postMessage({ type: 'push-changed' })
  if (pages.length > 0) return
  await self.registration.showNotification('dogwatch', {
    tag: 'push-changed',
    body: 'Open dogwatch once, so that notices go on.',
    ...LOOK,
    data: { path: '/settings' },
  })
}

/** Takes an open page to the place, or opens one there. */
async function showPage(path: string): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window' })
  const page = pages.find(({ visibilityState }) => visibilityState === 'visible') ?? pages[0]
  if (!page) {
    await self.clients.openWindow(path)
    return
  }
  await page.focus()
  page.postMessage({ type: 'open', path })
}

/** From the server; where that does not answer, what was kept of it. */
async function openPage(event: FetchEvent): Promise<Response> {
  const giveUp = new AbortController()
  const timer = setTimeout(() => giveUp.abort(), PATIENCE_MS)
  try {
    const response = await fetch(event.request, { signal: giveUp.signal })
    if (isPage(response)) event.waitUntil(keepPage(response.clone()))
    return response
  } catch (error) {
    const kept = await caches.match(SHELL)
    if (kept) return kept
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Names under `/assets/` hold a hash of their content: what is kept is never old. */
async function fromCacheFirst(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE)
  const kept = await cache.match(request)
  if (kept) return kept
  const response = await fetch(request)
  if (response.ok) await cache.put(request, response.clone())
  return response
}

async function keepShell(): Promise<void> {
  const response = await fetch(SHELL, { cache: 'no-store' })
  if (isPage(response)) await keepPage(response)
}

/**
 * Keeps a page with the files that it names, and then drops those of the page before it: where the
 * server goes away in between, that one still opens.
 */
async function keepPage(response: Response): Promise<void> {
  const cache = await caches.open(CACHE)
  const text = await response.clone().text()
  const before = await cache.match(SHELL)
  if (before && (await before.text()) === text) return
  const files = [...text.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path = '']) => path)
  const kept = await cache.keys()
  await cache.addAll(files)
  await cache.put(SHELL, response)
  const old = kept.filter(({ url }) => ![SHELL, ...files].includes(new URL(url).pathname))
  await Promise.all(old.map((request) => cache.delete(request)))
}

function isPage(response: Response): boolean {
  const type = response.headers.get('content-type') ?? ''
  return response.ok && type.startsWith('text/html')
}

// A module, so that `self` can be said to be what it is.
export {}
