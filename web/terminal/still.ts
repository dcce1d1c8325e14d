import { THEME } from './theme.ts'

/** Terminal text with colours as runs that a page can draw without an emulator. Pure. */

/** Characters of one row with the same look; a wide one stands alone. */
export interface Run {
  text: string
  /** CSS declarations; empty for plain text. */
  style: string
  /** It takes two cells. */
  wide: boolean
}

/** One row of cells; a line that is longer than the terminal is wide makes several. */
export interface StillRow {
  /** The line of the text, from 0. */
  line: number
  runs: Run[]
}

interface Look {
  fg?: string
  bg?: string
  bold?: boolean
  dim?: boolean
  italic?: boolean
  underline?: boolean
  inverse?: boolean
  hidden?: boolean
  strike?: boolean
}

const NORMAL: readonly (string | undefined)[] = [
  THEME.black,
  THEME.red,
  THEME.green,
  THEME.yellow,
  THEME.blue,
  THEME.magenta,
  THEME.cyan,
  THEME.white,
]
const BRIGHT: readonly (string | undefined)[] = [
  THEME.brightBlack,
  THEME.brightRed,
  THEME.brightGreen,
  THEME.brightYellow,
  THEME.brightBlue,
  THEME.brightMagenta,
  THEME.brightCyan,
  THEME.brightWhite,
]

/** Any escape sequence: CSI, OSC to its end, or two characters. Only SGR (`m`) changes the look. */
const ESCAPE =
  /\x1b(?:\[([0-9;:]*)([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_a-z=>0-9]|[()][0-9A-B])/g

/** East Asian wide and emoji: tmux gives them two cells. */
const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})/u

/** What one cell, or two, hold: a letter with its marks, an emoji of several parts. */
const CLUSTERS = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The text alone. */
export function plainText(text: string): string {
  return text.replace(ESCAPE, '')
}

/**
 * The rows of a text as `capture-pane -e -J` writes it, wrapped where a terminal of so many columns
 * wraps; a look goes on over the ends of rows.
 */
export function stillRows(text: string, cols = Number.POSITIVE_INFINITY): StillRow[] {
  let look: Look = {}
  return text.split('\n').flatMap((source, line) => {
    const rows: StillRow[] = [{ line, runs: [] }]
    const draw = makeDraw(rows, cols)
    let at = 0
    for (const match of source.matchAll(ESCAPE)) {
      draw(source.slice(at, match.index), look)
      at = match.index + match[0].length
      if (match[2] === 'm') look = changed(look, match[1] ?? '')
    }
    draw(source.slice(at), look)
    return rows
  })
}

/** Draws one line after what it drew of it before, into rows of so many cells. */
function makeDraw(rows: StillRow[], cols: number): (text: string, look: Look) => void {
  const line = rows[0]?.line ?? 0
  let row = rows[0]?.runs ?? []
  let used = 0
  const wrap = () => {
    row = []
    rows.push({ line, runs: row })
    used = 0
  }
  return (text, look) => {
    const style = styleOf(look)
    const put = (piece: string, wide: boolean) => {
      const last = row.at(-1)
      if (!wide && last && !last.wide && last.style === style) last.text += piece
      else row.push({ text: piece, style, wide })
    }
    // Runs of plain ASCII, which most of a screen is, need no looking at each character.
    for (const [piece] of text.matchAll(/[\t -~]+|[^\t -~]+/g)) {
      if (piece <= '\x7f') {
        let left = piece
        while (used + left.length > cols) {
          if (used < cols) put(left.slice(0, cols - used), false)
          left = left.slice(cols - used)
          wrap()
        }
        if (left !== '') put(left, false)
        used += left.length
      } else {
        for (const { segment } of CLUSTERS.segment(piece)) {
          const wide = WIDE.test(segment)
          const cells = wide ? 2 : 1
          if (used > 0 && used + cells > cols) wrap()
          put(segment, wide)
          used += cells
        }
      }
    }
  }
}

/** The look after one SGR sequence (ECMA-48 8.3.117, and xterm's 38 and 48). */
function changed(before: Look, codes: string): Look {
  let look = { ...before }
  const parts = codes === '' ? ['0'] : codes.split(';')
  for (let at = 0; at < parts.length; at++) {
    const [code, ...sub] = (parts[at] ?? '').split(':').map(Number)
    if (code === 38 || code === 48) {
      // Either in one part with colons, or spread over the parts that follow.
      const rest = sub.length > 0 ? sub : parts.slice(at + 1, at + 5).map(Number)
      const taken = rest[0] === 5 ? 2 : rest[0] === 2 ? 4 : 0
      const values = sub.length > 4 ? [rest[0] ?? 0, ...rest.slice(2)] : rest
      const colour = extended(values)
      if (sub.length === 0) at += taken
      look = code === 38 ? { ...look, fg: colour } : { ...look, bg: colour }
    } else if (code === 4 && sub[0] === 0) look = { ...look, underline: false }
    else if (code === 0) look = {}
    else look = { ...look, ...simple(code ?? 0) }
  }
  return look
}

function simple(code: number): Look {
  if (code >= 30 && code <= 37) return { fg: NORMAL[code - 30] }
  if (code >= 40 && code <= 47) return { bg: NORMAL[code - 40] }
  if (code >= 90 && code <= 97) return { fg: BRIGHT[code - 90] }
  if (code >= 100 && code <= 107) return { bg: BRIGHT[code - 100] }
  return SWITCHES[code] ?? {}
}

const SWITCHES: Readonly<Record<number, Look>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  8: { hidden: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  28: { hidden: false },
  29: { strike: false },
  39: { fg: undefined },
  49: { bg: undefined },
}

/** `5;n` of the 256 colours or `2;r;g;b`. */
function extended([type, ...values]: readonly number[]): string | undefined {
  if (type === 2) {
    const [red = 0, green = 0, blue = 0] = values.map((value) => Math.min(255, value || 0))
    return `rgb(${red} ${green} ${blue})`
  }
  const index = values[0] ?? -1
  if (type !== 5 || !(index >= 0 && index <= 255)) return undefined
  if (index < 8) return NORMAL[index]
  if (index < 16) return BRIGHT[index - 8]
  if (index >= 232) {
    const grey = 8 + 10 * (index - 232)
    return `rgb(${grey} ${grey} ${grey})`
  }
  const cube = index - 16
  const level = (step: number) => (step === 0 ? 0 : 55 + 40 * step)
  return `rgb(${level(Math.floor(cube / 36))} ${level(Math.floor(cube / 6) % 6)} ${level(cube % 6)})`
}

function styleOf(look: Look): string {
  const fg = look.inverse ? (look.bg ?? THEME.background) : look.fg
  const bg = look.inverse ? (look.fg ?? THEME.foreground) : look.bg
  return [
    fg && `color:${fg}`,
    bg && `background:${bg}`,
    look.bold && 'font-weight:700',
    look.dim && 'opacity:.6',
    look.italic && 'font-style:italic',
    look.hidden && 'visibility:hidden',
    look.underline && !look.strike && 'text-decoration:underline',
    look.strike &&
      (look.underline ? 'text-decoration:underline line-through' : 'text-decoration:line-through'),
  ]
    .filter(Boolean)
    .join(';')
}
