import { parseArgs } from 'node:util'

/** The commands, in the order of the help text. */
export const COMMANDS = {
  serve: 'Start the server (the default command)',
  url: 'Print a one-use link that pairs one more browser or phone',
  status: 'Show what the running server sees',
  devices: 'List the paired devices',
  revoke: 'Take the access of devices away: revoke NAME|ID... or revoke --all',
  hooks: 'Let agents tell what they do: hooks status|install|uninstall [KIND...]',
  demo: 'Try it without agents: sessions that only pretend, in a tmux server of their own',
  doctor: 'Check tmux, Node, folders and port, and say how to repair what is wrong',
} as const
export type Command = keyof typeof COMMANDS

interface Flag {
  type: 'string' | 'boolean'
  multiple?: boolean
  short?: string
  /** Name of the value in the help text. */
  value?: string
  help: string
  /** Commands that take it; absent: all. */
  commands?: readonly Command[]
}

const FLAGS: Readonly<Record<string, Flag>> = {
  port: {
    type: 'string',
    value: 'PORT',
    help: 'TCP port on 127.0.0.1 and ::1 (default 4477; 0 picks one, as the demo does)',
    commands: ['serve', 'demo', 'doctor'],
  },
  'data-dir': {
    type: 'string',
    value: 'DIR',
    help: 'Where everything is kept (default $XDG_STATE_HOME/dogwatch)',
    commands: ['serve', 'url', 'status', 'devices', 'revoke', 'hooks', 'doctor'],
  },
  'tmux-socket': {
    type: 'string',
    multiple: true,
    value: 'NAME|PATH',
    help: 'tmux server to watch, as with tmux -L or -S; may be given again (default "default")',
    commands: ['serve', 'doctor'],
  },
  'no-hub': {
    type: 'boolean',
    help: 'Keep no hidden session in tmux: ask it every 2 s instead',
    commands: ['serve', 'doctor'],
  },
  'no-hooks': {
    type: 'boolean',
    help: "Ignore what agents' hooks report: their files, titles and screens tell enough",
    commands: ['serve'],
  },
  'allow-host': {
    type: 'string',
    multiple: true,
    value: 'HOST',
    help: 'Name under which a reverse proxy serves dogwatch by https; may be given again',
    commands: ['serve'],
  },
  listen: {
    type: 'string',
    value: 'ADDRESS',
    help: 'Listen on this address as well; beyond loopback only with --i-understand',
    commands: ['serve'],
  },
  'i-understand': {
    type: 'boolean',
    help: 'Yes: whoever reaches that address and holds a token has a shell as you',
    commands: ['serve'],
  },
  'snapshot-seconds': {
    type: 'string',
    value: 'SECONDS',
    help: 'Time between snapshots of a running turn, in place of what is set in the page',
    commands: ['serve', 'demo'],
  },
  'log-level': {
    type: 'string',
    value: 'LEVEL',
    help: 'debug, info, warn (default) or error; the log goes to stderr',
    commands: ['serve'],
  },
  scope: {
    type: 'string',
    value: 'SCOPE',
    help: 'What the paired device may do: watch, reply or full (default)',
    commands: ['url'],
  },
  qr: { type: 'boolean', help: 'Show the link as a QR code too', commands: ['url'] },
  all: { type: 'boolean', help: 'Every device', commands: ['revoke'] },
  json: { type: 'boolean', help: 'Print JSON for programs' },
  help: { type: 'boolean', short: 'h', help: 'Show this text' },
  version: { type: 'boolean', short: 'v', help: 'Show the version' },
}

/** The command line or an environment variable is wrong; the message names what. Exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** What was asked for, flags first, else their `DOGWATCH_*` variables. */
export interface Asked {
  command: Command
  args: string[]
  text(flag: string): string | undefined
  list(flag: string): string[]
  on(flag: string): boolean
}

