import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { delay } from '../lib/time.ts'
import type { Log } from '../log.ts'
import { tmuxEnv } from './command.ts'
import type { Restore } from './options.ts'
import { parseStat, startOf } from './process.ts'
import type { TmuxIdentity } from './tree.ts'

/**
 * Cleans up after us when nobody else can. When we are killed, our control clients can stay for
 * ever: they lost their pipes with output pending, and a tmux server with such a client never
 * ends, not even by `kill-server`. So a small shell waits on a pipe from us; when the pipe closes
 * without a word, it kills our clients and gives window sizes back. The same facts are kept in a
 * file and swept at the next start, in case the shell was killed too.
 *
 * A process is only killed where its start time is the recorded one: pids are used again.
 */

/**
 * `$1`: the socket; `$2`: where the pipes of the hidden session begin. Lines on stdin replace what
 * is known; `end` means that nothing is to be done.
 *
 * Viewers end first. Until tmux has seen that, the shell itself keeps the pipes of one control
 * client and of the hidden session open: without a client that counts, the size of a viewer whose
 * terminal is just breaking down (80x24 to tmux) would become its window's.
 */
const SCRIPT = `
set -f
trap '' INT TERM HUP PIPE
socket=$1 base=$2 viewers= controls= leases=
while IFS= read -r line; do
  case $line in
    'viewers '*) viewers=\${line#viewers } ;;
    'controls '*) controls=\${line#controls } ;;
    'leases '*) leases=\${line#leases } ;;
    hold) [ -p "$base.out" ] && exec 3<>"$base.idle" 4<>"$base.in" 5<>"$base.out" ;;
    release) exec 3>&- 4>&- 5>&- ;;
    end) exit 0 ;;
  esac
done
end_all() {
  for client; do
    pid=\${client%:*} start=\${client#*:}
    if [ "$start" != - ]; then
      stat=$(cat "/proc/$pid/stat") || continue
      set -- \${stat##*) }
      [ "\${20}" = "$start" ] || continue
    fi
    kill -9 "$pid"
  done
}
ask() {
  tmux -N -u -S "$socket" "$@" &
  asked=$! tries=0
  while kill -0 "$asked" && [ "$tries" -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -9 "$asked"
}
end_all $viewers
if [ -n "$viewers" ]; then ask display-message -p ''; fi
for lease in $leases; do
  window=\${lease%%:*} rest=\${lease#*:}
  cols=\${rest%%:*} rest=\${rest#*:}
  rows=\${rest%%:*} size=\${rest#*:}
  if [ "$size" = - ]; then unset=u value=; else unset= value=$size; fi
  ask resize-window -t "$window" -x "$cols" -y "$rows" \\; \\
    set-option "-w$unset" -t "$window" window-size $value
done
end_all $controls
`

const WINDOW_SIZES = new Set(['largest', 'smallest', 'manual', 'latest'])
/** Before a guardian that somebody killed is replaced (milliseconds). */
const RESPAWN_MS = 1_000

interface Client {
  pid: number
  role: 'viewer' | 'control'
  /** Start time in the kernel's ticks; absent where it cannot be read. */
  start?: string
}

interface Lease extends Restore {
  window: string
}

interface Records {
  clients: Client[]
  leases: Lease[]
  /** The tmux server that the leases belong to. */
  server?: TmuxIdentity
}

/** Commands that give a window its size back. */
export function restoreCommands(window: string, restore: Restore): string[][] {
  const { cols, rows, windowSize } = restore
  const option =
    windowSize !== undefined && WINDOW_SIZES.has(windowSize)
      ? ['set-option', '-w', '-t', window, 'window-size', windowSize]
      : ['set-option', '-wu', '-t', window, 'window-size']
  return [['resize-window', '-t', window, '-x', `${cols}`, '-y', `${rows}`], option]
}

export class Guardian {
  readonly #file: string
  readonly #base: string
  readonly #socketPath: string
  readonly #log: Log
  readonly #clients = new Map<number, Client>()
  readonly #leases = new Map<string, Lease>()
  readonly #closing = new AbortController()
  #server: TmuxIdentity | undefined
  /** There is a hidden session, whose pipes are to be kept open when we die. */
  #holds = false
  #child: ChildProcess | undefined

  constructor(options: { runDir: string; name: string; socketPath: string; log: Log }) {
    mkdirSync(options.runDir, { recursive: true, mode: 0o700 })
    this.#base = join(options.runDir, options.name)
    this.#file = `${this.#base}.records.json`
    this.#socketPath = options.socketPath
    this.#log = options.log
  }

