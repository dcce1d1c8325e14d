import type { Screen } from './screen.ts'

/**
 * The bytes that make a terminal of the same size show a captured screen, whatever it showed before.
 * tmux carries colours over from row to row, so nothing may be reset between rows; and it writes
 * line-drawing cells with SO and SI, so G1 must be that character set.
 */
export function paint(screen: Pick<Screen, 'text' | 'rows' | 'cursor'>): string {
  const rows = screen.text.split('\n').slice(0, screen.rows)
  const { x, y, visible } = screen.cursor
  return [
    // Hide the cursor, main screen's rules: no origin mode, no insert, autowrap off, no colours.
    '\x1b[?25l\x1b[?6l\x1b[4l\x1b[?7l\x1b[0m\x0f\x1b(B\x1b)0\x1b[2J',
    // Each row at its place: a row as wide as the terminal must not wrap.
    ...rows.map((row, index) => `\x1b[${index + 1};1H${row}`),
    `\x1b[0m\x0f\x1b[?7h\x1b[${y + 1};${x + 1}H`,
    visible ? '\x1b[?25h' : '',
  ].join('')
}