/**
 * Reads a command line and the `DOGWATCH_*` variables beside it (`--data-dir` is
 * `DOGWATCH_DATA_DIR`; lists are separated by commas; booleans are 1, true, 0 or false).
 * Throws `UsageError` for anything that is not known or does not belong to the command.
 */
export function readFlags(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Asked {
  const { values, positionals } = parse(argv)
  const [command = 'serve', ...args] = positionals
  if (!isCommand(command)) {
    throw new UsageError(
      `unknown command "${command}" (one of ${Object.keys(COMMANDS).join(', ')})`,
    )
  }
  if (args.length > 0 && command !== 'revoke' && command !== 'hooks') {
    throw new UsageError(`"${command}" takes no argument, but got "${args[0]}"`)
  }
  for (const name of Object.keys(values)) {
    const commands = FLAGS[name]?.commands
    if (commands && !commands.includes(command)) {
      throw new UsageError(`--${name} belongs to ${commands.join(', ')}, not to "${command}"`)
    }
  }
  const fromEnv = (flag: string) => env[variable(flag)] || undefined
  return {
    command,
    args,
    text: (flag) => {
      const value = values[flag]
      return typeof value === 'string' ? value : fromEnv(flag)
    },
    list: (flag) => {
      const value = values[flag]
      if (Array.isArray(value)) return value.map(String)
      return (fromEnv(flag)?.split(',') ?? []).map((item) => item.trim()).filter(Boolean)
    },
    on: (flag) => {
      const value = values[flag]
      return typeof value === 'boolean' ? value : readBoolean(variable(flag), fromEnv(flag))
    },
  }
}

/** The help text: of one command, or of all. */
export function helpText(command?: Command): string {
  const rows = (list: [string, string][]) => {
    const width = Math.max(...list.map(([name]) => name.length))
    return list.map(([name, help]) => `  ${name.padEnd(width)}  ${help}`).join('\n')
  }
  const flags = Object.entries(FLAGS)
    .filter(([, flag]) => !command || !flag.commands || flag.commands.includes(command))
    .map(([name, flag]): [string, string] => [
      `${flag.short ? `-${flag.short}, ` : ''}--${name}${flag.value ? ` ${flag.value}` : ''}`,
      flag.help,
    ])
  return [
    command
      ? `dogwatch ${command}: ${COMMANDS[command]}`
      : 'dogwatch: see and use every tmux session in the browser',
    '',
    `Usage: dogwatch ${command ?? '[command]'} [flags]`,
    ...(command ? [] : ['', 'Commands:', rows(Object.entries(COMMANDS))]),
    '',
    'Flags (each also as a variable: --data-dir is DOGWATCH_DATA_DIR):',
    rows(flags),
    '',
    'Exit codes: 0 done, 1 a fault, 2 wrong command line, 3 the data folder is in use or cannot be',
    'used, 4 the port is taken, 5 no server is running for this data folder.',
  ].join('\n')
}

function parse(argv: readonly string[]) {
  const options: Record<
    string,
    { type: 'string' | 'boolean'; multiple?: boolean; short?: string }
  > = {}
  for (const [name, { type, multiple, short }] of Object.entries(FLAGS)) {
    options[name] = { type, ...(multiple ? { multiple } : {}), ...(short ? { short } : {}) }
  }
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: true })
  } catch (error) {
    // parseArgs names the flag in its first sentence; the rest explains how to pass positionals.
    const [sentence] = error instanceof Error ? error.message.split('. ') : [String(error)]
    throw new UsageError(sentence, { cause: error })
  }
}

function isCommand(text: string): text is Command {
  return Object.hasOwn(COMMANDS, text)
}

function variable(flag: string): string {
  return `DOGWATCH_${flag.toUpperCase().replaceAll('-', '_')}`
}

function readBoolean(name: string, value: string | undefined): boolean {
  if (value === undefined || value === '0' || value === 'false') return false
  if (value === '1' || value === 'true') return true
  throw new UsageError(`${name} must be 1, true, 0 or false, but is "${value}"`)
}
