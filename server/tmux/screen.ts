import type { TmuxServer } from './server.ts'

/** What a pane shows now. */
export interface Screen {
  cols: number
  rows: number
  cursor: { x: number; y: number; visible: boolean }
  /** Rows joined by newlines. */
  text: string
  /** A full-screen program owns the screen. */
  alternate: boolean
  /** The program has asked for the mouse. */
  mouse: boolean
}

/** What tmux tells of a pane beside its text. */
export interface PaneFacts extends Omit<Screen, 'text'> {
  /** Lines that tmux keeps above the screen, and the most that it would. */
  historySize: number
  historyLimit: number
}

/** A piece of the lines above the visible screen; the last one comes with the screen below it. */
export interface HistorySlice {
  /** Lines that tmux keeps above the screen. */
  size: number
  /** First line of the piece, counted from the top. */
  start: number
  lines: string[]
  /** Rows joined by newlines, with escape sequences. */
  screen?: string
}

/** `plain`: text alone; `ansi`: with escape sequences, joined rows; `cells`: every row with all its blanks. */
export type CaptureFormat = 'plain' | 'ansi' | 'cells'

const CAPTURE_FLAGS: Record<CaptureFormat, readonly string[]> = {
  plain: [],
  ansi: ['-e'],
  cells: ['-e', '-N'],
}

const FIELDS = [
  ...['pane_id', 'pane_width', 'pane_height', 'cursor_x', 'cursor_y', 'cursor_flag'],
  ...['alternate_on', 'mouse_any_flag', 'history_size', 'history_limit'],
]

/** The visible screen of a pane (`%3`); undefined where the pane is gone. */
export async function readScreen(
  server: TmuxServer,
  paneId: string,
  format: CaptureFormat,
): Promise<Screen | undefined> {
  const [text, facts] = await Promise.all([
    capture(server, paneId, CAPTURE_FLAGS[format]),
    readPaneFacts(server, paneId),
  ])
  if (!facts) return undefined
  const { cols, rows, cursor, alternate, mouse } = facts
  return { cols, rows, cursor, text, alternate, mouse }
}

/**
 * Lines of a pane's history from `start`, counted from the top, at most `count`; without `start` the
 * last `count`, and the screen. The pane goes on printing: a piece may begin later than asked for,
 * and says so. tmux serves nobody else while it captures, about 4 ms for 1,000 lines. Undefined
 * where the pane is gone.
 */
export async function readHistory(
  server: Pick<TmuxServer, 'run'>,
  paneId: string,
  start: number | undefined,
  count: number,
): Promise<HistorySlice | undefined> {
  const known = start === undefined ? undefined : await readPaneFacts(server, paneId)
  if (start !== undefined && !known) return undefined
  // tmux counts history upwards from the screen: -1 is the line just above it.
  const first = start === undefined || !known ? count : Math.max(0, known.historySize - start)
  const range = ['-S', `${-first}`, '-E', `${Math.min(0, count - first) - 1}`]
  // In one tick, so that they reach tmux together and it does nothing else between them.
  const [facts, text, screen] = await Promise.all([
    readPaneFacts(server, paneId),
    capture(server, paneId, ['-e', '-J', ...range]),
    start === undefined ? capture(server, paneId, ['-e']) : undefined,
  ])
  if (!facts) return undefined
  const size = facts.historySize
  const from = Math.max(0, size - first)
  // Of no lines tmux gives the first row of the screen.
  const lines = from < size && count > 0 ? text.split('\n') : []
  return { size, start: from, lines, ...(screen === undefined ? {} : { screen }) }
}

function capture(
  server: Pick<TmuxServer, 'run'>,
  paneId: string,
  flags: readonly string[],
): Promise<string> {
  return server.run(['capture-pane', '-p', ...flags, '-t', paneId])
}

/** Sizes and modes of a pane now; undefined where it is gone. */
export async function readPaneFacts(
  server: Pick<TmuxServer, 'run'>,
  paneId: string,
): Promise<PaneFacts | undefined> {
  const format = FIELDS.map((name) => `#{${name}}`).join(' ')
  const words = (await server.run(['display-message', '-p', '-t', paneId, format])).split(' ')
  // A missing target is answered with empty fields.
  if (words[0] !== paneId) return undefined
  const [cols = 0, rows = 0, x = 0, y = 0, ...more] = words.slice(1).map(Number)
  const [visible, alternate, mouse, historySize = 0, historyLimit = 0] = more
  return {
    cols,
    rows,
    cursor: { x, y, visible: visible === 1 },
    alternate: alternate === 1,
    mouse: mouse === 1,
    historySize,
    historyLimit,
  }
}