  /** Leases that are not given back yet. */
  get leases(): readonly Lease[] {
    return [...this.#leases.values()]
  }

  /**
   * Ends what an earlier life of ours left running. Returns the leases it had not given back, and
   * the tmux server they belong to.
   */
  async sweep(): Promise<{ leases: Lease[]; server?: TmuxIdentity }> {
    const records = this.#read()
    for (const { pid, start } of records.clients) {
      if (start === undefined || startOf(pid) !== start) continue
      this.#log.info({ pid }, 'ending a tmux client that an earlier dogwatch left')
      endNow(pid)
    }
    this.#write()
    return { leases: records.leases, ...(records.server ? { server: records.server } : {}) }
  }

  /**
   * Puts a process under guard; returns its release. Viewers are ended first and control clients
   * last: while one of those is attached, no viewer's size counts.
   */
  add(pid: number, role: 'viewer' | 'control'): () => void {
    const start = startNow(pid)
    const client: Client = { pid, role, ...(start === undefined ? {} : { start }) }
    this.#clients.set(pid, client)
    this.#tell()
    return () => {
      // The pid may have been given to another process of ours since.
      if (this.#clients.get(pid) !== client) return
      this.#clients.delete(pid)
      this.#tell()
    }
  }

  /** Notes how a window's size is to be given back, or that it was. */
  setLease(window: string, restore: Restore | undefined): void {
    if (restore) this.#leases.set(window, { window, ...restore })
    else if (!this.#leases.delete(window)) return
    this.#tell()
  }

  /** Paths of the hidden session's pipes; its program reads the first. */
  get pipes(): { idle: string; input: string; output: string } {
    return { idle: `${this.#base}.idle`, input: `${this.#base}.in`, output: `${this.#base}.out` }
  }

  /** From now on these pipes, which exist, stay open when we die until viewers have ended. */
  hold(): void {
    this.#holds = true
    this.#tell()
  }

  /** The hidden session is gone: nobody needs its pipes. */
  letGo(): void {
    this.#holds = false
    this.#tell()
  }

  /** Names the tmux server that windows belong to. Leases of another one mean nothing any more. */
  setServer(identity: TmuxIdentity): void {
    const same = this.#server?.pid === identity.pid && this.#server.startTime === identity.startTime
    if (same) return
    this.#server = identity
    this.#leases.clear()
  }

  /** Ends the guard: nothing of ours is left to clean up. */
  async close(): Promise<void> {
    this.#closing.abort()
    const child = this.#child
    rmSync(this.#file, { force: true })
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('close', resolve))
    child.stdin?.end('end\n')
    await gone
  }

  #tell(): void {
    if (this.#closing.signal.aborted) return
    this.#write()
    this.#child ??= this.#spawn()
    const named = (role: Client['role']) =>
      [...this.#clients.values()]
        .filter((client) => client.role === role)
        .map(({ pid, start }) => `${pid}:${start ?? '-'}`)
        .join(' ')
    const leases = this.leases.map(({ window, cols, rows, windowSize }) => {
      const size = windowSize !== undefined && WINDOW_SIZES.has(windowSize) ? windowSize : '-'
      return `${window}:${cols}:${rows}:${size}`
    })
    const lines = [
      `viewers ${named('viewer')}`,
      `controls ${named('control')}`,
      `leases ${leases.join(' ')}`,
      this.#holds ? 'hold' : 'release',
    ]
    this.#child.stdin?.write(`${lines.join('\n')}\n`)
  }

  #spawn(): ChildProcess {
    // A session of its own: a Ctrl-C or a hang-up of our terminal must not end it before us.
    const child = spawn('sh', ['-c', SCRIPT, 'dogwatch-guardian', this.#socketPath, this.#base], {
      env: tmuxEnv(),
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    // A broken pipe is told by `close`.
    child.stdin?.on('error', () => {})
    child.once('error', (error) => this.#log.error({ error }, 'the guardian did not start'))
    child.once('close', async () => {
      if (this.#child !== child) return
      this.#child = undefined
      await delay(RESPAWN_MS, this.#closing.signal)
      if (!this.#closing.signal.aborted) this.#tell()
    })
    return child
  }

  #read(): Records {
    try {
      const { clients, leases, server } = JSON.parse(readFileSync(this.#file, 'utf8'))
      return { clients: clients ?? [], leases: leases ?? [], server }
    } catch {
      // No file: the last life ended in order. A torn one says nothing that can be trusted.
      return { clients: [], leases: [] }
    }
  }

  #write(): void {
    const records: Records = {
      clients: [...this.#clients.values()],
      leases: [...this.#leases.values()],
      ...(this.#server ? { server: this.#server } : {}),
    }
    try {
      writeFileSync(`${this.#file}.new`, JSON.stringify(records), { mode: 0o600 })
      renameSync(`${this.#file}.new`, this.#file)
    } catch (error) {
      // The shell still guards; the file is for the case that it is killed with us.
      this.#log.warn({ error }, 'the record of our tmux clients could not be written')
    }
  }
}

function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended since it was looked at, as a control client does when its pipes close.
  }
}

/** At once and without a thread: the process must be on record before anything can happen to us. */
function startNow(pid: number): string | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.start
  } catch {
    // It has ended already, or there is no /proc.
    return undefined
  }
}
