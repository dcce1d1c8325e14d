import { ANCHOR_LINES, anchorOf, firstNew, type HistoryPlace } from './anchor.ts'
import { type PaneFacts, readPaneFacts } from './screen.ts'
import type { TmuxServer } from './server.ts'
import { plain, standAlone } from './styled.ts'

/** What a pane shows, and what left its screen since the look before. */
export interface Capture {
  cols: number
  rows: number
  cursor: { x: number; y: number; visible: boolean }
  /** A full-screen program owns the screen; nothing can leave it upwards then. */
  alternate: boolean
  /** Lines with SGR, each complete in itself; rows that wrap are joined. */
  screen: string[]
  /** The same, oldest first: the newest of those that left the screen. */
  scrollback: string[]
  /** Up to so many lines that stood right before those, for whoever must see them in one piece. */
  context: string[]
  /** Lines before `scrollback` that left the screen too. */
  cut: number
  /** Whether `scrollback` is known to begin where the look before ended. */
  joins: boolean
  place: HistoryPlace
}

/** Rows that are looked at above what should be new, to find the place again. */
const OVERLAP_ROWS = 4 * ANCHOR_LINES

const NOTHING_NEW = { scrollback: [], context: [], cut: 0, joins: true }

/**
 * Takes in what a pane (`%3`) shows, with the at most `maxLines` newest lines that left its screen
 * since `since`. Without `since` nothing is new yet. tmux serves nobody else while it captures,
 * about 4 ms for 1,000 lines, so no more is asked for than must be. Undefined where the pane is
 * gone; rejects with a `TmuxError`.
 */
export async function capturePane(
  server: Pick<TmuxServer, 'run'>,
  paneId: string,
  since: HistoryPlace | undefined,
  maxLines: number,
): Promise<Capture | undefined> {
  const before = await readPaneFacts(server, paneId)
  if (!before) return undefined
  const grown = since ? grownBy(since.size, before) : 0
  const most = maxLines + OVERLAP_ROWS
  let depth = Math.min(grown + OVERLAP_ROWS, most)
  for (;;) {
    // In one tick, so that they reach tmux together and it does nothing else between them.
    const [facts, screen, above] = await Promise.all([
      readPaneFacts(server, paneId),
      readLines(server, paneId, ['-S', '0']),
      before.alternate ? [] : readHistory(server, paneId, depth),
    ])
    if (!facts) return undefined
    const shown = { ...shownBy(facts), screen: withoutBlankEnd(screen) }
    // A full-screen program came or went in between: its history is told by the next look.
    if (facts.alternate || before.alternate) {
      const place = since ?? { size: facts.historySize, anchor: '' }
      return { ...shown, ...NOTHING_NEW, place }
    }
    const rows = Math.min(depth, facts.historySize)
    // Of an empty history tmux gives the first row of the screen.
    const history = rows > 0 ? above : []
    const texts = history.map(plain)
    const place = {
      size: facts.historySize,
      anchor: anchorOf(texts.slice(rows < facts.historySize ? 1 : 0)),
    }
    if (!since) return { ...shown, ...NOTHING_NEW, place }
    const gone = grownBy(since.size, facts)
    const at = firstNew(since.anchor, texts, texts.length - gone)
    // More came than the depth was chosen for.
    if ((at === undefined || gone > rows) && rows < facts.historySize && depth < most) {
      depth = most
      continue
    }
    const fresh = history.slice(at ?? 0)
    const scrollback = fresh.slice(-maxLines)
    const isFound = at !== undefined && (at > 0 || rows === facts.historySize)
    const unseen = isFound ? 0 : Math.max(0, gone - rows)
    const context = history.slice(0, history.length - scrollback.length)
    const cut = unseen + fresh.length - scrollback.length
    return { ...shown, scrollback, context, cut, joins: isFound, place }
  }
}

/**
 * Lines that came into the history since it had `size`. A full history loses its oldest tenth at
 * once; one that is much shorter than before was cleared, and all that it holds is new.
 */
function grownBy(size: number, { historySize, historyLimit }: PaneFacts): number {
  if (historySize >= size) return historySize - size
  const tenth = Math.max(1, Math.trunc(historyLimit / 10))
  const wasTrimmed = historySize >= historyLimit - tenth - 1
  return wasTrimmed ? historySize - size + tenth : historySize
}

function shownBy({ cols, rows, cursor, alternate }: PaneFacts) {
  return { cols, rows, cursor, alternate }
}

/** The last `rows` rows above the screen. */
function readHistory(
  server: Pick<TmuxServer, 'run'>,
  paneId: string,
  rows: number,
): Promise<string[]> {
  return readLines(server, paneId, ['-S', `-${rows}`, '-E', '-1'])
}

async function readLines(
  server: Pick<TmuxServer, 'run'>,
  paneId: string,
  range: readonly string[],
): Promise<string[]> {
  const text = await server.run(['capture-pane', '-p', '-e', '-J', ...range, '-t', paneId])
  return standAlone(text.split('\n'))
}

function withoutBlankEnd(lines: string[]): string[] {
  const last = lines.findLastIndex((line) => line.includes('\x1b') || line.trimEnd() !== '')
  return lines.slice(0, last + 1)
}
