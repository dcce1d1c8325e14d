import type { GitView } from './git.ts'

/**
 * Short lower-case name of an agent's kind, as its adapter has it: `claude`, `codex`. Any name may
 * come; `shell` and `other` are no agents. `hello` tells what people call each.
 */
export type AgentKind = string

/** What an agent does. `unknown` is said where there is no evidence; it is never shown as idle. */
export const ACTIVITIES = ['working', 'asking', 'retrying', 'idle', 'failed', 'unknown'] as const
export type Activity = (typeof ACTIVITIES)[number]

/** `live`: proven by pane and process; `ended`: seen to end; `historical`: known from before only. */
export const LIVENESS = ['live', 'ended', 'historical'] as const
export type Liveness = (typeof LIVENESS)[number]

/** Where a statement comes from, strongest first. */
export const EVIDENCE_SOURCES = [
  'process',
  'live',
  'hook',
  'transcript',
  'screen',
  'silence',
] as const
export type EvidenceSource = (typeof EVIDENCE_SOURCES)[number]

export const CONFIDENCES = ['high', 'medium', 'low'] as const
export type Confidence = (typeof CONFIDENCES)[number]

/** Why we say what we say. */
export interface Evidence {
  source: EvidenceSource
  /** The line of a screen, file or event that says it; one line, redacted. */
  line: string
  /** Epoch milliseconds when it was true. */
  at: number
  confidence: Confidence
}

export const ASK_KINDS = ['permission', 'question', 'startup'] as const
/** `startup`: a dialog before the first prompt (trust, login, hook review). */
export type AskKind = (typeof ASK_KINDS)[number]

export interface AskView {
  id: string
  kind: AskKind
  /** One line: the command, file or question. */
  text: string
  tool?: string
  /** Epoch milliseconds. */
  since: number
  /** Changes with the dialog that the screen shows; an answer names it, and is refused for another. */
  hash?: string
}

/** Tokens and money as the agent itself counts them; an absent number is unknown. */
export interface Usage {
  input?: number
  output?: number
  cacheRead?: number
  cacheWrite?: number
  contextUsed?: number
  contextSize?: number
  costUsd?: number
}

export const TURN_ENDS = ['done', 'asked', 'interrupted', 'failed', 'lost'] as const
export type TurnEnd = (typeof TURN_ENDS)[number]

export interface TurnView {
  id: string
  agent: string
  /** Counts the agent's turns from 1; a late word about an older one is ignored. */
  generation: number
  startedAt: number
  endedAt?: number
  end?: TurnEnd
  /** Excerpts of at most 240 characters, redacted. */
  prompt: string
  lastWords: string
  tools: number
  usage: Usage
}

export const AGENT_CUES = ['unvalidated', 'uncommitted'] as const
export type AgentCue = (typeof AGENT_CUES)[number]

export interface AgentView {
  id: string
  kind: AgentKind
  /** Our ids of the pane and the session it runs in; of the last ones where it has ended. */
  pane: string
  session: string
  activity: Activity
  /** Epoch milliseconds since when `activity` holds. */
  since: number
  liveness: Liveness
  evidence: Evidence
  ask?: AskView
  /** The running turn. */
  turn?: { generation: number; startedAt: number }
  /** The turn before: how it ended, and when (epoch milliseconds). */
  lastTurn?: { generation: number; startedAt: number; endedAt: number; end: TurnEnd }
  title: string
  /** What the user asked last, at most 240 characters. */
  prompt: string
  /** The last line of the agent's own words, at most 240 characters. */
  lastWords: string
  /** The tool that runs now, with its first argument. */
  tool: string
  model: string
  usage: Usage
  cwd: string
  /** What git says of `cwd`; absent where there is no repository, or nobody asked yet. */
  git?: GitView
  /** Names of its session and window, for rows whose session is gone. */
  place?: { session: string; window: string; pane: number }
  /** Who spoke last: the user by a prompt, an answer or typed keys, or the agent (epoch milliseconds). */
  spoke?: { who: 'user' | 'agent'; at: number }
  /** Work that is not finished, told from its transcript: edits without a test run, or without a commit. */
  cues?: AgentCue[]
  /** The agent's own id of the conversation; its resume command takes it. */
  conversation?: string
  /** Our id of the agent that started it. */
  parent?: string
  /** Where it runs, where only the screen tells of it. */
  where: 'here' | 'ssh' | 'container'
  startedAt: number
  endedAt?: number
}

/** `GET /api/agents`. */
export interface AgentsResponse {
  epoch: number
  agents: AgentView[]
}

/** `GET /api/agents/:id/turns?before=N`: newest first. */
export interface TurnsResponse {
  turns: TurnView[]
}

/** What one source said last. */
export interface SourceWord {
  source: EvidenceSource
  /** `working`, `asking`, `started` and so on: its statement, not yet weighed against others. */
  says: string
  /** One line, redacted. */
  line: string
  /** Epoch milliseconds: since when it says so, and when it was last known to hold. */
  since: number
  at: number
  confidence: Confidence
}

/** `GET /api/agents/:id/evidence`: the answer, and every source's last word, strongest first. */
export interface EvidenceResponse {
  agent: string
  activity: Activity
  evidence: Evidence
  sources: SourceWord[]
}

/** `POST /api/agents/:id/wrong`: what the agent really does. */
export interface WrongRequest {
  expected: Activity
}

/** The file on the host that keeps the redacted screen and facts. */
export interface WrongResponse {
  path: string
}
