/** Lines of a unified diff as the page draws them. Pure. */

export interface DiffLine {
  type: 'same' | 'added' | 'removed'
  /** Line numbers in the old and in the new file, from 1. */
  old?: number
  new?: number
  text: string
}

/** What stands before a line, so that no colour is needed. */
export const SIGNS = { same: ' ', added: '+', removed: '−' } as const

/** `@@ -1,4 +1,6 @@ name`, or a line that is about the diff itself. */
export interface DiffNote {
  type: 'note'
  text: string
}

export type DiffRow = DiffLine | DiffNote

/** One row of the side by side view: what was on the left, what is on the right. */
export type DiffPair = { type: 'pair'; left?: DiffLine; right?: DiffLine } | DiffNote

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/

/**
 * The rows of one file's patch. Counts in the hunk's head are not believed: a patch that was cut
 * has fewer lines than it says, and strict parsers refuse it.
 */
export function diffRows(patch: string): DiffRow[] {
  const rows: DiffRow[] = []
  let [before, after] = [0, 0]
  let isInHunk = false
  for (const line of patch.replace(/\n$/, '').split('\n')) {
    const hunk = HUNK.exec(line)
    if (hunk) {
      isInHunk = true
      before = Number(hunk[1])
      after = Number(hunk[2])
      rows.push({ type: 'note', text: line })
    } else if (!isInHunk) {
    } else if (line.startsWith('+')) {
      rows.push({ type: 'added', new: after++, text: line.slice(1) })
    } else if (line.startsWith('-')) {
      rows.push({ type: 'removed', old: before++, text: line.slice(1) })
    } else if (line.startsWith('\\')) {
      rows.push({ type: 'note', text: line.slice(2) })
    } else {
      rows.push({ type: 'same', old: before++, new: after++, text: line.slice(1) })
    }
  }
  return rows
}

/** The same rows side by side: a run of removed lines stands beside the run that replaces it. */
export function diffPairs(rows: readonly DiffRow[]): DiffPair[] {
  const pairs: DiffPair[] = []
  let removed: DiffLine[] = []
  let added: DiffLine[] = []
  const flush = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at++) {
      const [left, right] = [removed[at], added[at]]
      pairs.push({ type: 'pair', ...(left ? { left } : {}), ...(right ? { right } : {}) })
    }
    removed = []
    added = []
  }
  for (const row of rows) {
    if (row.type === 'removed') {
      // A new run begins where the one before has got its other side.
      if (added.length > 0) flush()
      removed.push(row)
    } else if (row.type === 'added') added.push(row)
    else {
      flush()
      pairs.push(row.type === 'note' ? row : { type: 'pair', left: row, right: row })
    }
  }
  flush()
  return pairs
}
