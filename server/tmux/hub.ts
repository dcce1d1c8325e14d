import { mkdirSync } from 'node:fs'
import { delay } from '../lib/time.ts'
import type { Log } from '../log.ts'
import { forkTmuxBytes, type RunOptions, textOf } from './command.ts'
import { ControlClient } from './control.ts'
import { TmuxError } from './errors.ts'
import { Fifo, type FifoPaths, makeFifos, removeFifos } from './fifo.ts'
import type { Guardian } from './guardian.ts'
import { channelOf, installHooks, OWNER_OPTION, ownerId, sweepHooks } from './hooks.ts'
import { HUB_NAME } from './topology.ts'

export interface HubOptions {
  socketPath: string
  runDir: string
  guardian: Guardian
  log: Log
  /** Something that we list has changed. */
  onDirty: () => void
  /** An answer came after its deadline: tmux lives again. */
  onLate: () => void
}

/** Our own hub of an earlier life may need a moment to end; its name is free then. */
const NAME_TRIES = 5
const NAME_PAUSE_MS = 200
/** The waiter sits in `wait-for` until something happens, be it for weeks. */
const FOREVER_MS = 2 ** 31 - 1
const SETUP_DEADLINE_MS = 5_000
const LEAVING = { deadlineMs: 1_000 }

/**
 * Our foothold in a tmux server: a hidden session with one idle program, and two control clients on
 * it. One carries commands; the other only waits for the signal of our hooks.
 *
 * Three settings decide whether this is harmless:
 *  - the clients have the flag `no-output` and not `ignore-size`. While one client without
 *    `ignore-size` is attached anywhere, viewers with it never resize a window; a control client
 *    never sends a size itself;
 *  - the session must not have `destroy-unattached`: when it goes together with a viewer, tmux
 *    servers up to 3.7c crash and take every session with them;
 *  - the program reads a pipe whose writer we are, so the session ends when we do.
 */
export class Hub {
  /** Resolves with the reason when the hub is gone, by us or not. */
  readonly ended: Promise<string>
  /** tmux's id of the hidden session. */
  readonly sessionId: string
  /** Terminal of the idle program. */
  readonly paneTty: string
  readonly #main: ControlClient
  readonly #waiter: ControlClient
  readonly #socketPath: string
  readonly #fifo: Fifo
  readonly #owner: string
  readonly #releases: readonly (() => void)[]
  #closing: Promise<void> | undefined

