/** What a pretended agent's terminal shows at one moment; a skin draws it as that agent does. */
export interface Scene {
  cols: number
  folder: string
  title: string
  blocks: readonly Block[]
  status: Status
  /** Seconds since the turn began, and a counter that moves the spinner. */
  seconds: number
  frame: number
  draft: string
  dialog?: Dialog
}

export type Status = 'idle' | 'working' | 'retrying' | 'asking'

/** A part of the talk, from the top of the screen down. */
export type Block =
  | { type: 'prompt'; text: string }
  | { type: 'say'; text: string }
  | { type: 'run'; command: string; lines: readonly string[] }
  | { type: 'edit'; path: string; line: number; old: string; now: string }
  | { type: 'retry'; text: string }
  | { type: 'failed'; text: string }
  | { type: 'interrupted' }
  | { type: 'end'; seconds: number; at: number }

export interface Dialog {
  type: 'permission' | 'question'
  /** `Bash command`, or the header of the question. */
  title: string
  /** The command, or the question. */
  text: string
  why: string
  options: readonly string[]
  /** Index of the option under the cursor. */
  chosen: number
}

/** How one agent's program looks. Rows may carry colours, and are at most as wide as the scene. */
export interface Skin {
  /** Whether it draws on the alternate screen. */
  alternate: boolean
  terminalTitle(scene: Scene): string
  head(scene: Scene): string[]
  block(block: Block, scene: Scene): string[]
  /** What stands below the talk: busy line, input box or dialog, footer. */
  foot(scene: Scene): string[]
}

/** Colours by the 256 that every terminal has. */
export const paint = {
  bold: (text: string) => `\x1b[1m${text}\x1b[22m`,
  dim: (text: string) => `\x1b[2m${text}\x1b[22m`,
  red: (text: string) => `\x1b[31m${text}\x1b[39m`,
  green: (text: string) => `\x1b[32m${text}\x1b[39m`,
  yellow: (text: string) => `\x1b[33m${text}\x1b[39m`,
  blue: (text: string) => `\x1b[34m${text}\x1b[39m`,
  orange: (text: string) => `\x1b[38;5;173m${text}\x1b[39m`,
}

const SPINNER = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏']

/** One sign of a spinner. */
export function spin(frame: number): string {
  return SPINNER[frame % SPINNER.length] ?? '⠋'
}

export function rule(cols: number, sign = '─'): string {
  return sign.repeat(cols)
}

/** Breaks plain text at words; `first` stands before its first row and `rest` before the others. */
export function wrap(text: string, cols: number, first: string, rest: string): string[] {
  const lines = text.split('\n')
  return lines.flatMap((line, at) => wrapLine(line, cols, at === 0 ? first : rest, rest))
}

function wrapLine(text: string, cols: number, first: string, rest: string): string[] {
  const rows: string[] = []
  let row = first
  let isEmpty = true
  for (const word of text.split(' ')) {
    if (!isEmpty && row.length + 1 + word.length > cols) {
      rows.push(row)
      row = rest
      isEmpty = true
    }
    row += isEmpty ? word : ` ${word}`
    isEmpty = false
  }
  return [...rows, row]
}

/** The whole screen: the end of the talk, then the foot, in exactly `rows` rows. */
export function drawScene(skin: Skin, scene: Scene, rows: number): string[] {
  const foot = skin.foot(scene)
  const talk = scene.blocks.flatMap((block) => ['', ...skin.block(block, scene)])
  const above = [...skin.head(scene), ...talk, '']
  const room = Math.max(0, rows - foot.length)
  const drawn = [...above.slice(Math.max(0, above.length - room)), ...foot].slice(0, rows)
  return [...drawn, ...Array.from({ length: rows - drawn.length }, () => '')]
}

/** `4s`, `2m 5s`. */
export function lasting(seconds: number): string {
  const whole = Math.floor(seconds)
  return whole < 60 ? `${whole}s` : `${Math.floor(whole / 60)}m ${whole % 60}s`
}

/** `9:18 PM`. */
export function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit' })
}

/** `+` and `-` rows of an edit, numbered, behind `indent`. */
export function diffRows(block: Extract<Block, { type: 'edit' }>, indent: string): string[] {
  const rows = (text: string, sign: string, color: (row: string) => string) =>
    text
      .split('\n')
      .map((row, at) => indent + color(`${`${block.line + at}`.padStart(4)} ${sign} ${row}`))
  return [...rows(block.old, '-', paint.red), ...rows(block.now, '+', paint.green)]
}
