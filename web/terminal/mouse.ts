/**
 * Mouse reports for a program that owns the mouse (SGR, mode 1006: `CSI < code ; col ; row M|m`).
 *
 * xterm is never told of the mouse modes. With tmux's `mouse on` they are always set, whatever the
 * program wants, and a drag or a wheel step would put the pane into copy mode for everyone who
 * looks at it. So the page asks who owns the mouse and encodes reports only for such a program;
 * everything else selects text here.
 */

/** Modes that ask for the mouse, and those that only say how to encode it. */
export const MOUSE_TRACKING = [9, 1000, 1002, 1003]
export const MOUSE_ENCODING = [1005, 1006, 1015, 1016]

export type MouseAct = 'down' | 'up' | 'drag' | 'move' | 'wheel-up' | 'wheel-down'

export interface MouseInput {
  act: MouseAct
  /** 0 left, 1 middle, 2 right. */
  button: number
  /** Cell, counted from 0. */
  col: number
  row: number
  shift: boolean
  alt: boolean
  ctrl: boolean
}

/** Whether any of the modes set asks for this kind of report. */
export function wantsReport(act: MouseAct, modes: ReadonlySet<number>): boolean {
  if (act === 'move') return modes.has(1003)
  if (act === 'drag') return modes.has(1002) || modes.has(1003)
  if (act === 'up') return modes.has(1000) || modes.has(1002) || modes.has(1003)
  return MOUSE_TRACKING.some((mode) => modes.has(mode))
}

/** The report's bytes, as text. */
export function mouseReport(input: MouseInput): string {
  const modifiers = (input.shift ? 4 : 0) + (input.alt ? 8 : 0) + (input.ctrl ? 16 : 0)
  const code = baseCode(input) + modifiers
  const final = input.act === 'up' ? 'm' : 'M'
  return `\u001b[<${code};${input.col + 1};${input.row + 1}${final}`
}

function baseCode({ act, button }: MouseInput): number {
  switch (act) {
    case 'down':
    case 'up':
      return button
    case 'drag':
      return 32 + button
    case 'move':
      return 35
    case 'wheel-up':
      return 64
    case 'wheel-down':
      return 65
    default:
      act satisfies never
      return 0
  }
}
