/** A piece is what the index tells apart: small enough that few lines of it are no hits. In characters. */
const PIECE_CHARS = 4_096
/** So many empty lines in a row end a piece. */
const GAP_LINES = 8
/** What stays of a longer line: no one reads more, and a search shows a part of it. In characters. */
const LINE_CHARS = 2_000

/** A part of a text; `line` is the place of its first line in the whole. */
export interface Piece {
  line: number
  text: string
}

/**
 * Lines as pieces for the index. Lines in a piece stand where they stood, so that a place in it is a
 * place in the whole; those that `isNew` denies are left empty.
 */
export function piecesOf(
  lines: readonly string[],
  isNew: (line: string) => boolean = () => true,
): Piece[] {
  const pieces: Piece[] = []
  let open: string[] = []
  let start = 0
  let empty = 0
  let size = 0
  const close = () => {
    const text = open.slice(0, open.length - empty).join('\n')
    if (text !== '') pieces.push({ line: start, text })
    open = []
    size = 0
  }
  for (const [at, line] of lines.entries()) {
    const text = line.trimEnd().slice(0, LINE_CHARS)
    const isKept = /[\p{L}\p{N}]/u.test(text) && isNew(text)
    if (!isKept && open.length === 0) continue
    if (open.length === 0) [start, empty] = [at, 0]
    open.push(isKept ? text : '')
    size += text.length
    empty = isKept ? 0 : empty + 1
    if (size >= PIECE_CHARS || empty >= GAP_LINES) close()
  }
  close()
  return pieces
}

/** Lines that one agent has shown of late, so that what stands still is kept once. */
export class RecentLines {
  readonly #lines = new Set<string>()
  readonly #max: number

  constructor(max = 1_500) {
    this.#max = max
  }

  /** Whether the line was not shown of late; it is from now on. */
  add(line: string): boolean {
    const key = line.trim()
    const isNew = !this.#lines.delete(key)
    this.#lines.add(key)
    if (this.#lines.size > this.#max) {
      const [oldest] = this.#lines
      if (oldest !== undefined) this.#lines.delete(oldest)
    }
    return isNew
  }
}
