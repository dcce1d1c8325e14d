import { createHash } from 'node:crypto'

/** Lines that are remembered to find the place again. */
export const ANCHOR_LINES = 12
/** Characters of one line's mark. */
const MARK_CHARS = 8

/**
 * Where the last look at a pane's history ended: how many lines were there, and marks of the last
 * of them. tmux numbers lines from the top, throws the oldest away, forgets all on demand and wraps
 * them anew with each width, so a number alone is no place.
 */
export interface HistoryPlace {
  /** `history_size` then. */
  size: number
  /** Marks of the last lines (wrapped rows joined), oldest first, one after another. */
  anchor: string
}

/** The anchor of a piece of history, given as plain lines from its start to the screen. */
export function anchorOf(lines: readonly string[]): string {
  return lines.slice(-ANCHOR_LINES).map(markOf).join('')
}

/**
 * Index of the first of `lines` (plain, up to the screen) that came after the anchor was taken;
 * undefined where the anchor is not among them. `likely` is the index to prefer where the same
 * lines stand in several places; without luck there, the first place is taken, because a line
 * twice is better than a line lost.
 */
export function firstNew(
  anchor: string,
  lines: readonly string[],
  likely: number,
): number | undefined {
  const wanted = marksOf(anchor)
  // Nothing is known of what was there but how much it was.
  if (wanted.length === 0) return Math.max(0, likely)
  const marks = lines.map(markOf)
  const last = wanted.pop()
  const found: number[] = []
  for (let end = wanted.length; end < marks.length; end += 1) {
    if (!wanted.every((mark, at) => mark === marks[end - wanted.length + at])) continue
    if (marks[end] === last) found.push(end + 1)
    // Its last line was the first row of a longer one: now it is whole, and new as a whole.
    else if (wanted.length > 0) found.push(end)
  }
  return found.includes(likely) ? likely : found[0]
}

function marksOf(anchor: string): string[] {
  return anchor.match(new RegExp(`.{${MARK_CHARS}}`, 'g')) ?? []
}

/** Short on purpose: it tells lines apart, and nothing of what they say. */
function markOf(line: string): string {
  return createHash('sha256').update(line).digest('hex').slice(0, MARK_CHARS)
}
