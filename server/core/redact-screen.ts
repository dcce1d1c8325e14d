import { type Cut, markOf, mergeCuts } from './redact/cut.ts'
import { findSecrets, PASSES } from './redact.ts'

/** Escape sequences that a captured row may hold: attributes, links, and what else may be there. */
const ESCAPES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[^[\]])/g
/** Frames and blanks that programs draw at the ends of rows. */
const RIGHT_EDGE = /[\s\u2500-\u259f|]+$/
const LEFT_EDGE = /^[\s\u2500-\u259f|]+/
/** A row whose text ends so near to the widest one may go on in the next. In columns. */
const EDGE_COLS = 6
/** What stands in rows that a secret goes on through. */
const FILL = '*'

/**
 * Rows of a terminal without secrets: as many rows, with their escape sequences. A secret is also
 * found where colours change within it, and where it goes on in the next row: because tmux says that
 * the row is wrapped (`wrapped`), or because the program broke it at its own edge: the widest row's,
 * or that of a terminal of `cols` columns, whose wrapped rows may have been joined before.
 */
export function redactScreen(
  rows: readonly string[],
  wrapped?: readonly boolean[],
  cols?: number,
): string[] {
  let clean = [...rows]
  for (let pass = 0; pass < PASSES; pass++) {
    const next = redactRows(clean, wrapped, cols)
    if (!next) break
    clean = next
  }
  return clean
}

/** One pass; `undefined` where there is nothing to cut. */
function redactRows(
  rows: readonly string[],
  wrapped: readonly boolean[] | undefined,
  cols: number | undefined,
): string[] | undefined {
  const plain = rows.map((row) => (row.includes('\x1b') ? row.replace(ESCAPES, '') : row))
  const cuts: Cut[][] = rows.map(() => [])
  for (const joined of [joinLines(plain), joinWraps(plain, wrapped, cols)]) {
    if (!joined) continue
    for (const cut of findSecrets(joined.text)) place(cut, joined.pieces, cuts)
  }
  if (cuts.every((own) => own.length === 0)) return undefined
  return rows.map((row, at) => {
    const own = cuts[at]
    return own && own.length > 0 ? cutRow(row, mergeCuts(own)) : row
  })
}

/** A part of a row and where it stands in the joined text. */
interface Piece {
  row: number
  from: number
  at: number
  length: number
}

interface Joined {
  text: string
  pieces: Piece[]
}

function joinLines(rows: readonly string[]): Joined {
  let at = 0
  const pieces = rows.map((row, index) => {
    const piece = { row: index, from: 0, at, length: row.length }
    at += row.length + 1
    return piece
  })
  return { text: rows.join('\n'), pieces }
}

/** Rows that seem to go on are put together without what is drawn at their edges. */
function joinWraps(
  rows: readonly string[],
  wrapped: readonly boolean[] | undefined,
  cols: number | undefined,
): Joined | undefined {
  const widest = cols ?? rows.reduce((most, row) => Math.max(most, row.length), 0)
  const goesOn = (row: string, index: number) => {
    const { length } = row.replace(RIGHT_EDGE, '')
    // Of a line that was joined before, its last row counts.
    return wrapped?.[index] ?? (length % widest || length) >= widest - EDGE_COLS
  }
  let text = ''
  let joins = 0
  const pieces: Piece[] = []
  let isJoined = false
  for (const [index, row] of rows.entries()) {
    const isExact = wrapped?.[index - 1] === true
    const from = isJoined && !isExact ? (LEFT_EDGE.exec(row)?.[0].length ?? 0) : 0
    const next = rows[index + 1]
    isJoined = next !== undefined && row.trim() !== '' && goesOn(row, index)
    const kept = isJoined && wrapped?.[index] !== true ? row.replace(RIGHT_EDGE, '') : row
    const part = kept.slice(from)
    pieces.push({ row: index, from, at: text.length, length: part.length })
    text += isJoined ? part : `${part}\n`
    if (isJoined) joins++
  }
  return joins > 0 ? { text, pieces } : undefined
}

/** Gives each row its part of a cut; the first part that is wide enough carries the mark. */
function place(cut: Cut, pieces: readonly Piece[], cuts: Cut[][]): void {
  const parts: { row: number; part: Cut }[] = []
  for (let index = firstPiece(pieces, cut.start); index < pieces.length; index++) {
    const piece = pieces[index]
    if (!piece || piece.at >= cut.end) break
    const shift = piece.from - piece.at
    const start = Math.max(cut.start, piece.at) + shift
    const end = Math.min(cut.end, piece.at + piece.length) + shift
    if (end > start) parts.push({ row: piece.row, part: { start, end, kind: '' } })
  }
  // The mark tells the size of the whole, not of its part.
  const mark = markOf(cut)
  const bearer = parts.find(({ part }) => part.end - part.start >= mark.length) ?? parts[0]
  if (bearer) bearer.part.kind = mark
  for (const { row, part } of parts) cuts[row]?.push(part)
}

function firstPiece(pieces: readonly Piece[], offset: number): number {
  let low = 0
  let high = pieces.length
  while (low < high) {
    const middle = (low + high) >> 1
    const piece = pieces[middle]
    if (piece && piece.at + piece.length <= offset) low = middle + 1
    else high = middle
  }
  return low
}

/** One row with its cuts, whose places count no escape sequence. Those within a cut stay. */
function cutRow(row: string, cuts: readonly Cut[]): string {
  let clean = ''
  let column = 0
  let next = 0
  let rowAt = 0
  const write = (text: string) => {
    let from = 0
    while (from < text.length) {
      const cut = cuts[next]
      const place = column + from
      if (!cut || place < cut.start) {
        const until = cut ? Math.min(text.length, cut.start - column) : text.length
        clean += text.slice(from, until)
        from = until
        continue
      }
      if (place === cut.start) clean += stamp(cut)
      from = Math.min(text.length, cut.end - column)
      if (column + from >= cut.end) next++
    }
    column += text.length
  }
  for (const match of row.matchAll(ESCAPES)) {
    write(row.slice(rowAt, match.index))
    clean += match[0]
    rowAt = match.index + match[0].length
  }
  write(row.slice(rowAt))
  return clean
}

/** As wide as what it replaces, or as the mark, so that frames stay where they are. */
function stamp({ start, end, kind }: Cut): string {
  return kind.padEnd(end - start, FILL)
}
