/**
 * The wire: every view, frame, close code and limit that server and page share.
 *
 * This file imports nothing, so that the page can use it without reaching Node and the database
 * without reaching the server. Two rules hold for all frames of the feed:
 *  - a frame carries the whole entity and may arrive twice or late (apply it idempotently);
 *  - `epoch` only grows within one `boot`; anything older than what you hold is dropped.
 */

/** Version of the socket protocol; the subprotocol name carries it. */
export const SUBPROTOCOL = 'dogwatch.v1'
/** Prefix of the one-use socket ticket in `Sec-WebSocket-Protocol`. */
export const TICKET_SUBPROTOCOL_PREFIX = 'ticket.'

// ---------------------------------------------------------------- scopes and devices

/** What a device may do, weakest first: look, type into terminals, everything. */
export const SCOPES = ['watch', 'reply', 'full'] as const
export type Scope = (typeof SCOPES)[number]

/** One paired browser or phone. The token itself is known to that device alone. */
export interface DeviceView {
  id: string
  name: string
  scope: Scope
  /** Epoch milliseconds. */
  createdAt: number
  /** Epoch milliseconds of the last authenticated request, to the minute. */
  lastUsedAt: number
}

export interface PairRequest {
  ticket: string
  name: string
}

export interface PairResponse {
  token: string
  device: DeviceView
  scope: Scope
}

export interface WsTicketResponse {
  ticket: string
}

/** `POST /api/tickets`: a link for another device. `scope` is at most the caller's own. */
export interface PairTicketRequest {
  scope?: Scope
}

export interface PairTicketResponse {
  ticket: string
  scope: Scope
  /** Epoch milliseconds. */
  expiresAt: number
}

export interface DevicesResponse {
  devices: DeviceView[]
}

/** `DELETE /api/devices/:id`: the id, and how many of its sockets were closed. */
export interface RevokeResponse {
  revoked: string
  sockets: number
}

// ---------------------------------------------------------------- errors

/** Body of every failed request. `message` is a sentence for people that says what to do. */
export interface ErrorBody {
  error: { code: ErrorCode; message: string }
}

