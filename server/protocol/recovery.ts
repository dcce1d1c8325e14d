import type { AgentKind, TurnEnd } from './agents.ts'

/** An agent that ran when its tmux or the machine died. */
export interface LostAgent {
  /** Id of the historical agent. */
  id: string
  /** Id of the `LostServer` that it ran in. */
  lost: string
  kind: AgentKind
  title: string
  prompt: string
  lastWords: string
  /** Names and numbers of the place it had. */
  session: string
  window: string
  pane: number
  cwd: string
  /** The git worktree that it ran in; absent where there was none. */
  worktree?: string
  /** Whether `cwd` is still there. */
  hasFolder: boolean
  /** Its last turn, and how it ended; `tool` was running then and its outcome is unknown. */
  turn?: { generation: number; startedAt: number; end?: TurnEnd; tool?: string }
  /** Id of its last snapshot. */
  snapshot?: string
  /** The command that continues its conversation; absent with a `reason` where there is none. */
  resume?: string[]
  reason?: string
  /** Epoch milliseconds when it was last seen alive. */
  lastSeenAt: number
  state: ResumeState
}

export const RESUME_STATES = ['waiting', 'starting', 'resumed', 'failed'] as const
/** `starting` until the agent is seen alive in its new pane. */
export type ResumeStep = (typeof RESUME_STATES)[number]

export interface ResumeState {
  state: ResumeStep
  /** Why it failed, in a sentence. */
  detail?: string
  /** Our ids of the new pane and the new agent. */
  pane?: string
  agent?: string
}

/** Plugins of tmux that bring sessions back by themselves. */
export const RESTORERS = ['resurrect', 'continuum'] as const
export type Restorer = (typeof RESTORERS)[number]

/** One run of a tmux server that is gone, as it was last seen. */
export interface LostServer {
  /** Id of the run: socket, pid and start of that server. */
  id: string
  /** Id of the `TmuxServerView` at the same socket. */
  server: string
  label: string
  /** Epoch milliseconds when it was last seen. */
  lastSeenAt: number
  sessions: LostSession[]
  /** tmux-resurrect or continuum is set up there and rebuilds sessions by itself. */
  restoredBy?: Restorer
}

/** A session as it was. */
export interface LostSession {
  /** The id it had; absent in what an older version kept. */
  id?: string
  name: string
  /** The session group that it shared its windows with. */
  group?: string
  /** A session of this name is there again. */
  isBack: boolean
  windows: LostWindow[]
}

export interface LostWindow {
  name: string
  index: number
  /** tmux's own text of how the panes divide the window. */
  layout: string
  /** The one that the session showed. */
  active: boolean
  zoomed: boolean
  /** tmux names it after its program. */
  autoNamed: boolean
  cols: number
  rows: number
  panes: LostPane[]
}

export interface LostPane {
  index: number
  active: boolean
  cwd: string
  /** The command line of what had its foreground, redacted. */
  command: string
  /** Our id of the agent that ran there. */
  agent?: string
}

export const GUARD_STATES = ['safe', 'at-risk', 'unknown'] as const
export type GuardState = (typeof GUARD_STATES)[number]

/** Whether tmux will outlive the login that started it (Linux with logind). */
export interface GuardView {
  state: GuardState
  /** One sentence for people. */
  detail: string
  /** Commands that mend it, one per line. */
  fix: string[]
}

/** `GET /api/recovery`. */
export interface RecoveryResponse {
  lost: LostServer[]
  agents: LostAgent[]
  guard: GuardView
}

/** `POST /api/recovery/:id/rebuild`: sessions of a lost server, with their agents where asked. */
export interface RebuildRequest {
  id: string
  /** Names; absent: all that are not back. */
  sessions?: string[]
  /** Run the resume commands; else they stand on the prompt. */
  run: boolean
}

export interface RebuildResponse {
  sessions: RebuiltSession[]
  agents: ResumedAgent[]
  /** The same id had been handled before; nothing was done again. */
  duplicate: boolean
}

export interface RebuiltSession {
  name: string
  created: boolean
  /** Why it was not created, or what of it is not as it was. */
  detail?: string
}

/** What became of one agent of a rebuilt session; `id` is the historical agent's. */
export interface ResumedAgent {
  id: string
  state: ResumeState
}

/**
 * `POST /api/recovery/:id/forget`: what is left of that server is not offered any more.
 * `DELETE /api/agents/:id`: the row of an agent that does not live is gone, with what was kept.
 */
export interface ForgetResponse {
  forgotten: string
}

/** `POST /api/agents/:id/resume`. */
export interface ResumeRequest {
  id: string
  /** Press Enter; else the command stands on the prompt. */
  run: boolean
}

export interface ResumeResponse {
  state: ResumeState
  duplicate: boolean
}