  private constructor(parts: {
    main: ControlClient
    waiter: ControlClient
    socketPath: string
    fifo: Fifo
    owner: string
    sessionId: string
    paneTty: string
    releases: readonly (() => void)[]
    onDirty: () => void
  }) {
    this.#main = parts.main
    this.#waiter = parts.waiter
    this.#socketPath = parts.socketPath
    this.#fifo = parts.fifo
    this.#owner = parts.owner
    this.#releases = parts.releases
    this.sessionId = parts.sessionId
    this.paneTty = parts.paneTty
    this.ended = Promise.race([this.#main.ended, this.#waiter.ended])
    void this.#waitForSignals(parts.onDirty)
    void this.ended.then(() => this.close())
  }

  /** Makes the session, attaches both clients, sets the hooks. Rejects where any of it fails. */
  static async open(options: HubOptions): Promise<Hub> {
    const { socketPath, runDir, guardian } = options
    mkdirSync(runDir, { recursive: true, mode: 0o700 })
    const owner = ownerId(runDir)
    const paths = guardian.pipes
    await makeFifos(Object.values(paths))
    const fifo = new Fifo(paths.idle)
    guardian.hold()
    const releases: (() => void)[] = [
      () => guardian.letGo(),
      () => fifo.close(),
      () => removeFifos(Object.values(paths)),
    ]
    const clients: ControlClient[] = []
    const connect = async (
      argv: readonly string[],
      how: { onLate?: () => void; fifos?: FifoPaths },
    ) => {
      const client = new ControlClient(socketPath, argv, how)
      clients.push(client)
      if (client.pid !== undefined) releases.push(guardian.add(client.pid, 'control'))
      await withLimit(client.opened)
      return client
    }
    try {
      const { onLate, onDirty } = options
      const openMain = (name: string) => connect(newSession(name, paths.idle), { onLate })
      const main = await openSession(openMain, owner)
      const { sessionId, paneTty } = await findSession(main)
      await settle(main, sessionId, owner)
      // Through named pipes, so that the guardian can keep it attached until viewers have ended.
      const waiter = await connect(attach(sessionId), { fifos: paths })
      await installHooks((argv) => main.run(argv), owner)
      const place = { socketPath, owner, sessionId, paneTty }
      return new Hub({ ...place, main, waiter, fifo, releases, onDirty })
    } catch (error) {
      for (const client of clients) client.kill()
      await Promise.all(clients.map((client) => client.ended))
      for (const release of releases) release()
      throw error
    }
  }

  get isOpen(): boolean {
    return !this.#closing && this.#main.isOpen && this.#waiter.isOpen
  }

  /** Process ids of our two clients. */
  get pids(): number[] {
    return [this.#main.pid, this.#waiter.pid].filter((pid) => pid !== undefined)
  }

  run(argv: readonly string[], options?: RunOptions): Promise<Buffer> {
    return this.#main.run(argv, options)
  }

  /** Makes the idle program print a line on its terminal. */
  print(): void {
    this.#fifo.write('\n')
  }

  /** Takes hooks, session and clients away, in this order. Resolves when our processes are gone. */
  close(): Promise<void> {
    // The end of a client calls this, and whoever hears of that end: the second must not take the
    // other client from the first, which still removes our hooks by it.
    this.#closing ??= this.#takeAway()
    return this.#closing
  }

  async #takeAway(): Promise<void> {
    await this.#removeTraces()
    await Promise.all([this.#main.close(), this.#waiter.close()])
    // The hidden session's program ends with its pipe where the session is still there.
    for (const release of this.#releases) release()
  }

  async #removeTraces(): Promise<void> {
    const send = async (argv: readonly string[]) => {
      try {
        return await this.#main.run(argv, LEAVING)
      } catch (error) {
        // Its end may be told later than that of the other one. All of this may be done twice.
        if (!(error instanceof TmuxError) || error.code !== 'gone') throw error
        return forkTmuxBytes(this.#socketPath, argv, LEAVING)
      }
    }
    try {
      await sweepHooks(send, this.#owner)
      await send(['kill-session', '-t', `${this.sessionId}:`])
    } catch {
      // tmux is hung or going: hooks of ours are swept at the next start, and the session ends with its pipe.
    }
  }

  async #waitForSignals(onDirty: () => void): Promise<void> {
    try {
      // tmux answers `wait-for` when it begins to wait, and begins the next one when a signal ended
      // the one before: so the first answer means nothing, and each later one is a signal.
      for (;;) {
        await this.#waiter.run(['wait-for', channelOf(this.#owner)], { deadlineMs: FOREVER_MS })
        onDirty()
      }
    } catch {
      // Nearly always the client has ended already. Deaf to signals, the hub would be of no use.
      this.#waiter.kill()
    }
  }
}

async function withLimit(opened: Promise<void>): Promise<void> {
  const stop = new AbortController()
  const late = delay(SETUP_DEADLINE_MS, stop.signal).then(() => {
    throw new TmuxError('timeout', ['-C'], 'the control client did not attach')
  })
  // Settles after the race is over, when nobody listens any more.
  late.catch(() => {})
  await Promise.race([opened, late])
  stop.abort()
}

function attach(sessionId: string): string[] {
  return ['attach-session', '-E', '-t', `${sessionId}:`, '-f', 'no-output']
}

/** Two words for the program, so that tmux starts it itself, without the user's shell. */
function newSession(name: string, fifo: string): string[] {
  return [
    ...['new-session', '-E', '-s', name, '-n', 'dogwatch', '-x', '80', '-y', '24', '-c', '/'],
    ...['-f', 'no-output', '--', 'cat', fifo],
  ]
}

/** The first of our names that is free: another dogwatch, or our own last life, may hold one. */
async function openSession(
  connect: (name: string) => Promise<ControlClient>,
  owner: string,
): Promise<ControlClient> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await connect(tries % 2 === 0 ? HUB_NAME : `${HUB_NAME}-${owner}`)
    } catch (error) {
      const taken = error instanceof TmuxError && error.stderr.includes('duplicate session')
      if (!taken || tries >= 2 * NAME_TRIES) throw error
      if (tries % 2 === 1) await delay(NAME_PAUSE_MS)
    }
  }
}

/** Finds the session by our own client: without a target tmux would guess which one is meant. */
async function findSession(client: ControlClient): Promise<{ sessionId: string; paneTty: string }> {
  const clients = textOf(await client.run(['list-clients', '-F', '#{client_pid} #{session_id}']))
  const own = clients.split('\n').find((line) => line.startsWith(`${client.pid} `))
  const sessionId = own?.split(' ')[1]
  if (!sessionId) throw new TmuxError('gone', ['list-clients'], 'our own client is not attached')
  const paneTty = textOf(
    await client.run(['list-panes', '-s', '-t', `${sessionId}:`, '-F', '#{pane_tty}']),
  )
  return { sessionId, paneTty }
}

/** Shields the session from the user's global options, and marks it as ours. */
async function settle(client: ControlClient, sessionId: string, owner: string): Promise<void> {
  const session = ['set-option', '-t', `${sessionId}:`]
  const window = ['set-option', '-w', '-t', `${sessionId}:`]
  await Promise.all([
    client.run([...session, 'destroy-unattached', 'off']),
    client.run([...session, 'detach-on-destroy', 'on']),
    client.run([...session, OWNER_OPTION, owner]),
    // Else the session would outlive us with a dead pane.
    client.run([...window, 'remain-on-exit', 'off']),
    client.run([...window, 'monitor-activity', 'off']),
    client.run([...window, 'monitor-bell', 'off']),
    client.run([...window, 'monitor-silence', '0']),
  ])
}
