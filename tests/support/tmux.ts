/// <reference path="../../server/tmux/node-pty.d.ts" />
import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { spawn as spawnPty } from 'node-pty'
import { atExit, endNow } from './leftovers.ts'
import { isAlive } from './server.ts'

const execute = promisify(execFile)

/** Sessions of ours; every question a test asks about the user's things leaves them out. */
export const HUB_NAME = /^_dogwatch(-[0-9a-f]{8})?$/

export interface TmuxOptions {
  /** Text of the configuration file; none by default. */
  config?: string
  /** Name of the socket. */
  name?: string
}

/** tmux names a window after its program some time after that started; such a change is not ours. */
export const STEADY_NAMES: TmuxOptions = { config: 'set -g automatic-rename off' }

/** A private tmux in a folder of its own. Nothing runs before the first `newSession`. */
export async function startTmux(options: TmuxOptions = {}): Promise<Tmux> {
  return new Tmux(options)
}

/** What must be the same before, while and after we look, and beside it what is ours. */
export interface TmuxState {
  user: Record<string, string[]>
  ours: { hubs: string[]; hooks: string[]; clients: string[] }
}

/** A person's own tmux client on a terminal of a given size. */
export interface Person {
  readonly pid: number
  /** Name by which tmux knows the client. */
  readonly tty: Promise<string>
  /** Set once the client has ended. */
  readonly exited: Promise<void>
  write(text: string): void
  resize(cols: number, rows: number): void
  /** All the client printed so far, escape sequences removed. */
  screen(): string
  /** Ends the client as a lost connection does, and waits for its end. */
  kill(): Promise<void>
}

