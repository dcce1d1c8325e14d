import { type ChildProcess, spawn } from 'node:child_process'
import { classify, TmuxError } from './errors.ts'

export { TmuxError } from './errors.ts'

export interface RunOptions {
  /** Milliseconds until the command is given up (`timeout`). Default 2,500 for probes, 5,000 for acts. */
  deadlineMs?: number
  /** Gives the command up when it aborts (`timeout`). */
  signal?: AbortSignal
  /** Bytes for the command's stdin; the control channel has none, so this forks. */
  input?: Uint8Array
  /**
   * Probes only look and are held back while tmux does not answer; acts (input, kill, create) never
   * are. By default a command that lists, shows, displays or captures is a probe.
   */
  kind?: 'probe' | 'act'
  /** Lets tmux start a server where none runs. Only for what a person asked for. */
  startServer?: boolean
}

const PROBE = /^(list-|show-|display-message$|capture-pane$|has-session$|ls$|lsp$)/
const PROBE_DEADLINE_MS = 2_500
const ACT_DEADLINE_MS = 5_000
/** A command's output beyond this is cut off with its process; a 50,000-line capture has about 5 MB. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024

/** Whether the command only looks, unless `options` say. */
export function kindOf(argv: readonly string[], options: RunOptions = {}): 'probe' | 'act' {
  return options.kind ?? (PROBE.test(argv[0] ?? '') ? 'probe' : 'act')
}

/** Milliseconds the command may take. */
export function deadlineOf(argv: readonly string[], options: RunOptions = {}): number {
  if (options.deadlineMs !== undefined) return options.deadlineMs
  return kindOf(argv, options) === 'probe' ? PROBE_DEADLINE_MS : ACT_DEADLINE_MS
}

/**
 * Makes text safe where tmux expands formats: names, `-c`, `-n`, titles. There `#(x)` would run a
 * command and `#{pid}` would become a number. Never put a person's text into `-F` or
 * `display-message` at all.
 */
export function escapeFormat(text: string): string {
  return text.replaceAll('#', '##')
}

/**
 * The environment of every tmux process of ours. Without TMUX and TMUX_PANE, which name another
 * server, and without what npm and Node's tools add, because a started server hands its
 * environment to every pane. In the C locale tmux ruins everything beyond ASCII.
 */
export function tmuxEnv(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {}
  for (const [name, value] of Object.entries(process.env)) {
    if (/^(TMUX|TMUX_PANE|NODE_ENV|NODE_OPTIONS|INIT_CWD|DOGWATCH_.*|npm_.*)$/.test(name)) continue
    env[name] = value
  }
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  if (!/utf-?8/i.test(locale)) env.LC_ALL = 'C.UTF-8'
  env.TERM = 'xterm-256color'
  return env
}

/**
 * Runs one tmux command in a process of its own; stdout as UTF-8 without its last newline.
 * Rejects with a `TmuxError`. At the deadline its whole process group is killed.
 * `argv` is one command: a word that ends in `;` is text, not the end of a command.
 */
export async function forkTmux(
  socketPath: string,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  return textOf(await forkTmuxBytes(socketPath, argv, options))
}

/** As `forkTmux`, with the bytes as tmux printed them. */
export function forkTmuxBytes(
  socketPath: string,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<Buffer> {
  const args = [...(options.startServer ? [] : ['-N']), '-u', '-S', socketPath]
  return runProgram('tmux', [...args, ...argv.map(escapeSeparator)], argv, options)
}

/** tmux's version, such as `3.3a`; rejects with `no-tmux` where there is no such program. */
export async function tmuxVersion(options: RunOptions = {}): Promise<string> {
  return textOf(await runProgram('tmux', ['-V'], ['-V'], options)).replace(/^tmux /, '')
}

/** A command's output as text, without its last newline. */
export function textOf(output: Buffer): string {
  return output.toString('utf8').replace(/\n$/, '')
}

/** tmux takes an argument's trailing `;` for the end of the command unless a backslash precedes it. */
function escapeSeparator(word: string): string {
  return word.endsWith(';') ? `${word.slice(0, -1)}\\;` : word
}

function runProgram(
  program: string,
  args: readonly string[],
  argv: readonly string[],
  options: RunOptions,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (options.signal?.aborted) return reject(new TmuxError('timeout', argv, 'given up'))
    // A group of its own, so that the deadline reaches whatever the program started.
    let child: ChildProcess
    try {
      child = spawn(program, args, {
        env: tmuxEnv(),
        detached: true,
        stdio: [options.input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      })
    } catch (cause) {
      // Arguments beyond the kernel's limit, or a NUL in one of them.
      return reject(new TmuxError('refused', argv, String(cause), { cause }))
    }
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    let bytes = 0
    const giveUp = (why: string) => {
      finish()
      killGroup(child)
      reject(new TmuxError('timeout', argv, why))
    }
    const ms = deadlineOf(argv, options)
    const timer = setTimeout(() => giveUp(`no answer within ${ms} ms`), ms)
    const onAbort = () => giveUp('given up')
    options.signal?.addEventListener('abort', onAbort, { once: true })
    const finish = () => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', onAbort)
    }
    child.stdout?.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > MAX_OUTPUT_BYTES) giveUp('too much output')
      else stdout.push(chunk)
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      if (stderr.length < 64) stderr.push(chunk)
    })
    child.once('error', (error: NodeJS.ErrnoException) => {
      finish()
      const code = error.code === 'ENOENT' ? 'no-tmux' : 'refused'
      reject(new TmuxError(code, argv, error.message, { cause: error }))
    })
    child.once('close', (status) => {
      finish()
      if (status === 0) return resolve(Buffer.concat(stdout))
      const text = Buffer.concat(stderr).toString('utf8')
      reject(new TmuxError(classify(text), argv, text || `ended with status ${status}`))
    })
    if (options.input && child.stdin) {
      // EPIPE: the program ended without reading all; its exit status tells why.
      child.stdin.on('error', () => {})
      child.stdin.end(options.input)
    }
  })
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The whole group has ended already.
  }
}
