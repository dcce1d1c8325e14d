/**
 * What `capture-pane -e` prints, made into lines that stand alone. tmux writes only the changes of
 * style and carries them over from line to line; line-drawing cells come between SO and SI, and
 * links as OSC 8. Here every line begins and ends without a style, cells are Unicode, and no
 * escape sequence but SGR is left.
 */

/** DEC special graphics, ` to ~ (ECMA-35 G1 as tmux uses it). */
const LINE_DRAWING = '◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·'

/** CSI, OSC, and shifts into and out of line drawing; what else begins with ESC is dropped whole. */
const SEQUENCE =
  /\x1b\[([0-9:;]*)m|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.?|[\x0e\x0f]/g

/** Attributes that one code turns off, by that code. */
const OFF: Readonly<Record<string, readonly string[]>> = {
  22: ['1', '2'],
  23: ['3'],
  24: ['4', '21'],
  25: ['5', '6'],
  27: ['7'],
  28: ['8'],
  29: ['9'],
  55: ['53'],
}

/** A style as tmux would have to write it: by what it sets (`fg`, `bg`, `ul` or an attribute). */
type Style = Map<string, string>

/** Captured lines, each of them complete in itself. */
export function standAlone(captured: readonly string[]): string[] {
  const style: Style = new Map()
  let drawing = false
  return captured.map((line) => {
    let out = begin(style)
    let at = 0
    const put = (text: string) => {
      out += drawing ? drawn(text) : text
    }
    for (const match of line.matchAll(SEQUENCE)) {
      put(line.slice(at, match.index))
      at = match.index + match[0].length
      if (match[0] === '\x0e') drawing = true
      else if (match[0] === '\x0f') drawing = false
      else if (match[1] !== undefined) {
        apply(style, match[1])
        out += match[0]
      }
    }
    put(line.slice(at))
    return style.size > 0 ? `${out}\x1b[0m` : out
  })
}

/** A line's text without any escape sequence and without the blanks at its end. */
export function plain(line: string): string {
  return line.includes('\x1b') ? line.replace(SEQUENCE, '').trimEnd() : line.trimEnd()
}

function begin(style: Style): string {
  return style.size > 0 ? `\x1b[${[...style.values()].join(';')}m` : ''
}

function drawn(text: string): string {
  return text.replace(/[`-~]/g, (char) => LINE_DRAWING[char.charCodeAt(0) - 0x60] ?? char)
}

/** Takes the parameters of one SGR sequence (ECMA-48 8.3.117, and xterm's colours) into a style. */
function apply(style: Style, parameters: string): void {
  const codes = parameters.split(';')
  while (codes.length > 0) {
    const code = codes.shift() ?? ''
    const [kind = ''] = code.split(':')
    if (kind === '' || kind === '0') style.clear()
    else if (kind === '38' || kind === '48' || kind === '58') {
      // `38;5;n` and `38;2;r;g;b` go over several codes, `38:2::r:g:b` is one.
      const rest = code.includes(':') ? [] : codes.splice(0, codes[0] === '2' ? 4 : 2)
      style.set(kind, [code, ...rest].join(';'))
    } else if (/^(?:3[0-7]|9[0-7])$/.test(kind)) style.set('38', code)
    else if (/^(?:4[0-7]|10[0-7])$/.test(kind)) style.set('48', code)
    else if (kind === '39' || kind === '49' || kind === '59') style.delete(`${kind[0]}8`)
    else if (code === '4:0') style.delete('4')
    else if (OFF[kind]) for (const one of OFF[kind]) style.delete(one)
    else style.set(kind, code)
  }
}