export const ERROR_CODES = [
  'bad-request',
  'unauthorized',
  'forbidden',
  'misdirected',
  'not-found',
  'conflict',
  'too-large',
  'busy',
  'tmux-unavailable',
  'tmux-refused',
  'tmux-timeout',
  'internal',
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

// ---------------------------------------------------------------- tmux

/** How good our own view of a tmux server is; says nothing about the sessions themselves. */
export const FRESHNESS = ['healthy', 'degraded', 'disconnected'] as const
export type Freshness = (typeof FRESHNESS)[number]

/**
 * What we found at one socket.
 * `missing`: no tmux program; `too-old`: below 3.2; `no-server`: nobody listens there (reliable);
 * `no-sessions`: a server without sessions; `connected`; `unresponsive`: it is there but does not
 * answer (stopped, hung), so the last known rows stay.
 */
export const TMUX_STATES = [
  'missing',
  'too-old',
  'no-server',
  'no-sessions',
  'connected',
  'unresponsive',
] as const
export type TmuxState = (typeof TMUX_STATES)[number]

export interface TmuxServerView {
  id: string
  /** Short name of the socket, for example `default`. */
  label: string
  socketPath: string
  state: TmuxState
  freshness: Freshness
  /** tmux's version, for example `3.3a`; absent until known. */
  version?: string
  /** How we talk to it: the hidden control client, or one fork per question. */
  channel: 'control' | 'fork'
  /** How output is noticed. */
  outputSource: 'inotify' | 'poll'
  /** One sentence for people where something is not as it should be. */
  detail?: string
  /** Epoch milliseconds since when `state` holds. */
  since: number
}

export interface PaneView {
  id: string
  /** tmux's own id, `%3`. */
  tmuxId: string
  index: number
  active: boolean
  cols: number
  rows: number
  /** Working directory of the foreground process; may hold any character. */
  cwd: string
  /** Name of the foreground process. */
  command: string
  /** Arguments of the foreground process, the program first; empty where they cannot be read. */
  argv: string[]
  title: string
  /** Process id of the pane's first process. */
  pid: number
  /** The program has ended and tmux keeps the pane (`remain-on-exit`). */
  dead: boolean
  /** A full-screen program owns the screen. */
  alternate: boolean
  /** A person has the pane in copy mode or another tmux mode. */
  inMode: boolean
  /** Our id of the live agent in it; of several, the one that has the keyboard. */
  agent?: string
}

export interface WindowView {
  id: string
  /** tmux's own id, `@2`. */
  tmuxId: string
  index: number
  name: string
  /** The session's current window: what an attached client sees. */
  active: boolean
  cols: number
  rows: number
  zoomed: boolean
  panes: PaneView[]
}

export interface SessionView {
  id: string
  /** Id of the `TmuxServerView`. */
  server: string
  /** tmux's own id, `$1`. */
  tmuxId: string
  name: string
  /** Epoch milliseconds. */
  createdAt: number
  /** Clients of people that are attached now; ours are not counted. */
  attached: number
  /** Name of the session group, where the session shares its windows. */
  group?: string
  freshness: Freshness
  windows: WindowView[]
}

export interface SessionsResponse {
  epoch: number
  sessions: SessionView[]
}

// ---------------------------------------------------------------- feed

/** Server to page on `/ws/feed`; JSON text frames. */
export type FeedFrame =
  | {
      type: 'hello'
      /** Changes with each start of our server: forget everything older. */
      boot: string
      epoch: number
      /** Version of dogwatch; a page of another version reloads itself once. */
      version: string
      /** Name of the machine, for the title. */
      host: string
      scope: Scope
      /** Epoch milliseconds of our clock, so that ages do not depend on the device's. */
      now: number
      servers: TmuxServerView[]
      sessions: SessionView[]
      /** Last output per pane id, epoch milliseconds. */
      output: Record<string, number>
      /** Live agents, and those that ended last. */
      agents: AgentView[]
    }
  | { type: 'server'; epoch: number; server: TmuxServerView }
  | { type: 'session'; epoch: number; session: SessionView }
  | { type: 'session-gone'; epoch: number; id: string }
  | { type: 'agent'; epoch: number; agent: AgentView }
  | { type: 'agent-gone'; epoch: number; id: string }
  /** At most one per 200 ms, and one per pane and second. */
  | { type: 'output'; epoch: number; at: Record<string, number> }
  | { type: 'pong'; at: number }

/** Page to server on `/ws/feed`. */
export type FeedClientFrame = { type: 'ping'; at: number }

// ---------------------------------------------------------------- terminal

/**
 * `/ws/terminal/:pane`. Binary frames are bytes: output down, keys up. The keys of one viewer form
 * one stream that outlives its sockets: the page numbers bytes from 0, the server says how many it
 * has (`ready.inputAt`, `input-ack.at`), and after a reconnect the page sends from there. So a byte
 * is neither lost nor applied twice.
 */
export type ViewerFrame =
  /** First frame. `viewer` is a random id that the page keeps for the life of the terminal. */
  | { type: 'open'; viewer: string; session?: string; cols: number; rows: number }
  /** Total bytes drawn since `open` or the last `reset`. */
  | { type: 'ack'; bytes: number }
  /** Take or give back the lease "Fit to this screen". */
  | { type: 'fit'; on: boolean; cols: number; rows: number }
  | { type: 'ping'; at: number }

/** Why the picture does not come from a tmux client of its own. */
export type MirrorReason = 'other-pane' | 'destroy-unattached' | 'no-client'

export type TerminalFrame =
  | {
      type: 'ready'
      cols: number
      rows: number
      readOnly: boolean
      /** Bytes of this viewer's input that were applied; absent when a restart forgot them. */
      inputAt?: number
      /** `client`: a real tmux client of the session; `mirror`: the pane's screen, redrawn on change. */
      mode: 'client' | 'mirror'
      mirrorReason?: MirrorReason
    }
  | { type: 'resize'; cols: number; rows: number }
  /** Bytes were dropped: clear the parser; a full redraw follows. Restart counting for `ack`. */
  | { type: 'reset' }
  | { type: 'input-ack'; at: number }
  /** The session's current pane is another one now. */
  | { type: 'showing'; pane: string }
  /** `until` in epoch milliseconds; `none` also says that the old size was given back. */
  | { type: 'lease'; holder: 'you' | 'other' | 'none'; until?: number }
  | { type: 'gone'; reason: 'session-ended' | 'pane-ended' | 'server-gone' }
  | { type: 'error'; code: ErrorCode; message: string }
  | { type: 'pong'; at: number }

/** Close codes of our sockets (4000-4999 are free for applications, RFC 6455 section 7.4.2). */
export const CLOSE = {
  goingAway: 1001,
  tooSlow: 1013,
  badFrame: 4400,
  revoked: 4401,
  gone: 4404,
  internal: 4500,
} as const

// ---------------------------------------------------------------- acting

/** Where a new session starts. `id` de-duplicates retries for ten minutes. */
export interface CreateSessionRequest {
  id: string
  /** Id of the tmux server; the first one by default. */
  server?: string
  /** Absent or empty: tmux's next free number. */
  name?: string
  cwd?: string
  /** A shell command line; absent or empty: the default shell. */
  command?: string
}

export interface CreateSessionResponse {
  session: SessionView
  /** Set where tmux stored another name than the one asked for. */
  renamedFrom?: string
}

export interface RenameSessionRequest {
  name: string
}

export interface KillSessionResponse {
  ended: boolean
  /** Processes of the session that outlived it (pid and name). */
  survivors: { pid: number; command: string }[]
}

/** `sent`: it is in the pane; `submitted`: Enter took effect; `not-submitted`: it waits in the input line. */
export type PromptReceipt = 'sent' | 'submitted' | 'not-submitted'

export interface PromptRequest {
  id: string
  text: string
  /** Press Enter after the text. Default true. */
  submit?: boolean
}

export interface PromptResponse {
  receipt: PromptReceipt
  /** The same id had been handled before; nothing was typed again. */
  duplicate: boolean
  /** One sentence for people where the receipt is not `submitted`. */
  detail?: string
}

/** Keys that have a name; everything else is typed as text. */
export const KEY_NAMES = [
  'Enter',
  'Escape',
  'Tab',
  'BackTab',
  'Backspace',
  'Delete',
  'Up',
  'Down',
  'Left',
  'Right',
  'Home',
  'End',
  'PageUp',
  'PageDown',
  'C-a',
  'C-b',
  'C-c',
  'C-d',
  'C-e',
  'C-k',
  'C-l',
  'C-n',
  'C-o',
  'C-p',
  'C-r',
  'C-t',
  'C-u',
  'C-w',
  'C-z',
] as const
export type KeyName = (typeof KEY_NAMES)[number]

export interface KeysRequest {
  id: string
  keys: KeyName[]
}

export interface KeysResponse {
  sent: boolean
  duplicate: boolean
}

export interface ScreenResponse {
  cols: number
  rows: number
  cursor: { x: number; y: number; visible: boolean }
  /** Rows joined by newlines; with escape sequences where `?format=ansi`. */
  text: string
  /** A full-screen program owns the screen now (`alternate_on`). */
  alternate: boolean
  /** The program has asked for the mouse (`mouse_any_flag`), whatever tmux's own `mouse` says. */
  mouse: boolean
}

export interface HistoryResponse {
  /** Lines above the visible screen that tmux keeps. */
  size: number
  /** First line of this slice, counted from the top of the history (0). */
  start: number
  /** Rows with escape sequences, wrapped rows joined. At most `LIMITS.historySlice`. */
  lines: string[]
}

/** `GET /api/directories?path=`: folders that complete a path. */
export interface DirectoriesResponse {
  base: string
  /** Absolute paths, at most 50. */
  directories: string[]
  truncated: boolean
}

// ---------------------------------------------------------------- status

export interface HealthResponse {
  ok: true
  version: string
}

export interface StatusResponse {
  version: string
  pid: number
  /** Epoch milliseconds. */
  startedAt: number
  host: string
  addresses: string[]
  socket: string
  servers: TmuxServerView[]
  sessions: number
  viewers: number
  /** Milliseconds over the last minute. */
  eventLoopDelay: { p50: number; p99: number; max: number }
}

/** Limits that both ends obey; beyond them the server refuses with `too-large` or drops as written. */
export const LIMITS = {
  /** Bytes of one prompt or paste (swimmers' limit, met in practice). */
  promptBytes: 786_432,
  /** Bytes of one binary key frame; the page cuts longer input. */
  keyFrameBytes: 65_536,
  /** Bytes of one text frame. */
  textFrameBytes: 16_384,
  /** Bytes in flight to a viewer before output is dropped and redrawn. */
  inFlightBytes: 131_072,
  /** The page acknowledges at least every so many bytes. */
  ackBytes: 16_384,
  /** Lines of one history slice: a capture of 1,000 lines holds tmux for about 4 ms. */
  historySlice: 1_000,
  minCols: 20,
  maxCols: 500,
  minRows: 5,
  maxRows: 200,
  nameLength: 300,
  viewersPerSession: 16,
  sockets: 256,
} as const

// ---------------------------------------------------------------- agents

export const AGENT_KINDS = [
  'claude',
  'codex',
  'copilot',
  'gemini',
  'opencode',
  'shell',
  'other',
] as const
export type AgentKind = (typeof AGENT_KINDS)[number]

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
