import { upgradeWebSocket } from '@hono/node-server'
import { Hono, type MiddlewareHandler } from 'hono'
import type { UpgradeWebSocket } from 'hono/ws'
import type { WebSocket } from 'ws'
import type { Attachments } from './core/attachments.ts'
import type { Batches } from './core/batches.ts'
import type { Env } from './core/caller.ts'
import { Failure } from './core/failure.ts'
import { sayHello } from './core/hello.ts'
import type { Looks } from './core/looks.ts'
import type { OneByOne } from './core/one-by-one.ts'
import { packed } from './core/packed.ts'
import type { Receipts } from './core/receipts.ts'
import type { Registry } from './core/registry.ts'
import type { SearchDeps } from './core/search.ts'
import type { SettingsKeeper } from './core/settings-keeper.ts'
import type { Snapshots } from './core/snapshots.ts'
import type { Starts } from './core/starts.ts'
import type { PairTickets } from './core/tickets.ts'
import { toFailure } from './core/tmux-failure.ts'
import type { Viewers } from './core/viewers.ts'
import { type Bindings, type GateDeps, gate } from './gate.ts'
import type { Scope } from './protocol.ts'
import { type AgentRouteDeps, agentRoutes } from './routes/agents.ts'
import { answerRoutes } from './routes/answer.ts'
import { type Assets, assetRoutes } from './routes/assets.ts'
import { attachmentRoutes } from './routes/attachments.ts'
import { type AttentionRouteDeps, attentionRoutes } from './routes/attention.ts'
import { type ChangesRouteDeps, changesRoutes } from './routes/changes.ts'
import { conversationRoutes } from './routes/conversation.ts'
import { deviceRoutes } from './routes/devices.ts'
import { directoryRoutes } from './routes/directories.ts'
import { healthRoutes } from './routes/health.ts'
import { type HookRouteDeps, hookRoutes } from './routes/hooks.ts'
import { listRoutes } from './routes/list.ts'
import { type MetricsDeps, metricsRoutes } from './routes/metrics.ts'
import { pairRoutes } from './routes/pair.ts'
import { paneRoutes } from './routes/panes.ts'
import { type PushRouteDeps, pushRoutes } from './routes/push.ts'
import { type RecoveryRouteDeps, recoveryRoutes } from './routes/recovery.ts'
import { searchRoutes } from './routes/search.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { settingsRoutes } from './routes/settings.ts'
import { snapshotRoutes } from './routes/snapshots.ts'
import { startRoutes } from './routes/starts.ts'
import { type StatusDeps, statusRoutes } from './routes/status.ts'
import { feedSocket } from './sockets/feed.ts'
import { terminalSocket } from './sockets/terminal.ts'

export interface AppDeps
  extends GateDeps,
    StatusDeps,
    MetricsDeps,
    AgentRouteDeps,
    AttentionRouteDeps,
    ChangesRouteDeps,
    SearchDeps,
    HookRouteDeps,
    PushRouteDeps,
    RecoveryRouteDeps {
  settings: SettingsKeeper
  pairTickets: PairTickets
  /** Names under which a proxy serves us by https. */
  allowHosts: readonly string[]
  registry: Registry
  viewers: Viewers
  looks: Looks
  receipts: Receipts
  snapshots: Snapshots
  attachments: Attachments
  /** What is typed into one pane, by whatever route, comes one after the other. */
  typing: OneByOne
  starts: Starts
  batches: Batches
  assets: Assets
  /** Home folder of the user. */
  home: string
  /** Resolves when the first look at tmux is over, whether or not it found out everything. */
  looked: Promise<void>
}

/** The adaptor types what it hands out by the few methods it needs; it is always a socket of ws. */
const upgrade = upgradeWebSocket as unknown as UpgradeWebSocket<
  WebSocket,
  { onError(error: unknown): void }
>

/** Every route and socket behind the gate. Serves nothing by itself: `listen.ts` does. */
export function createApp(deps: AppDeps) {
  const app = new Hono<Env & { Bindings: Bindings }>()
  app.use('*', gate(deps))
  app.use('/api/*', async (c, next) => {
    await next()
    c.header('Cache-Control', 'no-store')
  })
  app.use('/api/*', packed)
  // We listen before we look. A page that is back within that moment of a restart must not be told
  // that there are no sessions, and that the one it shows has ended.
  const afterLook: MiddlewareHandler = async (_c, next) => {
    await deps.looked
    await next()
  }
  for (const path of ['/ws/*', '/api/sessions/*', '/api/panes/*', '/api/starts/*', '/api/search'])
    app.use(path, afterLook)
  app.route('/', healthRoutes(deps))
  let hasLooked = false
  void deps.looked.then(() => {
    hasLooked = true
  })
  const hello = (scope: Scope) => (hasLooked ? sayHello(deps, scope) : undefined)
  app.route('/', pairRoutes({ ...deps, hello }))
  app.route('/', deviceRoutes(deps))
  app.route('/', statusRoutes(deps))
  app.route('/', metricsRoutes(deps))
  app.route('/', listRoutes(deps))
  app.route('/', sessionRoutes(deps))
  app.route('/', startRoutes(deps))
  app.route('/', paneRoutes(deps))
  app.route('/', answerRoutes(deps))
  app.route('/', searchRoutes(deps))
  app.route('/', directoryRoutes())
  app.route('/', attachmentRoutes(deps))
  app.route('/', agentRoutes(deps))
  app.route('/', attentionRoutes(deps))
  app.route('/', settingsRoutes(deps))
  app.route('/', hookRoutes(deps))
  app.route('/', changesRoutes(deps))
  app.route('/', conversationRoutes(deps))
  app.route('/', snapshotRoutes(deps))
  app.route('/', recoveryRoutes(deps))
  app.route('/', pushRoutes(deps))

  const onError = (error: unknown) => deps.log.error({ error }, 'a socket handler failed')
  const feed = feedSocket(deps)
  app.get('/ws/feed', upgrade(feed, { onError }))
  app.get('/ws/terminal/:pane', upgrade(terminalSocket(deps), { onError }))

  app.route('/', assetRoutes(deps))
  app.notFound((c) => {
    const failure = new Failure('not-found', 'There is nothing here.')
    return c.json(failure.body, failure.status)
  })
  app.onError((error, c) => {
    const known = toFailure(error)
    if (!known) deps.log.error({ error, method: c.req.method }, 'a request failed')
    const failure = known ?? new Failure('internal', 'Something failed here; the log says what.')
    // Strangers get no connection to keep, and no body of theirs is read to its end.
    if ([401, 403, 413].includes(failure.status)) c.header('Connection', 'close')
    if (failure.status === 401) c.header('WWW-Authenticate', 'Bearer')
    c.header('Cache-Control', 'no-store')
    return c.json(failure.body, failure.status)
  })
  return app
}

export type App = ReturnType<typeof createApp>
