import type { ErrorCode } from './errors.ts'

/**
 * `/ws/terminal/:pane` (or any id, where `open` names the pane). Binary frames are bytes: output down, keys up. The keys of one viewer form
 * one stream that outlives its sockets: the page numbers bytes from 0, the server says how many it
 * has (`ready.inputAt`, `input-ack.at`), and after a reconnect the page sends from there. So a byte
 * is neither lost nor applied twice.
 */
export type ViewerFrame =
  /**
   * First frame. `viewer` is a random id that the page keeps for the life of the terminal. `pane`
   * goes before what the path names: a page opens the socket before it knows the pane.
   */
  | { type: 'open'; viewer: string; pane?: string; session?: string; cols: number; rows: number }
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
