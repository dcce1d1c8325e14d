import { type HistoryResponse, LIMITS } from '../../server/protocol.ts'

/**
 * Lines above the screen, read from tmux in slices, newest first. The pane goes on printing
 * meanwhile, and at its limit tmux drops lines from the top, so numbers move: slices overlap by a
 * few lines and are joined where those are equal.
 */

/** Lines shown at most: 20,000 rows of 200 columns are about 50 MB in the browser. */
export const MOST_LINES = 20_000
/** Lines of the overlap that two slices are joined by. */
export const OVERLAP = 12

export type ReadSlice = (slice: { start?: number; count: number }) => Promise<HistoryResponse>

export interface HistoryLines {
  /** Oldest first. */
  lines: string[]
  /** Number of the first line; 0 when nothing older exists. */
  start: number
  /** Lines that tmux keeps above the screen. */
  size: number
}

/** The newest slice, and the screen right below it. */
export async function newestLines(read: ReadSlice): Promise<HistoryLines & { screen: string }> {
  const { lines, start, size, screen = '' } = await read({ count: LIMITS.historySlice })
  return { lines, start, size, screen }
}

/** One older slice in front of what is there; the same object when there is none. */
export async function olderLines(read: ReadSlice, have: HistoryLines): Promise<HistoryLines> {
  if (have.start <= 0 || have.lines.length >= MOST_LINES) return have
  const count = Math.min(LIMITS.historySlice, have.start + OVERLAP)
  const start = Math.max(0, have.start + OVERLAP - count)
  const slice = await read({ start, count })
  return {
    lines: joinSlices(slice.lines, have.lines),
    start: slice.start,
    size: slice.size,
  }
}

/** Joins an older slice with the lines after it, cutting what both have. */
export function joinSlices(older: readonly string[], newer: readonly string[]): string[] {
  const mark = newer.slice(0, Math.min(3, newer.length))
  if (mark.length === 0) return [...older]
  // From the end: the overlap is there, and earlier equal lines are only alike. It is longer than
  // was asked for by what the pane printed meanwhile.
  for (let at = older.length - mark.length; at >= 0; at -= 1) {
    const overlap = older.slice(at)
    if (overlap.length <= newer.length && overlap.every((line, i) => line === newer[i])) {
      return [...older.slice(0, at), ...newer]
    }
  }
  return [...older, ...newer]
}

/** What is written to the viewer: history and screen as one text; blank rows at the end are cut. */
export function viewerText(history: readonly string[], screen: string): string {
  const rows = screen.replace(/[\s\n]+$/, '').split('\n')
  // Each slice starts with plain attributes; so does the screen.
  return [...history, ...(rows.length === 1 && rows[0] === '' ? [] : rows)].join('\r\n')
}
