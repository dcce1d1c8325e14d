import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { type Command, helpText, readFlags, UsageError } from './flags.ts'
import { LOG_LEVELS, type LogLevel } from './log.ts'
import { SCOPES, type Scope } from './protocol.ts'

/** Longest path of a unix socket: `sun_path` has 108 bytes with its NUL, and macOS has 104. */
const SOCKET_PATH_BYTES = 103

/** Everything the command line and the environment decide, fixed for the life of the process. */
export interface Config {
  readonly command: Command
  readonly args: readonly string[]
  /** What a person types before a command: `dogwatch`, or npm's way from a clone. */
  readonly program: string
  readonly json: boolean
  /** 0: any free one. */
  readonly port: number
  /** One more address to listen on, beside 127.0.0.1 and ::1. */
  readonly listen: string | undefined
  /** Hosts a proxy serves us under, by https. Lower case. */
  readonly allowHosts: readonly string[]
  readonly dataDir: string
  /** It is not where each command looks by itself. */
  readonly ownDataDir: boolean
  /** Sockets, FIFOs and process records of this data folder's server. */
  readonly runDir: string
  readonly socketPath: string
  /** Socket paths of the tmux servers to watch. */
  readonly tmuxSockets: readonly string[]
  readonly hub: boolean
  /** Seconds between snapshots, fractions allowed; absent: as the settings say. */
  readonly snapshotSeconds: number | undefined
  /** Whether what agents' hooks report is read. */
  readonly hooks: boolean
  readonly logLevel: LogLevel
  readonly scope: Scope
  readonly qr: boolean
  readonly all: boolean
  /** Variables that say where agents started by this user keep their files. */
  readonly agentEnv: Readonly<Record<string, string>>
  readonly version: string
}

/** What the machine says about the user who runs us. */
export interface Machine {
  /** Home folder by the user database, not by `HOME`. */
  home: string
  uid: number
  tmpDir: string
}

type Env = Readonly<Record<string, string | undefined>>

/**
 * Reads the command line. `{ say }` is a text to print and end with (help, version); throws
 * `UsageError`.
 */
export function readConfig(
  argv: readonly string[],
  env: Env,
  machine: Machine,
): Config | { say: string } {
  const asked = readFlags(argv, env)
  const version = readVersion()
  if (asked.on('help')) {
    const given = argv.some((word) => word === asked.command)
    const text = helpText(given ? asked.command : undefined)
    return { say: asked.on('json') ? JSON.stringify({ help: text, version }) : text }
  }
  if (asked.on('version')) {
    return { say: asked.on('json') ? JSON.stringify({ version }) : version }
  }
  if (asked.command === 'revoke' && asked.args.length === 0 && !asked.on('all')) {
    throw new UsageError('revoke needs the name or id of a device, or --all')
  }
  const dataDir = resolve(asked.text('data-dir') ?? join(stateHome(env, machine), 'dogwatch'))
  const runDir = runFolder(dataDir, env, machine)
  return Object.freeze({
    command: asked.command,
    args: Object.freeze(asked.args),
    ownDataDir: asked.text('data-dir') !== undefined,
    program: env.npm_lifecycle_event === 'start' ? 'npm start --' : 'dogwatch',
    json: asked.on('json'),
    port: readPort(asked.text('port') ?? (asked.command === 'demo' ? '0' : '4477')),
    listen: readListen(asked.text('listen'), asked.on('i-understand')),
    allowHosts: Object.freeze(asked.list('allow-host').map(readHost)),
    dataDir,
    runDir,
    socketPath: join(runDir, 'ui.sock'),
    tmuxSockets: Object.freeze(tmuxSockets(asked.list('tmux-socket'), env, machine)),
    hub: !asked.on('no-hub'),
    snapshotSeconds: readSeconds('snapshot-seconds', asked.text('snapshot-seconds')),
    hooks: !asked.on('no-hooks'),
    logLevel: oneOf('log-level', asked.text('log-level') ?? 'warn', LOG_LEVELS),
    scope: oneOf('scope', asked.text('scope') ?? 'full', SCOPES),
    qr: asked.on('qr'),
    all: asked.on('all'),
    agentEnv: Object.freeze(agentEnvironment(env, machine)),
    version,
  })
}

