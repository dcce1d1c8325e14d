import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAdaptorServer, upgradeWebSocket } from '@hono/node-server'
import { Hono } from 'hono'
import type { UpgradeWebSocket } from 'hono/ws'
import { expect } from 'playwright/test'
import { type WebSocket, WebSocketServer } from 'ws'
import { closeDatabase, openDatabase } from '../../db/open.ts'
import { Writer } from '../../db/writer.ts'
import type { Env } from '../../server/core/caller.ts'
import { isScope } from '../../server/core/caller.ts'
import { Connections } from '../../server/core/connections.ts'
import { OneByOne } from '../../server/core/one-by-one.ts'
import { Receipts } from '../../server/core/receipts.ts'
import { Registry } from '../../server/core/registry.ts'
import { DEFAULT_SETTINGS } from '../../server/core/settings.ts'
import { SnapshotTexts } from '../../server/core/snapshot-texts.ts'
import { Snapshots } from '../../server/core/snapshots.ts'
import { toFailure } from '../../server/core/tmux-failure.ts'
import { Viewers } from '../../server/core/viewers.ts'
import { systemClock } from '../../server/lib/clock.ts'
import { makeLog } from '../../server/log.ts'
import type { PaneView, SessionView } from '../../server/protocol.ts'
import { directoryRoutes } from '../../server/routes/directories.ts'
import { listRoutes } from '../../server/routes/list.ts'
import { paneRoutes } from '../../server/routes/panes.ts'
import { sessionRoutes } from '../../server/routes/sessions.ts'
import { terminalSocket } from '../../server/sockets/terminal.ts'
import { TmuxServer } from '../../server/tmux/server.ts'
import { openPage, type Page, type PageOptions } from './terminal-page.ts'
import type { Tmux } from './tmux.ts'

/** The terminal part of the server in this process, on a private tmux: its insides can be asked. */
export interface Bed {
  readonly server: TmuxServer
  readonly registry: Registry
  readonly viewers: Viewers
  readonly connections: Connections
  readonly port: number
  /** The session with tmux's id, once the registry knows it; of the only one without. */
  session(tmuxId?: string): Promise<SessionView>
  pane(tmuxPaneId: string): Promise<PaneView>
  /** One request as the page makes it. */
  request(method: string, path: string, body?: unknown, query?: Query): Promise<Answer>
  /** A page on the current pane of a session, its screen drawn. */
  open(options?: OpenOptions): Promise<Page>
  [Symbol.asyncDispose](): Promise<void>
}

/** Who asks; a device of full scope without. */
export type Query = { scope?: string; device?: string }
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
export type Answer = { status: number; body: any }

export type OpenOptions = Partial<PageOptions> & { tmuxSession?: string; pane?: string }

const upgrade = upgradeWebSocket as unknown as UpgradeWebSocket<
  WebSocket,
  { onError(error: unknown): void }
>

export async function startBed(tmux: Tmux, options: { hub?: boolean } = {}): Promise<Bed> {
  const runDir = mkdtempSync(join(tmpdir(), 'dogwatch-run-'))
  const log = makeLog('error')
  const life = new AbortController()
  const server = new TmuxServer({
    ...{ socketPath: tmux.socketPath, label: 'test', hub: options.hub ?? true, runDir, log },
  })
  const registry = new Registry({ signal: life.signal })
  registry.add(server)
  await server.start()
  const viewers = new Viewers({ registry, log })
  const connections = new Connections(256)
  const app = new Hono<Env>()
  // What the gate would have found out, said by the test itself.
  app.use('*', async (c, next) => {
    const { scope = 'full', device = 'd1' } = c.req.query()
    if (!isScope(scope)) throw new Error(`no such scope: ${scope}`)
    c.set('device', { id: device, name: device, scope })
    await next()
  })
  const socket = terminalSocket({ viewers, connections, log })
  const failures: unknown[] = []
  app.get('/ws/terminal/:pane', upgrade(socket, { onError: (error) => failures.push(error) }))
  const receipts = new Receipts()
  app.route('/', listRoutes({ registry }))
  // There are no agents here to be spoken to.
  const agents = { heardUser: () => {}, find: () => undefined, screenOf: async () => undefined }
  const { db } = openDatabase(runDir)
  const snapshots = new Snapshots({
    ...{ registry, db, writer: new Writer({ db, log }), log, signal: life.signal },
    // No agents are looked for here.
    subject: () => undefined,
    texts: new SnapshotTexts(registry),
    settings: () => DEFAULT_SETTINGS,
    clock: systemClock,
  })
  app.route('/', sessionRoutes({ registry, viewers, snapshots, receipts, log }))
  const typing = new OneByOne()
  app.route('/', paneRoutes({ registry, receipts, snapshots, db, agents, typing }))
  app.route('/', directoryRoutes())
  app.onError((error, c) => {
    const failure = toFailure(error)
    if (!failure) throw error
    return c.json(failure.body, failure.status)
  })
  const http = createAdaptorServer({
    fetch: app.fetch,
    websocket: {
      server: new WebSocketServer({
        noServer: true,
        maxPayload: 1_048_576,
        perMessageDeflate: { serverNoContextTakeover: true, clientNoContextTakeover: true },
      }),
    },
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  const pages = new Set<Page>()

  const bed: Bed = {
    ...{ server, registry, viewers, connections, port },
    async session(tmuxId) {
      const find = () =>
        tmuxId === undefined ? registry.sessions()[0] : registry.findByTmuxId(server, tmuxId)
      await expect.poll(() => find()?.id, { timeout: 15_000 }).toBeDefined()
      const found = find()
      if (!found) throw new Error('the session is gone again')
      return found
    },
    async pane(tmuxPaneId) {
      const find = () =>
        registry
          .sessions()
          .flatMap(({ windows }) => windows.flatMap(({ panes }) => panes))
          .find((pane) => pane.tmuxId === tmuxPaneId)
      await expect.poll(() => find()?.id, { timeout: 15_000 }).toBeDefined()
      const found = find()
      if (!found) throw new Error('the pane is gone again')
      return found
    },
    async request(method, path, body, query = {}) {
      const url = new URL(path, 'http://127.0.0.1')
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
      const response = await app.request(url.pathname + url.search, {
        method,
        ...(body === undefined
          ? {}
          : {
              body: typeof body === 'string' ? body : JSON.stringify(body),
              headers: { 'content-type': 'application/json' },
            }),
      })
      return { status: response.status, body: await response.json() }
    },
    async open({ tmuxSession, pane, ...more } = {}) {
      const session = await bed.session(tmuxSession)
      const window = session.windows.find(({ active }) => active)
      const paneId = pane ?? window?.panes.find(({ active }) => active)?.id ?? ''
      const page = await openPage({ port, paneId, session: session.id, ...more })
      pages.add(page)
      return page
    },
    async [Symbol.asyncDispose]() {
      for (const page of pages) page.drop()
      await viewers.close()
      await server.close()
      life.abort()
      connections.closeAll(1001, 'the test is over')
      await new Promise<void>((resolve) => {
        http.close(() => resolve())
        if ('closeAllConnections' in http) http.closeAllConnections()
      })
      closeDatabase(db)
      rmSync(runDir, { recursive: true, force: true })
      expect(failures).toEqual([])
    },
  }
  return bed
}
