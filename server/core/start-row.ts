import { basename } from 'node:path'
import { adapterOf } from '../agents/index.ts'
import { delay } from '../lib/time.ts'
import type { Log } from '../log.ts'
import type { AgentKind, CreateSessionResponse, StartRow } from '../protocol.ts'
import { typePrompt } from '../tmux/input.ts'
import type { TmuxServer } from '../tmux/server.ts'
import { Failure } from './failure.ts'
import { readFolder } from './folder.ts'
import type { Git } from './git-command.ts'
import { makeSession } from './new-session.ts'
import type { OneByOne } from './one-by-one.ts'
import { hasShell, waitForShell } from './pane-shell.ts'
import { promptAgent, type ReadyDeps, whyNotReady } from './ready.ts'
import { addWorktree } from './worktree.ts'

/** What the session of one directory shall be. */
export interface RowWish {
  server: TmuxServer
  directory: string
  name?: string
  /** Without a name it takes the folder's, or the first free one after it. */
  isNamedByFolder: boolean
  agent?: AgentKind
  command?: string
  prompt?: string
  branch?: string
}

export interface RowDeps extends ReadyDeps {
  /** With time for a checkout. */
  git: Git
  /** Names are chosen, and worktrees of one repository added, one after the other. */
  making: OneByOne
  log: Log
  signal: AbortSignal
  times: StartTimes
}

/** How long is waited for an agent, in milliseconds. */
export interface StartTimes {
  /** Until it is seen; the slow ones load for half a minute. */
  seenMs: number
  /** From then until it waits for a prompt. */
  readyMs: number
  /** It must wait for so long: a dialog may follow the first screen. */
  settleMs: number
}

/** What is new about a row. */
export type Tell = (change: Partial<StartRow>) => void

const LOOK_MS = 250
/** A shell that has its keyboard back for so long, and no agent: the program ended at once. */
const BACK_MS = 4_000

/**
 * Makes one session: folder or worktree, session, agent, prompt. Tells each step; throws a `Failure`
 * or a `TmuxError` where it cannot go on.
 */
export async function startRow(deps: RowDeps, wish: RowWish, tell: Tell): Promise<void> {
  tell({ state: 'making' })
  const asked = await readFolder(wish.directory || '~')
  const folder = wish.branch === undefined ? asked : await branchOff(deps, asked, wish.branch, tell)
  const { session, renamedFrom } = await makeNamed(deps, wish, folder)
  const made = { session: session.id, name: session.name }
  const detail = `tmux keeps no such name: “${renamedFrom}” became “${session.name}”.`
  const renamed = renamedFrom === undefined ? {} : { detail }
  if (wish.agent === undefined) return tell({ ...made, ...renamed, state: 'done' })
  tell({ ...made, ...renamed, state: 'starting' })
  const pane = session.windows[0]?.panes[0]?.id ?? ''
  const agent = await startAgent(deps, pane, wish.agent)
  tell({ agent })
  if (wish.prompt === undefined) tell({ state: 'done' })
  else await promptWhenReady(deps, { pane, agent, text: wish.prompt }, tell)
}

async function branchOff(
  { git, making }: RowDeps,
  folder: string,
  branch: string,
  tell: Tell,
): Promise<string> {
  const made = await making.run('git', () => addWorktree(git, folder, branch))
  tell({ worktree: made.worktree })
  return made.folder
}

function makeNamed(
  { registry, making, log }: RowDeps,
  { server, name, isNamedByFolder, command }: RowWish,
  folder: string,
): Promise<CreateSessionResponse> {
  return making.run(server.id, () => {
    const sessions = registry.sessions().filter((session) => session.server === server.id)
    const taken = new Set(sessions.map((session) => session.name))
    const chosen = name ?? (isNamedByFolder ? freeName(folder, taken) : undefined)
    return makeSession({ registry, log }, server, {
      ...(chosen === undefined ? {} : { name: chosen }),
      cwd: folder,
      ...(command === undefined ? {} : { command }),
    })
  })
}

/** A session name after a folder, as tmux keeps it: without what tmux would rewrite. */
export function freeName(folder: string, taken: ReadonlySet<string>): string {
  const base =
    basename(folder)
      .replace(/[\p{Cc}:.\\]/gu, '_')
      .slice(0, 100) || 'session'
  let name = base
  for (let next = 2; taken.has(name); next += 1) name = `${base}-${next}`
  return name
}

/** Starts an agent from the pane's shell, so that the shell stays when it ends; resolves with its id. */
async function startAgent(deps: RowDeps, pane: string, kind: AgentKind): Promise<string> {
  const { registry, signal, times } = deps
  const { name, program = kind } = adapterOf(kind)
  const shell = await waitForShell(deps, pane)
  if (!shell)
    throw new Failure('conflict', `No shell waits in the new session to start ${name} in.`)
  const typed = await typePrompt(shell.server, shell.view.tmuxId, program, true)
  if (typed === 'not-submitted') {
    throw new Failure('conflict', `"${program}" is on the prompt, but Enter did not take effect.`)
  }
  const began = performance.now()
  let withAgent = began
  for (let now = began; now - began < times.seenMs && !signal.aborted; now = performance.now()) {
    const entry = registry.pane(pane)
    if (!entry) throw new Failure('conflict', 'The session has ended already.')
    if (entry.view.agent !== undefined) return entry.view.agent
    if (!hasShell(entry)) withAgent = now
    if (now - withAgent > BACK_MS) {
      throw new Failure('conflict', `${name} ended at once; its terminal says why.`)
    }
    await delay(LOOK_MS, signal)
  }
  throw new Failure(
    'conflict',
    `${name} was not seen within ${times.seenMs / 1_000} s; its terminal says why.`,
  )
}

/** Waits until the agent is proven to wait for a prompt and types it; never into a dialog. */
async function promptWhenReady(
  deps: RowDeps,
  prompt: { pane: string; agent: string; text: string },
  tell: Tell,
): Promise<void> {
  const { registry, signal, times } = deps
  const began = performance.now()
  let why = 'It is not known what it does.'
  while (performance.now() - began < times.readyMs && !signal.aborted) {
    const view = registry.agent(prompt.agent)
    const freshness = registry.pane(prompt.pane)?.session.freshness
    if (view?.liveness !== 'live' || freshness === undefined) {
      throw new Failure('conflict', 'It ended before it was ready, so the prompt was not typed.')
    }
    if (view.activity === 'asking') {
      const detail = 'It asks something first, so the prompt was not typed.'
      return tell({ state: 'unsent', detail })
    }
    why = whyNotReady(view, freshness) ?? why
    if (view.activity === 'idle' && Date.now() - view.since >= times.settleMs) {
      try {
        return tell({ state: 'done', receipt: await promptAgent(deps, prompt) })
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        // Refused with nothing typed: its screen may follow in a moment.
        why = error.message
      }
    }
    await delay(LOOK_MS, signal)
  }
  const detail = `It was not ready within ${times.readyMs / 1_000} s, so the prompt was not typed. ${why}`
  tell({ state: 'unsent', detail })
}
