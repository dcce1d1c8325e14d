import type { Observation, ScreenFacts, Statement } from './adapter.ts'
import { oneLine } from './words.ts'

/**
 * Reading a screen from its bottom. Agents print whatever their model says, dialogs and busy lines
 * included, so a rule may look only at what no answer can reach: the last rows, which the agent
 * itself owns, and rows beside its own input box.
 */

/** Rows that are not blank, from the top. */
export function filledRows({ rows }: ScreenFacts): string[] {
  return rows.map((row) => row.trimEnd()).filter((row) => row !== '')
}

/** The last `count` filled rows as one line, since narrow panes wrap footers. */
export function tail(rows: readonly string[], count: number): string {
  return rows
    .slice(-count)
    .map((row) => row.trim())
    .join(' ')
}

/**
 * A horizontal line over the whole pane, which may carry a name. Text of a model is indented, so
 * a line of its own never starts in the first column.
 */
export function isRule(row: string, cols: number): boolean {
  return /^─{3,}( [^─]+ ─+)?$/.test(row) && Array.from(row).length >= cols - 4
}

/** A row inside a drawn box without its borders. */
export function unboxed(row: string): string {
  return row
    .replace(/^\s*[│┃]/, '')
    .replace(/[│┃]\s*$/, '')
    .trimEnd()
}

/** The input box between two rules: `above` it the talk, `below` it the footer. */
export interface InputBox {
  above: string[]
  inside: string[]
  below: string[]
}

/** Finds the input box at the bottom: two rules, a prompt sign behind the first. */
export function inputBox(
  rows: readonly string[],
  cols: number,
  sign: RegExp,
): InputBox | undefined {
  const bottom = rows.findLastIndex((row) => isRule(row, cols))
  if (bottom < 1) return undefined
  const top = rows.slice(0, bottom).findLastIndex((row) => isRule(row, cols))
  const inside = rows.slice(top + 1, bottom)
  if (top < 0 || !sign.test(inside[0] ?? '')) return undefined
  return { above: rows.slice(0, top), inside, below: rows.slice(bottom + 1) }
}

/** The last block of the talk: from the last row that starts one to its end, as one line. */
export function lastBlock(rows: readonly string[], start: RegExp): string {
  const from = rows.findLastIndex((row) => start.test(row))
  return from < 0 ? '' : tail(rows.slice(from), rows.length - from)
}

/** The question that a row asks, without what it explains behind it; the row where it asks none. */
export function firstQuestion(row: string): string {
  const end = row.indexOf('?')
  return (end < 0 ? row : row.slice(0, end + 1)).trim()
}

/** What a screen says, with the row that says it. */
export function seen(
  { at }: ScreenFacts,
  line: string,
  says: Statement,
  confidence: Observation['confidence'] = 'medium',
): Observation {
  return { source: 'screen', at, line: oneLine(line), confidence, says }
}