export class Tmux {
  readonly dir: string
  readonly socketPath: string
  readonly env: Record<string, string>
  readonly #config: string
  readonly #people = new Set<Person>()
  readonly #keep = atExit(() => {
    for (const line of this.processes()) endNow(Number(line.split(' ')[0]))
    rmSync(this.dir, { recursive: true, force: true })
  })

  constructor(options: TmuxOptions) {
    this.dir = mkdtempSync(join(tmpdir(), 'dogwatch-tmux-'))
    const folder = join(this.dir, `tmux-${process.getuid?.() ?? 0}`)
    mkdirSync(folder, { mode: 0o700 })
    this.socketPath = join(folder, options.name ?? 'default')
    this.#config =
      options.config === undefined ? '/dev/null' : writeConfig(this.dir, options.config)
    this.env = {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      HOME: this.dir,
      SHELL: '/bin/sh',
      LC_ALL: 'C.UTF-8',
      TERM: 'xterm-256color',
      TMUX_TMPDIR: this.dir,
    }
  }

  /** One tmux command; stdout without its last newline. Rejects as `execFile` does. */
  async run(...args: string[]): Promise<string> {
    const argv = ['-u', '-f', this.#config, '-S', this.socketPath, ...args]
    const { stdout } = await execute('tmux', argv, {
      env: this.env,
      timeout: 20_000,
      maxBuffer: 64 * 1024 * 1024,
      killSignal: 'SIGKILL',
    })
    return stdout.replace(/\n$/, '')
  }

  /** Creates a detached session, starting the server where none runs; its id, such as `$0`. */
  async newSession(
    options: { name?: string; cwd?: string; cols?: number; rows?: number; command?: string } = {},
  ): Promise<string> {
    const { name, cwd, cols = 200, rows = 50, command } = options
    return this.run(
      ...['new-session', '-d', '-P', '-F', '#{session_id}', '-x', `${cols}`, '-y', `${rows}`],
      ...(name === undefined ? [] : ['-s', name.replaceAll('#', '##')]),
      ...(cwd === undefined ? [] : ['-c', cwd.replaceAll('#', '##')]),
      ...(command === undefined ? [] : [command]),
    )
  }

  /** Pid of the tmux server, or undefined where none answers. */
  async serverPid(): Promise<number | undefined> {
    const text = await this.run('display-message', '-p', '#{pid}').catch(() => '')
    return text === '' ? undefined : Number(text)
  }

  /** Ends the server and waits until it has gone: in its last moments it still answers some. */
  async killServer(): Promise<void> {
    const pid = await this.serverPid()
    await this.run('kill-server')
    while (pid !== undefined && isAlive(pid)) {
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }

  /** Attaches a person to `session` (an id), or to the one tmux would choose. */
  async attach(options: { cols?: number; rows?: number; session?: string } = {}): Promise<Person> {
    const { cols = 120, rows = 40, session } = options
    const argv = ['-u', '-f', this.#config, '-S', this.socketPath, 'attach-session']
    const target = session === undefined ? [] : ['-t', `${session}:`]
    const person = openPerson([...argv, ...target], { cols, rows, env: this.env })
    this.#people.add(person)
    void person.exited.then(() => this.#people.delete(person))
    for (let tries = 0; ; tries += 1) {
      const clients = await this.run('list-clients', '-F', '#{client_pid}').catch(() => '')
      if (clients.split('\n').includes(`${person.pid}`)) return person
      if (tries > 200) throw new Error(`client did not attach: ${person.screen()}`)
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }

  /** Options, hooks, names, sizes, environment, buffers and clients, all of one moment. */
  async state(): Promise<TmuxState> {
    const format = '#{session_id} #{window_id} #{client_pid}'
    const things = async () =>
      `${await this.run('list-windows', '-a', '-F', format)} ${await this.run('list-clients', '-F', format)}`
    for (let tries = 0; ; tries += 1) {
      const before = await things()
      const state = await this.#readState().catch((error: unknown) => error)
      // A hub comes and goes between two of the questions; what they then say fits no moment.
      const isSettled = before === (await things())
      if (isSettled && !(state instanceof Error)) return state as TmuxState
      if (tries >= 20)
        throw state instanceof Error ? state : new Error('tmux does not come to rest')
    }
  }

  async #readState(): Promise<TmuxState> {
    const lines = async (...args: string[]) => (await this.run(...args)).split('\n').filter(Boolean)
    const format = '#{session_id} #{session_name}'
    const sessions = await lines('list-sessions', '-F', format)
    const hubs = sessions.filter((line) => HUB_NAME.test(line.slice(line.indexOf(' ') + 1)))
    const hubIds = new Set(hubs.map((line) => line.split(' ')[0]))
    const notOurs = (line: string) => !hubIds.has(line.split(' ')[0])
    const own = sessions.filter(notOurs)
    const hooks = [...(await lines('show-hooks', '-g')), ...(await lines('show-hooks', '-gw'))]
    const isOurs = (line: string) => line.includes('wait-for -S dogwatch')
    const client =
      '#{session_id} #{client_pid} #{client_tty} #{client_width}x#{client_height} #{client_flags}'
    const clients = await lines('list-clients', '-F', client)
    const window =
      '#{session_id} #{window_id} #{window_index} #{window_width}x#{window_height} ' +
      '#{window_flags} #{window_layout} #{window_name}'
    const pane =
      '#{session_id} #{pane_id} #{pane_width}x#{pane_height} #{pane_in_mode} #{pane_pipe} #{pane_title}'
    const windows = (await lines('list-windows', '-a', '-F', window)).filter(notOurs)
    const user: Record<string, string[]> = {
      sessions: own,
      windows,
      panes: (await lines('list-panes', '-a', '-F', pane)).filter(notOurs),
      clients: clients.filter(notOurs),
      // A hook without a command is its name alone, and says nothing.
      hooks: hooks.filter((line) => line.includes(' ') && !isOurs(line)),
      server: await lines('show-options', '-s'),
      global: await lines('show-options', '-g'),
      globalWindow: await lines('show-options', '-gw'),
      environment: await lines('show-environment', '-g'),
      buffers: await lines('list-buffers'),
    }
    for (const id of new Set(own.map((line) => line.split(' ')[0] ?? ''))) {
      user[`options ${id}`] = await lines('show-options', '-t', `${id}:`)
      user[`hooks ${id}`] = await lines('show-hooks', '-t', `${id}:`)
      user[`environment ${id}`] = await lines('show-environment', '-t', `${id}:`)
    }
    for (const id of new Set(windows.map((line) => line.split(' ')[1] ?? ''))) {
      user[`options ${id}`] = await lines('show-options', '-w', '-t', id)
      user[`hooks ${id}`] = await lines('show-hooks', '-w', '-t', id)
    }
    return {
      user,
      ours: { hubs, hooks: hooks.filter(isOurs), clients: clients.filter((c) => !notOurs(c)) },
    }
  }

  /** Processes that live in this tmux or were started for it: `pid command line`. */
  processes(): string[] {
    return processesWith(this.dir)
  }

  /** Ends the server and its people; throws where a process stays behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    const pid = await this.serverPid()
    // A stopped server answers nobody; this wakes it so that it can end.
    for (const line of this.processes()) wake(Number(line.split(' ')[0]))
    await Promise.all([...this.#people].map((person) => person.kill()))
    // Without a server there is nothing to kill, and the check below sees whatever stayed.
    await this.run('kill-server').catch(() => {})
    let left = this.processes()
    for (let tries = 0; left.length > 0 && tries < 200; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      left = this.processes()
    }
    for (const line of left) endNow(Number(line.split(' ')[0]))
    rmSync(this.dir, { recursive: true, force: true })
    this.#keep()
    if (left.length > 0) throw new Error(`tmux ${pid} left processes behind:\n${left.join('\n')}`)
  }
}

function writeConfig(dir: string, text: string): string {
  const path = join(dir, 'tmux.conf')
  execFileSync('sh', ['-c', 'cat > "$1"', 'sh', path], { input: text })
  return path
}

function wake(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT')
  } catch {
    // It has ended since the listing, which is what the caller waits for.
  }
}

/** Processes whose environment names `dir`. */
function processesWith(dir: string): string[] {
  const found: string[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue
    try {
      if (!readFileSync(`/proc/${name}/environ`, 'latin1').includes(dir)) continue
      if (readFileSync(`/proc/${name}/stat`, 'latin1').includes(') Z ')) continue
      const line = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
      found.push(`${name} ${line}`)
    } catch {
      // It ended while we looked.
    }
  }
  return found
}

function openPerson(
  argv: string[],
  options: { cols: number; rows: number; env: Record<string, string> },
): Person {
  const pty = spawnPty('tmux', argv, { name: 'xterm-256color', ...options })
  let printed = ''
  let running = true
  pty.onData((text) => {
    printed += text
  })
  const exited = new Promise<void>((resolve) => {
    pty.onExit(() => {
      running = false
      resolve()
    })
  })
  const tty = execute('ps', ['-o', 'tty=', '-p', `${pty.pid}`]).then(
    ({ stdout }) => `/dev/${stdout.trim()}`,
  )
  // A person who left before the answer has none; only who asks for it is to hear of that.
  tty.catch(() => {})
  return {
    pid: pty.pid,
    tty,
    exited,
    write: (text) => pty.write(text),
    resize: (cols, rows) => pty.resize(cols, rows),
    // CSI, OSC, charset and single-character sequences: what is left is the text.
    screen: () =>
      printed.replace(
        /\x1b(\[[0-9;?<>=!]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][0-9A-B]|.)/g,
        '',
      ),
    kill: async () => {
      if (running) pty.kill('SIGHUP')
      await exited
    },
  }
}
