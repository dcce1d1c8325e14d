import type { Scope } from './access.ts'
import type { AgentKind, AgentView } from './agents.ts'
import type { AttentionView } from './attention.ts'
import type { SettingsResponse } from './settings.ts'
import type { StartView } from './starts.ts'
import type { StorageView } from './storage.ts'
import type { SessionView, TmuxServerView } from './tmux.ts'

/** Everything that a page shows: the first frame of the feed. */
export interface FeedHello {
  type: 'hello'
  /** Changes with each start of our server: forget everything older. */
  boot: string
  epoch: number
  /** Version of dogwatch; a page of another version reloads itself once. */
  version: string
  /** Name of the machine, for the title. */
  host: string
  /** Folder that a path is told from as `~`; empty where it is not known. */
  home: string
  scope: Scope
  /** Epoch milliseconds of our clock, so that ages do not depend on the device's. */
  now: number
  servers: TmuxServerView[]
  sessions: SessionView[]
  /** Last output per pane id, epoch milliseconds. */
  output: Record<string, number>
  /** Names for people of every kind of agent there is: `Claude Code`. */
  kinds: Record<AgentKind, string>
  /** Live agents, and those that ended last. */
  agents: AgentView[]
  /** Who needs the user, in order of need; what is snoozed comes last. */
  attention: AttentionView[]
  settings: SettingsResponse
  storage: StorageView
  /** Sessions that were asked for lately, oldest first. */
  starts: StartView[]
  /** Label of the batch that a session was started in, by session; of ended ones too. */
  batches: Record<string, string>
}

/** Server to page on `/ws/feed`; JSON text frames. */
export type FeedFrame =
  | FeedHello
  | { type: 'server'; epoch: number; server: TmuxServerView }
  | { type: 'session'; epoch: number; session: SessionView }
  | { type: 'session-gone'; epoch: number; id: string }
  | { type: 'agent'; epoch: number; agent: AgentView }
  | { type: 'agent-gone'; epoch: number; id: string }
  | { type: 'attention'; epoch: number; item: AttentionView }
  /** The need has ended. */
  | { type: 'attention-gone'; epoch: number; id: string }
  | { type: 'settings'; epoch: number; settings: SettingsResponse }
  | { type: 'storage'; epoch: number; storage: StorageView }
  | { type: 'start'; epoch: number; start: StartView }
  | { type: 'batch'; epoch: number; session: string; label: string }
  /** At most one per 200 ms, and one per pane and second. */
  | { type: 'output'; epoch: number; at: Record<string, number> }
  | { type: 'pong'; at: number }

/** Page to server on `/ws/feed`. `looks`: a person is at the page and sees it. */
export type FeedClientFrame = { type: 'ping'; at: number; looks?: boolean }

/**
 * `POST /api/ws-ticket?count=&hello=`: as many tickets as sockets are to be opened; 1 by default.
 * With `hello=1` what the feed will say first comes along where it is short and known by then: a
 * page on a thin line shows it two round trips earlier.
 */
export interface WsTicketResponse {
  /** The first of them. */
  ticket: string
  tickets: string[]
  hello?: FeedHello
}
