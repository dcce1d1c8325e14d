/** A part of a text that must be neither stored nor sent: from `start` up to before `end`. */
export interface Cut {
  start: number
  end: number
  /** What it is, in a word: `jwt`, `password`. */
  kind: string
}

/** Shorter than this, the length alone would help to guess what stood there. */
const TELL_SIZE = 16

/** What stands in the place of a secret: its kind and, where that says nothing of it, its size. */
export function markOf({ start, end, kind }: Cut): string {
  const size = end - start
  return size < TELL_SIZE ? `[redacted:${kind}]` : `[redacted:${kind}:${size}]`
}

/** What `markOf` writes. */
export const MARK = /\[redacted:[a-z-]{1,20}(?::\d{1,9})?\]/g

/** In order and without overlaps; of two that overlap, the kind of the one that starts first stays. */
export function mergeCuts(cuts: readonly Cut[]): Cut[] {
  const merged: Cut[] = []
  // The sort is stable: of equal starts, the rule that was asked first gives the kind.
  for (const cut of [...cuts].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1)
    if (!last || cut.start >= last.end) merged.push({ ...cut })
    else last.end = Math.max(last.end, cut.end)
  }
  return merged
}
