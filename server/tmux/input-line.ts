import type { Screen } from './screen.ts'

/** Where a pasted text ends on the screen. */
export type InputLine =
  /** Right before the cursor, as in a shell. */
  | { at: 'cursor'; tail: string; x: number }
  /** In a row somewhere above the program's hints: programs that draw a cursor of their own. */
  | { at: 'row'; tail: string; row: string; below: number }

/** So many characters of the text's end are looked for; its beginning may be wrapped or hidden. */
const TAIL_CHARS = 16

/** Where the text's end is shown; undefined where it is not: a password, `[Pasted text +20 lines]`. */
export function inputLineOf(screen: Screen, text: string): InputLine | undefined {
  const last = squeeze(text.slice(text.lastIndexOf('\n') + 1))
  const tail = [...last].slice(-TAIL_CHARS).join('')
  if (tail === '') return undefined
  if (endsAtCursor(screen, tail)) return { at: 'cursor', tail, x: screen.cursor.x }
  const found = lastRowWith(screen, tail)
  return found && { at: 'row', tail, ...found }
}

/** Whether the text is still where it was: then Enter did not take it away. */
export function isStillThere(screen: Screen, line: InputLine): boolean {
  // The cursor goes to a column of its own for the next line, and the text stays in the row above.
  if (line.at === 'cursor') return screen.cursor.x === line.x && endsAtCursor(screen, line.tail)
  const found = lastRowWith(screen, line.tail)
  // A submitted prompt moves up into the conversation, and more comes to stand below it.
  return found !== undefined && found.row === line.row && found.below <= line.below
}

function endsAtCursor(screen: Screen, tail: string): boolean {
  const rows = screen.text.split('\n')
  const { x, y } = screen.cursor
  // Wide characters take two columns but are one character here, so the cut at the cursor is only
  // ever too far right, where blanks are. The row above belongs to it where the text has wrapped.
  const above = x < TAIL_CHARS ? (rows[y - 1] ?? '') : ''
  return squeeze(above + (rows[y] ?? '').slice(0, x)).endsWith(tail)
}

function lastRowWith(screen: Screen, tail: string): { row: string; below: number } | undefined {
  const rows = screen.text.split('\n')
  const used = rows.findLastIndex((row) => row.trim() !== '')
  const at = rows.findLastIndex((row) => squeeze(row).includes(tail))
  const row = rows[at]
  return row === undefined ? undefined : { row, below: used - at }
}

/** Without blanks: programs indent, wrap at words and put frames around. */
function squeeze(text: string): string {
  return text.replace(/[\s\u2500-\u257f]+/g, '')
}
