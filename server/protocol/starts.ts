import type { PromptReceipt } from './acting.ts'
import type { AgentKind } from './agents.ts'

/**
 * `POST /api/starts`: new sessions, one for each directory, with an agent and its first prompt where
 * asked for. `id` de-duplicates retries for ten minutes.
 */
export interface StartRequest {
  id: string
  /** Id of the tmux server; the first one by default. */
  server?: string
  /** 1 to `LIMITS.startRows` paths; an empty one is the home directory. */
  directories: string[]
  /** Only for one directory. Absent or empty: tmux's next free number, or the folder's for an agent. */
  name?: string
  /** The agent to start in each shell; not together with `command`. */
  agent?: AgentKind
  /** A shell command line in place of the shell. */
  command?: string
  /** What the agent is asked first, once it waits for a prompt. Needs `agent`. */
  prompt?: string
  /** Work in a new git worktree beside each repository, on this branch; it is made where it is not there. */
  branch?: string
  /**
   * What these sessions are grouped under, together with others of the same label. By default several
   * are called after their prompt, and one is in no batch.
   */
  batch?: string
}

/**
 * `queued`: others are before it; `making`: worktree and session are made; `starting`: the agent is
 * not there or not ready yet; `done`; `unsent`: all is there but the prompt was not typed; `failed`.
 */
export const START_STATES = ['queued', 'making', 'starting', 'done', 'unsent', 'failed'] as const
export type StartState = (typeof START_STATES)[number]

/** What becomes of one directory of a start. */
export interface StartRow {
  /** The path as it was asked for. */
  directory: string
  state: StartState
  /** One sentence for people where something is not as it was asked for. */
  detail?: string
  /** Our ids of the session and of the agent in it, and the name the session was given. */
  session?: string
  name?: string
  agent?: string
  /** The new worktree's folder. */
  worktree?: string
  /** What became of the prompt; absent while it was not typed. */
  receipt?: PromptReceipt
}

/** Sessions that were asked for together. */
export interface StartView {
  id: string
  /** Epoch milliseconds. */
  at: number
  agent?: AgentKind
  /** Excerpt of the first prompt; empty where there is none. */
  prompt: string
  rows: StartRow[]
  /** Label of the batch they are in. */
  batch?: string
}

export interface StartResponse {
  start: StartView
  /** The same id had been handled before; nothing was made again. */
  duplicate: boolean
}

/** `GET /api/starts`: those of the last hour, newest last. Forgotten when our server ends. */
export interface StartsResponse {
  starts: StartView[]
}

/** `POST /api/starts/:id/prompt`: types the prompt of a row that is `unsent`. */
export interface StartPromptRequest {
  id: string
  /** Index in `StartView.rows`. */
  row: number
}

/** `GET /api/programs`: the agents that can be started here, found by the files in the PATH. */
export interface ProgramsResponse {
  programs: { kind: AgentKind; path: string }[]
}
