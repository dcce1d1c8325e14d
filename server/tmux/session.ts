import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Log } from '../log.ts'
import { escapeFormat, tmuxEnv } from './command.ts'
import { type Process, readDescendants } from './descendants.ts'
import { TmuxError } from './errors.ts'
import type { TmuxServer } from './server.ts'

const run = promisify(execFile)

export interface NewSession {
  /** Absent: tmux's next free number. */
  name?: string
  /** An absolute path of a folder that is there. tmux would silently take another for a missing one. */
  cwd: string
  /** A shell command line; absent: the default shell. */
  command?: string
  /** Name of its first window; absent: tmux names it after its program. */
  window?: string
  /** Size of its windows until somebody attaches; absent: 80 columns and 24 rows. */
  cols?: number
  rows?: number
}

const START_MS = 10_000

/**
 * Creates a session and answers with its id (`$1`) and the name tmux gave it. Where no server runs
 * this starts one. Rejects with a `TmuxError`; a name that exists is `refused`, "duplicate session".
 */
export async function createSession(
  server: TmuxServer,
  wanted: NewSession,
  log: Log,
): Promise<{ id: string; name: string }> {
  const argv = [
    // -E: the session must not get our DISPLAY or SSH_AUTH_SOCK.
    ...['new-session', '-d', '-E', '-P', '-F', '#{session_id} #{session_name}'],
    ...['-c', escapeFormat(wanted.cwd)],
    ...(wanted.name === undefined ? [] : ['-s', escapeFormat(wanted.name)]),
    ...(wanted.window === undefined ? [] : ['-n', escapeFormat(wanted.window)]),
    ...(wanted.cols === undefined ? [] : ['-x', `${wanted.cols}`]),
    ...(wanted.rows === undefined ? [] : ['-y', `${wanted.rows}`]),
    ...(wanted.command === undefined ? [] : ['--', wanted.command]),
  ]
  const isRunning = !['no-server', 'missing', 'too-old'].includes(server.status.state)
  const options = { kind: 'act', deadlineMs: START_MS, startServer: true } as const
  const answer =
    (isRunning ? undefined : await startInScope(server.socketPath, argv, log)) ??
    (await server.run(argv, isRunning ? { kind: 'act' } : options))
  const space = answer.indexOf(' ')
  return { id: answer.slice(0, space), name: answer.slice(space + 1) }
}

/** Renames a session (`$1`) and answers with the name tmux gave it. Rejects with a `TmuxError`. */
export async function renameSession(
  server: TmuxServer,
  sessionId: string,
  name: string,
): Promise<string> {
  await server.run(['rename-session', '-t', sessionId, '--', escapeFormat(name)])
  const format = '#{session_id} #{session_name}'
  const answer = await server.run(['display-message', '-p', '-t', `${sessionId}:`, format])
  return answer.slice(answer.indexOf(' ') + 1)
}

/**
 * Ends a session (`$1`) as tmux does: its programs get SIGHUP. Answers with the processes that were
 * in its panes, to be waited for; panes that live on in another session are left out. Rejects with
 * a `TmuxError`.
 */
export async function killSession(
  server: TmuxServer,
  sessionId: string,
  panes: readonly { id: string; pid: number }[],
): Promise<Process[]> {
  const families = await Promise.all(
    panes.map(async ({ id, pid }) => ({ id, family: await readDescendants(new Set([pid])) })),
  )
  try {
    await server.run(['kill-session', '-t', sessionId])
  } catch (error) {
    // With its last session the server itself ends, sometimes before it answers.
    if (!(error instanceof TmuxError) || (error.code !== 'gone' && error.code !== 'no-server')) {
      throw error
    }
  }
  const tree = await server.refresh()
  const alive = new Set(
    tree.sessions.flatMap(({ windows }) => windows.flatMap((w) => w.panes.map((pane) => pane.id))),
  )
  return families.filter(({ id }) => !alive.has(id)).flatMap(({ family }) => family)
}

/**
 * Under systemd a tmux server that we start would belong to our service and end with it, so it gets
 * a scope of its own in the user's slice. Undefined where that is not possible.
 */
async function startInScope(
  socketPath: string,
  argv: readonly string[],
  log: Log,
): Promise<string | undefined> {
  const runtimeDir = process.env.XDG_RUNTIME_DIR
  if (!runtimeDir || !existsSync(join(runtimeDir, 'systemd', 'private'))) return undefined
  const scope = ['--user', '--scope', '--quiet', '--collect', '--unit', unitName()]
  try {
    const { stdout } = await run(
      'systemd-run',
      [...scope, '--', 'tmux', '-u', '-S', socketPath, ...argv],
      { env: tmuxEnv(), timeout: START_MS, killSignal: 'SIGKILL' },
    )
    return stdout.replace(/\n$/, '')
  } catch (error) {
    const stderr = String((error as { stderr?: unknown }).stderr ?? '')
    // tmux's own refusal is the answer; only a systemd that cannot do it is worth another way.
    if (/duplicate session|bad session|invalid session/.test(stderr)) {
      throw new TmuxError('refused', argv, stderr, { cause: error })
    }
    log.info({ reason: stderr.slice(0, 200) }, 'no scope of its own for the new tmux server')
    return undefined
  }
}

function unitName(): string {
  return `tmux-${crypto.randomUUID()}`
}
