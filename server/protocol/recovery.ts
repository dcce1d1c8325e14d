import type { AgentKind, TurnEnd } from './agents.ts'

/** An agent that ran when its tmux or the machine died. */
export interface LostAgent {
  /** Id of the historical agent. */
  id: string
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
export interface ResumeState {
  state: (typeof RESUME_STATES)[number]
  /** Why it failed, in a sentence. */
  detail?: string
  /** Our ids of the new pane and the new agent. */
  pane?: string
  agent?: string
}

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
  restoredBy?: 'resurrect' | 'continuum'
}

export interface LostSession {
  name: string
  /** A session of this name is there again. */
  isBack: boolean
  windows: {
    name: string
    layout: string
    panes: { cwd: string; command: string; agent?: string }[]
  }[]
}

/** Whether tmux will outlive the login that started it (Linux with logind). */
export interface GuardView {
  state: 'safe' | 'at-risk' | 'unknown'
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
  sessions: { name: string; created: boolean; detail?: string }[]
  agents: { id: string; state: ResumeState }[]
  duplicate: boolean
}

/** `POST /api/recovery/:id/forget`: what is left of that server is not offered any more. */
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
