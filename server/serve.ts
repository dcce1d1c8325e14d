import { setMaxListeners } from 'node:events'
import { rmSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { lockDataFolder } from '../db/lock.ts'
import { closeDatabase, databaseFile, openDatabase } from '../db/open.ts'
import { Reader } from '../db/reader.ts'
import { readSettings } from '../db/settings.ts'
import { Writer } from '../db/writer.ts'
import { listenEverywhere } from './addresses.ts'
import { type App, createApp } from './app.ts'
import { anotherLink, pairUrl, proxiedUrl, sshPlace, welcomeText } from './cli/welcome.ts'
import { type Config, tmuxLabel } from './config.ts'
import { agentConversation } from './core/agent-conversation.ts'
import { gitSubjects } from './core/agent-git.ts'
import { followHooks } from './core/agent-hooks.ts'
import { Agents } from './core/agents.ts'
import { Attachments } from './core/attachments.ts'
import { takeUpAttention } from './core/attention-start.ts'
import { Batches } from './core/batches.ts'
import { Connections } from './core/connections.ts'
import { Devices, makeSecret } from './core/devices.ts'
import { prepareDataFolder, prepareRunFolder } from './core/folders.ts'
import { makeGit } from './core/git-command.ts'
import { GitWatch } from './core/git-watch.ts'
import { OneByOne } from './core/one-by-one.ts'
import { hostPolicy } from './core/origin.ts'
import { openPast } from './core/past.ts'
import { makePush, type PushOptions } from './core/push-parts.ts'
import { Receipts } from './core/receipts.ts'
import { Registry } from './core/registry.ts'
import { readRunning, removeRunning, writeLocalToken, writeRunning } from './core/running.ts'
import { SearchIndex } from './core/search-index.ts'
import { SettingsKeeper } from './core/settings-keeper.ts'
import { makeSnapshotMemory } from './core/snapshot-memory.ts'
import { Starts } from './core/starts.ts'
import { Storage } from './core/storage.ts'
import { PAIR_TICKET_MS, SOCKET_TICKET_MS, Tickets } from './core/tickets.ts'
import { TurnJournal } from './core/turn-journal.ts'
import { Viewers } from './core/viewers.ts'
import { Vitals } from './core/vitals.ts'
import { systemClock } from './lib/clock.ts'
import { DeadlineError, deadline, delay } from './lib/time.ts'
import type { Log } from './log.ts'
import { CLOSE, LIMITS, type Scope } from './protocol.ts'
import { loadAssets } from './routes/assets.ts'
import { TmuxServer } from './tmux/server.ts'

/** How long the first words wait for tmux: a hung server must not keep the link from the user. */
const FIRST_LOOK_MS = 3_000
/** How long sockets have to hear that we leave before they are cut. */
const FAREWELL_MS = 300

/** A new worktree of a large repository is written for so long (milliseconds). */
const CHECKOUT_MS = 60_000

/** How long the last look at what runs may take; the rest of the stop has its own time. */
const LAST_LOOK_MS = 2_500

/** Another dogwatch serves this data folder. Exit code 3. */
export class AlreadyRunningError extends Error {
  override name = 'AlreadyRunningError'
}

/** A server that runs. */
export interface Served {
  app: App
  /** TCP port on the loopback addresses. */
  port: number
  /** The first words for the user, or one JSON line. */
  greeting: string
  /** Leaves nothing behind, in order: intake, tmux, sockets, database. May be called once. */
  stop(): Promise<void>
  /** The least that must be done when we fail: tmux as it was. */
  tidyTmux(): Promise<void>
}

/**
 * Starts everything, in an order in which nothing is touched before it is ours: the lock on the
 * data folder, the database, the addresses, and tmux last. Throws `AlreadyRunningError`,
 * `FolderError`, `DatabaseError` or `PortTakenError` with everything closed again. `options` are
 * for tests.
 */
export async function serve(
  config: Config,
  log: Log,
  sshConnection: string | undefined,
  options: { push?: PushOptions; web?: string } = {},
): Promise<Served> {
  const life = new AbortController()
  const undo: (() => void)[] = [() => life.abort()]
  const unwind = () => {
    for (const step of undo.splice(0).reverse()) {
      try {
        step()
      } catch (error) {
        // The rest still has to be done, the lock above all.
        log.error({ error }, 'a part did not close')
      }
    }
  }
  const tmux: TmuxServer[] = []
  try {
    prepareDataFolder(config.dataDir)
    undo.push(holdDataFolder(config))
    prepareRunFolder(config.runDir)
    const { db, loadFault } = openDatabase(config.dataDir)
    if (loadFault) log.error({}, loadFault)
    const { signal } = life
    const writer = new Writer({ db, log })
    undo.push(
      () => closeDatabase(db, { isSound: writer.health.state === 'saving' }),
      () => writer.close(),
    )
    const reader = new Reader({ file: databaseFile(config.dataDir), log, signal })
    const { dataDir } = config
    const storage = new Storage({ dataDir, writer, reader, loadFault, log, signal })
    const localToken = makeSecret()
    const devices = new Devices({ db, writer, localToken, log, signal })
    undo.push(() => devices.flush())
    const connections = new Connections(LIMITS.sockets)
    const pairTickets = new Tickets<Scope>(PAIR_TICKET_MS)
    const registry = new Registry({ signal })
    storage.changes.on((view) => registry.tell({ type: 'storage', storage: view }))
    const viewers = new Viewers({ registry, log })
    // Agents are left before tmux and the database are: their end is not ours to conclude then.
    const watch = new AbortController()
    // Every part listens to these two: that is no leak.
    setMaxListeners(0, signal, watch.signal)
    const journal = new TurnJournal({ writer, log, signal: watch.signal })
    undo.push(
      () => void journal.flush(),
      () => watch.abort(),
    )
    const settings = new SettingsKeeper({ stored: readSettings(db), writer, registry })
    const attention = takeUpAttention({
      ...{ db, writer, registry, log, clock: systemClock, signal: watch.signal },
      newestFirst: () => settings.current.newestFirst,
    })
    const agents = new Agents({ registry, db, journal, log, signal: watch.signal })
    const git = new GitWatch({
      git: makeGit({ signal: watch.signal }),
      subjects: () => gitSubjects(agents, registry),
      isSomeoneLooking: () => connections.size > 0,
      log,
      signal: watch.signal,
    })
    viewers.said.on((pane) => agents.heardUser(pane), watch.signal)
    const typing = new OneByOne()
    const batches = new Batches({ db, writer, registry, log, signal: watch.signal })
    undo.push(() => void batches.flush())
    const starts = new Starts({
      git: makeGit({ signal: watch.signal, limitMs: CHECKOUT_MS }),
      ...{ registry, agents, typing, batches, log, signal: watch.signal },
    })
    const { snapshotSeconds } = config
    const memory = makeSnapshotMemory({
      ...{ registry, agents, db, reader, writer, log, signal },
      settings: () => ({
        ...settings.current,
        ...(snapshotSeconds === undefined ? {} : { snapshotSeconds }),
      }),
    })
    const past = openPast({
      db,
      writer,
      journal,
      registry,
      agents,
      batches,
      resumesByItself: () => settings.current.resumeByItself,
      isNeeded: (agent) => attention.items().some((item) => item.agent === agent),
      log,
      signal: watch.signal,
    })
    undo.push(() => past.flush())
    const index = new SearchIndex({
      ...{ registry, db, writer, log, signal: watch.signal },
      settings: () => settings.current,
      conversation: async (id, page) => {
        const live = agents.find(id)
        return live && (await agentConversation(live, page))
      },
    })
    const { pusher, ...push } = makePush(
      {
        ...{ registry, devices, db, writer, dataDir, log },
        clock: systemClock,
        signal: watch.signal,
      },
      options.push,
    )
    const place = { addresses: [] as string[], socket: config.socketPath }
    let haveLooked = () => {}
    const looked = new Promise<void>((resolve) => {
      haveLooked = resolve
    })
    const app = createApp({
      looked,
      devices,
      connections,
      registry,
      viewers,
      agents,
      git,
      snapshots: memory.snapshots,
      attachments: new Attachments({ folder: join(dataDir, 'attachments'), log, signal }),
      journal,
      attention,
      settings,
      store: past.store,
      recovery: past.recovery,
      ...push,
      db,
      reader,
      dataDir,
      agentEnv: config.agentEnv,
      listening: config.hooks,
      storage,
      receipts: new Receipts(),
      typing,
      starts,
      batches,
      place,
      log,
      pairTickets,
      allowHosts: config.allowHosts,
      socketTickets: new Tickets<string>(SOCKET_TICKET_MS),
      assets: loadAssets(options.web ?? join(import.meta.dirname, '..', 'web')),
      version: config.version,
      home: config.agentEnv.HOME ?? '',
      vitals: new Vitals(signal),
      tmuxServers: () => registry.servers(),
      sessionCount: () => registry.sessions().length,
      viewerCount: () => viewers.size,
      socketCount: () => connections.size,
    })

    const hosts = hostPolicy(config.allowHosts, config.listen)
    const { listeners, port, addresses } = await listenEverywhere({ app, hosts }, config, log)
    undo.push(() => {
      for (const listener of listeners) listener.destroy()
      rmSync(config.socketPath, { force: true })
    })
    place.addresses.push(...addresses)
    writeLocalToken(config.dataDir, localToken)
    writeRunning(config.dataDir, {
      pid: process.pid,
      address: addresses[0] ?? '',
      port,
      socket: config.socketPath,
      version: config.version,
      startedAt: Date.now(),
    })
    undo.push(() => removeRunning(config.dataDir))
    log.info({ addresses, socket: config.socketPath, pid: process.pid }, 'listening')

    for (const socketPath of config.tmuxSockets) {
      const server = new TmuxServer({
        socketPath,
        label: tmuxLabel(socketPath),
        hub: config.hub,
        runDir: config.runDir,
        log: log.child({ tmux: tmuxLabel(socketPath) }),
      })
      tmux.push(server)
      registry.add(server)
      agents.add(server)
      past.add(server)
    }
    const tidyTmux = async () => {
      watch.abort()
      // Our clients leave before the hub does: tmux would have to choose a session for them.
      await viewers.close()
      await Promise.allSettled(tmux.map((server) => server.close()))
    }
    await firstLook(tmux, log)
    haveLooked()
    await agents.start()
    pusher.start(attention.items())
    attention.start(past.store.rows().map(({ view }) => view))
    git.start()
    memory.snapshots.start()
    memory.keeper.start()
    past.begin()
    index.start()
    // Agents are known now: what hooks left while we were away finds its own.
    const hooks = config.hooks
      ? followHooks({
          ...{ agents, db, writer, journal, log },
          dataDir: config.dataDir,
          signal: watch.signal,
        }).catch((error: unknown) => log.error({ error }, 'hook events are not read'))
      : undefined

    return {
      app,
      port,
      greeting: greet(config, port, pairTickets.issue('full'), registry, sshConnection),
      tidyTmux,
      async stop() {
        for (const listener of listeners) listener.stop()
        watch.abort()
        await hooks
        // Nothing is taken in any more, and tmux still answers.
        await memory.snapshots.finish(LAST_LOOK_MS)
        writer.flush()
        await tidyTmux()
        connections.closeAll(CLOSE.goingAway, 'dogwatch is stopping')
        for (let waited = 0; connections.size > 0 && waited < FAREWELL_MS; waited += 10) {
          await delay(10)
        }
        await attention.written()
        // Its thread holds the database open, and who closes last empties the log.
        await reader.close()
        unwind()
      },
    }
  } catch (error) {
    await Promise.allSettled(tmux.map((server) => server.close()))
    unwind()
    throw error
  }
}

function holdDataFolder(config: Config): () => void {
  const { dataDir } = config
  const release = lockDataFolder(dataDir)
  if (release) return release
  const running = readRunning(dataDir)
  const where = running ? ` at ${running.address} (process ${running.pid})` : ''
  throw new AlreadyRunningError(
    `already running${where} for the data folder ${dataDir}. ` +
      `"${anotherLink(config)}" prints a link to it; another --data-dir starts a second one`,
  )
}

/** Starts to watch; returns when all servers are known, or when that takes too long. */
async function firstLook(tmux: readonly TmuxServer[], log: Log): Promise<void> {
  const started = Promise.all(tmux.map((server) => server.start()))
  try {
    await deadline(started, FIRST_LOOK_MS, 'the first look at tmux')
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error
    log.warn({ error }, 'tmux takes its time; its sessions follow')
    // It ends as it ends: from now on the registry tells what it finds.
    started.catch((late: unknown) => log.error({ error: late }, 'watching tmux failed'))
  }
}

function greet(
  config: Config,
  port: number,
  { ticket, expiresAt }: { ticket: string; expiresAt: number },
  registry: Registry,
  sshConnection: string | undefined,
): string {
  const url = pairUrl(port, ticket)
  const socket = config.socketPath
  if (config.json) return JSON.stringify({ url, ticket, port, socket, expiresAt })
  const user = userInfo().username
  return welcomeText({
    another: anotherLink(config),
    url,
    proxied: config.allowHosts.map((host) => proxiedUrl(host, ticket)),
    port,
    socket,
    ssh: sshPlace(sshConnection, user),
    host: hostname(),
    user,
    servers: registry.servers(),
    sessions: registry.sessions(),
  })
}