/** The version in package.json, found upwards from this file: it runs from `dist` and from source. */
export function readVersion(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json')
    if (existsSync(file)) {
      const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
      return version
    }
    if (folder === dirname(folder)) throw new Error('invariant: no package.json above our program')
  }
}

function stateHome(env: Env, machine: Machine): string {
  const state = env.XDG_STATE_HOME
  // The XDG specification: a relative path there is invalid and is to be ignored.
  if (state && isAbsolute(state)) return state
  return join(env.HOME && isAbsolute(env.HOME) ? env.HOME : machine.home, '.local', 'state')
}

/**
 * One folder per data folder, so that two servers never meet on one socket. The data folder a user
 * has by default gets the short path that people write into ssh commands.
 */
function runFolder(dataDir: string, env: Env, machine: Machine): string {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 12)
  const usual = dataDir === join(machine.home, '.local', 'state', 'dogwatch')
  const runtime = env.XDG_RUNTIME_DIR
  const wanted =
    runtime && isAbsolute(runtime)
      ? join(runtime, 'dogwatch', usual ? '' : name)
      : join(dataDir, 'run')
  const fits = Buffer.byteLength(join(wanted, 'ui.sock')) <= SOCKET_PATH_BYTES
  return fits ? wanted : join(machine.tmpDir, `dogwatch-${machine.uid}`, name)
}

function agentEnvironment(env: Env, machine: Machine): Record<string, string> {
  const names =
    /^(?:XDG_CONFIG_HOME|CLAUDE_CONFIG_DIR|(?:CODEX|COPILOT|GEMINI_CLI)_HOME|OPENCODE_CONFIG_DIR)$/
  const chosen = Object.entries(env).flatMap(([name, value]) =>
    names.test(name) && value ? [[name, resolve(value)]] : [],
  )
  return { ...Object.fromEntries(chosen), HOME: resolve(env.HOME || machine.home) }
}

/** `-L NAME` or `-S PATH`; by default the usual server and the one we were started in. */
function tmuxSockets(given: readonly string[], env: Env, machine: Machine): string[] {
  const folder = resolve(env.TMUX_TMPDIR || '/tmp', `tmux-${machine.uid}`)
  const paths = given.map((name) => (name.includes('/') ? resolve(name) : join(folder, name)))
  if (paths.length === 0) {
    paths.push(join(folder, 'default'))
    const [current] = env.TMUX?.split(',') ?? []
    if (current) paths.push(resolve(current))
  }
  return [...new Set(paths)]
}

function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new UsageError(`--port must be a number from 0 to 65535, but is "${text}"`)
  }
  return port
}

function readSeconds(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const seconds = Number(text)
  if (/^\d{1,4}(?:\.\d{1,3})?$/.test(text) && seconds > 0) return seconds
  throw new UsageError(`--${flag} must be a number of seconds below 10000, but is "${text}"`)
}

function readListen(address: string | undefined, understood: boolean): string | undefined {
  if (address === undefined) return undefined
  const bare = address.replace(/^\[(.*)\]$/, '$1')
  if (isIP(bare) === 0) {
    throw new UsageError(`--listen must be an IP address, but is "${address}"`)
  }
  const loopback = bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'))
  if (!loopback && !understood) {
    throw new UsageError(
      `--listen ${address} opens dogwatch to other machines: whoever reaches it and holds a token ` +
        'has a shell as you, and nothing encrypts the way. Prefer ssh -L or a proxy with https. ' +
        'If you still want it, add --i-understand',
    )
  }
  return bare
}

function readHost(text: string): string {
  const host = text.toLowerCase()
  const label = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?'
  if (!new RegExp(`^${label}(?:\\.${label})*$`).test(host) || host.length > 253) {
    throw new UsageError(
      `--allow-host must be a host name without scheme and port, but is "${text}"`,
    )
  }
  return host
}

function oneOf<T extends string>(flag: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text)
  if (choice) return choice
  throw new UsageError(`--${flag} must be one of ${choices.join(', ')}, but is "${text}"`)
}

/** Short name of a tmux server: how its socket file is called. */
export function tmuxLabel(socketPath: string): string {
  return basename(socketPath)
}
