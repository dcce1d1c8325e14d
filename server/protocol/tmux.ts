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
