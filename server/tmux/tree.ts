/** What one listing of a tmux server says, in tmux's own ids. Plain data. */

export interface TmuxPane {
  /** `%3` */
  id: string
  index: number
  active: boolean
  cols: number
  rows: number
  /** `/dev/pts/5`; empty for a dead pane. */
  tty: string
  pid: number
  /** Name of the foreground process. */
  command: string
  /** Arguments of the foreground process; empty where unknown. */
  argv: string[]
  cwd: string
  title: string
  dead: boolean
  alternate: boolean
  inMode: boolean
}

export interface TmuxWindow {
  /** `@2` */
  id: string
  index: number
  name: string
  active: boolean
  cols: number
  rows: number
  zoomed: boolean
  panes: TmuxPane[]
}

export interface TmuxSession {
  /** `$1` */
  id: string
  name: string
  /** Epoch milliseconds. */
  createdAt: number
  /** Clients that are not ours. */
  attached: number
  group?: string
  windows: TmuxWindow[]
}

/** One tmux server process. A restarted server counts its ids from 0, so ids only mean anything beside this. */
export interface TmuxIdentity {
  pid: number
  /** Epoch seconds, as tmux's `start_time`. */
  startTime: number
  version: string
}

/** The sessions of people: our hub is never in it. */
export interface TmuxTree {
  identity: TmuxIdentity
  sessions: TmuxSession[]
}

/** A word for the server of a listing, to tell it from the one before and after it. */
export function identityOf(tree: TmuxTree | undefined): string {
  return tree ? `${tree.identity.pid} ${tree.identity.startTime}` : ''
}
