import { type ChildProcess, spawn } from 'node:child_process'
import { excerpt } from './excerpt.ts'

/** git answers within so long or counts as not answering (milliseconds). */
const LIMIT_MS = 5_000
/** Of what git says about a failure only the first words can be shown. */
const STDERR_BYTES = 4_096

export type GitErrorCode =
  /** There is no program `git`. */
  | 'not-installed'
  | 'timeout'
  /** The folder belongs to another user and is not listed in `safe.directory`. */
  | 'not-ours'
  | 'failed'

/** git gave no answer. The message is one sentence for people; not redacted. */
export class GitError extends Error {
  override name = 'GitError'
  constructor(
    readonly code: GitErrorCode,
    message: string,
    /** git's own line, where it gave one. */
    readonly said = '',
  ) {
    super(message)
  }
}

export interface GitOptions {
  /** Ends every git that runs. */
  signal: AbortSignal
  /** Where PATH and HOME are taken from. */
  environment?: Readonly<Record<string, string | undefined>>
  limitMs?: number
}

/** One question to git; all its calls share one time limit. Made by `makeGit`. */
export interface GitQuestion {
  /**
   * Runs git in a folder and hands on what it prints, as it comes. Resolves with git's exit code
   * where that is one of `codes` (0 alone by default), else throws `GitError`.
   */
  run(args: readonly string[], take: (chunk: Buffer) => void, codes?: number[]): Promise<number>
}

export type Git = <T>(folder: string, work: (question: GitQuestion) => Promise<T>) => Promise<T>

/**
 * The way to git for looking at the repositories of others without running anything of theirs and
 * without leaving a trace in them: no hooks, file system monitors, pagers, filters, external diffs
 * or text converters, no fetching of missing objects, no locks, no prompts. Its process group is
 * killed when the time is over.
 */
export function makeGit({ signal, environment = process.env, limitMs = LIMIT_MS }: GitOptions) {
  const env = gitEnvironment(environment)
  const git: Git = async (folder, work) => {
    // Not `AbortSignal.timeout` inside of `any`: Node 20 takes it for garbage before it fires.
    const life = new AbortController()
    const stop = () => life.abort()
    const end = life.signal
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    const timer = setTimeout(stop, limitMs)
    const ask = (args: readonly string[]) => ['-C', folder, ...SAFE, ...args]
    let filters: readonly string[] | undefined
    const question: GitQuestion = {
      async run(args, take, codes = [0]) {
        // Asked once: filters are switched off by their names, which only the configuration knows.
        filters ??= await withoutFilters(ask, env, end, limitMs)
        return runToEnd(ask([...filters, ...args]), env, take, codes, end, limitMs)
      },
    }
    try {
      return await work(question)
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
  }
  return git
}

/**
 * Configuration that stands above the repository's own (git-config(1)); every line names something
 * that a repository could make git run, write or wait for.
 */
const SAFE = [
  '--no-pager',
  '--literal-pathspecs',
  ...[
    'core.fsmonitor=false',
    'core.hooksPath=/dev/null',
    'core.pager=cat',
    'core.sshCommand=false',
    'core.askPass=',
    'core.untrackedCache=false',
    // Larger files are binary to git: nobody reads such a diff, and making it takes memory.
    'core.bigFileThreshold=16m',
    'credential.helper=',
    'protocol.allow=never',
    'diff.external=',
    'diff.autoRefreshIndex=false',
    'diff.submodule=short',
    'diff.noprefix=false',
    'diff.mnemonicPrefix=false',
    'diff.suppressBlankEmpty=false',
    'status.submoduleSummary=false',
    'submodule.recurse=false',
    'gc.auto=0',
    'maintenance.auto=false',
  ].flatMap((setting) => ['-c', setting]),
]

/** Built from nothing, so that no `GIT_*` of ours leads git elsewhere. */
function gitEnvironment(from: GitOptions['environment'] = {}): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'XDG_CONFIG_HOME'].flatMap((name) =>
    from[name] === undefined ? [] : [[name, from[name]]],
  )
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    // Versions that do not know the line above start a fetch: no transport is allowed to it.
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'false',
    SSH_ASKPASS: 'false',
    GIT_SSH_COMMAND: 'false',
    GIT_PAGER: 'cat',
    GIT_EDITOR: 'false',
  }
}

/**
 * Settings that switch off every filter that is configured anywhere: to compare a file whose time
 * changed, git would run its `clean` command. The price: a file under such a filter that was
 * touched, not changed, shows as modified.
 */
async function withoutFilters(
  ask: (args: readonly string[]) => string[],
  env: NodeJS.ProcessEnv,
  end: AbortSignal,
  limitMs: number,
): Promise<string[]> {
  const list = ['config', '-z', '--name-only', '--get-regexp', '^filter\\.']
  let text = ''
  const take = (chunk: Buffer) => {
    text += chunk.toString('utf8')
  }
  // 1: there is none.
  await runToEnd(ask(list), env, take, [0, 1], end, limitMs)
  const names = new Set(text.split('\0').flatMap((key) => /^filter\.(.*)\./s.exec(key)?.[1] ?? []))
  return [...names].flatMap((name) => {
    // `-c` ends a key at its first `=`: such a filter could not be switched off.
    if (name.includes('=')) {
      throw new GitError('failed', 'git is not asked here: a filter has an "=" in its name.')
    }
    const off = ['clean=', 'smudge=', 'process=', 'required=false']
    return off.flatMap((setting) => ['-c', `filter.${name}.${setting}`])
  })
}

function runToEnd(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  take: (chunk: Buffer) => void,
  codes: readonly number[],
  end: AbortSignal,
  limitMs: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const timeout = () =>
      new GitError('timeout', `git did not answer within ${limitMs / 1_000} seconds.`)
    if (end.aborted) return reject(timeout())
    // A group of its own: what git starts ends with it. `-C` leads to the folder, since a folder
    // that is gone would look like a program that is missing.
    const child = spawn('git', args, {
      cwd: '/',
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stderr = ''
    const stop = () => killGroup(child)
    end.addEventListener('abort', stop, { once: true })
    child.stdout.on('data', take)
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (stderr.length < STDERR_BYTES) stderr += text
    })
    child.once('error', (error: NodeJS.ErrnoException) => {
      end.removeEventListener('abort', stop)
      const isMissing = error.code === 'ENOENT'
      reject(
        isMissing
          ? new GitError('not-installed', 'git is not installed on this machine.')
          : new GitError('failed', `git cannot be started (${error.code}).`),
      )
    })
    child.once('close', (code) => {
      end.removeEventListener('abort', stop)
      if (end.aborted) reject(timeout())
      else if (code !== null && codes.includes(code)) resolve(code)
      else reject(failureOf(stderr))
    })
  })
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has just ended by itself.
  }
}

function failureOf(stderr: string): GitError {
  if (/dubious ownership|unsafe repository/.test(stderr)) {
    return new GitError(
      'not-ours',
      'The folder belongs to another user: git refuses it until safe.directory lists it.',
    )
  }
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  // What it did before it failed comes first.
  const found = lines.find((line) => line.startsWith('fatal: ')) ?? lines[0]
  const said = excerpt((found ?? 'it ended without a word').replace(/^fatal: /, ''))
  return new GitError('failed', `git could not tell: ${said}`, said)
}
