/** What a terminal in the browser is painted from: a tmux client of its own, or a mirror of one pane. */

/** Smallest and largest terminal we open, in cells: beyond, the kernel takes any number and tmux suffers. */
const MIN_CELLS = 2
const MAX_COLS = 500
const MAX_ROWS = 300

/** Why a picture ended. `left`: the session lives, but our client no longer shows it. */
export type EndReason = 'session-ended' | 'pane-ended' | 'server-gone' | 'left'

export interface PictureEvents {
  /** Bytes for the terminal, to be drawn in order. */
  onBytes(bytes: Buffer): void
  /** The picture has another size from here on, in cells. */
  onSize(cols: number, rows: number): void
  /** The session's current pane is another one now (`%3`). */
  onShowing(pane: string): void
  /** The last event, at most once, not after `close`. */
  onEnd(reason: EndReason): void
}

export interface Picture {
  readonly mode: 'client' | 'mirror'
  readonly cols: number
  readonly rows: number
  /**
   * Types bytes, in order. Resolves with how many of them were taken: all, or fewer when the
   * picture ended first.
   */
  write(bytes: Uint8Array): Promise<number>
  /** Paints everything again, for a terminal that lost bytes. */
  redraw(): void
  /** Ends it; what was typed before still arrives. */
  close(): Promise<void>
}

/** A size within what a terminal of ours may have. */
export function clampSize(cols: number, rows: number): { cols: number; rows: number } {
  return {
    cols: Math.min(MAX_COLS, Math.max(MIN_CELLS, Math.trunc(cols))),
    rows: Math.min(MAX_ROWS, Math.max(MIN_CELLS, Math.trunc(rows))),
  }
}
