import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { TmuxError } from '../tmux/command.ts'
import { PLACES } from './places.ts'
import { PLAYED_KINDS, type Place } from './play.ts'

const run = promisify(execFile)

/** Size of the windows of the demo; they are nobody else's. */
const COLS = 120
const ROWS = 36

/**
 * Waits until its stdin closes, however the demo ended, and removes what it made: `$1` the socket of
 * its tmux server, `$2` that server's pid, `$3` its folder. The pid is only killed while it has been
 * seen alive without a break, so it is still the same process.
 */
const CLEANER = `
trap '' INT TERM HUP PIPE
cat >/dev/null
tmux -N -S "$1" kill-server 2>/dev/null &
tries=0
while kill -0 "$2" 2>/dev/null; do
  [ "$tries" -ge 30 ] && kill -9 "$2"
  tries=$((tries + 1))
  sleep 0.1
done
tries=0
while [ -e "$3" ] && [ "$tries" -lt 50 ]; do
  rm -rf "$3" 2>/dev/null
  tries=$((tries + 1))
  [ -e "$3" ] && sleep 0.1
done
`

/** The private tmux server of the demo, with everything that it shows, in one folder. */
export interface Stage {
  /** Holds everything; gone with the demo. */
  readonly folder: string
  readonly tmuxSocket: string
  /** Home of the pretended agents. */
  readonly home: string
  /** Ends the server and removes the folder. */
  close(): Promise<void>
}

/**
 * Makes the folder below `parent`, the repositories and the sessions. Whatever becomes of this
 * process, a small shell removes them. Throws `TmuxError` (`no-tmux`) where there is no tmux.
 */
export async function openStage(parent: string): Promise<Stage> {
  const folder = realpathSync(mkdtempSync(join(parent, 'dogwatch-demo-')))
  const tmuxSocket = join(folder, 'tmux.sock')
  const home = join(folder, 'home')
  const env = environmentOf(folder, home)
  let cleaner: ChildProcess | undefined
  try {
    installPrograms(join(folder, 'bin'))
    for (const place of PLACES) await makeFolder(place, join(home, place.name), env)
    const tmux = async (...args: string[]) => {
      const argv = ['-u', '-f', '/dev/null', '-S', tmuxSocket, ...args]
      const { stdout } = await run('tmux', argv, { env, cwd: home })
      return stdout.trim()
    }
    // The empty session starts the server and tells its pid; a cleaner stands by before all else.
    await tmux('new-session', '-d', '-s', '_', 'exec sleep 60')
    const pid = await tmux('display-message', '-p', '#{pid}')
    cleaner = spawn('/bin/sh', ['-c', CLEANER, 'sh', tmuxSocket, pid, folder], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
    })
    await tmux('set-option', '-g', 'status', 'off')
    await tmux('set-option', '-g', 'default-shell', '/bin/sh')
    for (const { name, play, prints } of PLACES) {
      const size = ['-x', `${COLS}`, '-y', `${ROWS}`]
      const command = play
        ? `${play.kind}; PS1='$ ' exec sh`
        : `printf '%b\\n' '${(prints ?? []).join('\\n')}'; PS1='$ ' exec sh`
      await tmux('new-session', '-d', '-s', name, '-c', join(home, name), ...size, command)
    }
    await tmux('kill-session', '-t', '=_')
  } catch (error) {
    await end(cleaner)
    rmSync(folder, { recursive: true, force: true })
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new TmuxError('no-tmux', ['tmux'], 'the demo needs tmux 3.2 or newer', { cause: error })
    }
    throw error
  }
  return { folder, tmuxSocket, home, close: () => end(cleaner) }
}

async function end(cleaner: ChildProcess | undefined): Promise<void> {
  if (!cleaner || cleaner.exitCode !== null) return
  const ended = once(cleaner, 'exit')
  cleaner.stdin?.end()
  await ended
}

/** Nothing of the user's own: agents, git and shells of the demo see its home alone. */
function environmentOf(folder: string, home: string): Record<string, string> {
  return {
    PATH: [join(folder, 'bin'), dirname(process.execPath), process.env.PATH].join(':'),
    HOME: home,
    SHELL: '/bin/sh',
    TERM: 'xterm-256color',
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
  }
}

/** Scripts with the names of the agents: to the kernel, and so to dogwatch, they are these. */
function installPrograms(bin: string): void {
  mkdirSync(bin, { recursive: true })
  const player = pathToFileURL(join(import.meta.dirname, 'player.js'))
  for (const kind of PLAYED_KINDS) {
    const path = join(bin, kind)
    writeFileSync(
      path,
      `#!${process.execPath}\nimport('${player}').then(({ play }) => play('${kind}'))\n`,
    )
    chmodSync(path, 0o755)
  }
}

async function makeFolder(place: Place, path: string, env: Record<string, string>): Promise<void> {
  mkdirSync(path, { recursive: true })
  if (!place.files) return
  for (const [name, text] of Object.entries(place.files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  const who = ['-c', 'user.name=Demo', '-c', 'user.email=demo@example.com']
  const git = (...args: string[]) => run('git', [...who, ...args], { cwd: path, env })
  await git('init', '-q', '-b', place.branch ?? 'main')
  await git('add', '-A')
  await git('commit', '-qm', 'First files')
}
