import { readScreen } from '../../terminal/pane-api.ts'

/**
 * Screens of many panes as still text. Each is read when its pane has printed since, at most once a
 * second, a few at the same time, and only while somebody can see it.
 */

/** Between two readings of one screen (milliseconds). */
const EVERY_MS = 1_000
/** Screens read at the same time. */
const AT_ONCE = 4

export interface TileScreen {
  text: string
  cols: number
}

interface Watched {
  pane: string
  /** Epoch milliseconds of the pane's last output, as the feed tells. */
  outputAt: number
  /** Output time that the shown screen is as new as. */
  shownAt: number
  readAt: number
  show(screen: TileScreen): void
}

export interface TileScreens {
  /** Reads the pane now, and again after each `printed`. Returns the end of it. */
  watch(pane: string, show: (screen: TileScreen) => void): () => void
  /** The pane printed at this moment (epoch milliseconds). */
  printed(pane: string, at: number): void
}

export function createTileScreens(signal: AbortSignal): TileScreens {
  const watched = new Map<string, Watched>()
  let reading = 0
  let timer: number | undefined

  const next = () => {
    timer = undefined
    if (signal.aborted || document.hidden) return
    const now = performance.now()
    const due = [...watched.values()]
      .filter((one) => one.outputAt > one.shownAt)
      .sort((a, b) => a.readAt - b.readAt)
    for (const one of due) {
      if (reading >= AT_ONCE) return
      if (now - one.readAt >= EVERY_MS) void read(one)
    }
    const soonest = due.find((one) => now - one.readAt < EVERY_MS)
    if (soonest) schedule(soonest.readAt + EVERY_MS - now)
  }
  const schedule = (ms: number) => {
    timer ??= window.setTimeout(next, ms)
  }
  const read = async (one: Watched) => {
    reading += 1
    one.readAt = performance.now()
    const asOf = one.outputAt
    try {
      const { text, cols } = await readScreen(one.pane, 'ansi', signal)
      one.shownAt = asOf
      // A tile shows the bottom of a screen: blank rows below the last word would be all of it.
      if (watched.get(one.pane) === one) one.show({ text: text.replace(/[\s\n]+$/, ''), cols })
    } catch {
      // The pane is gone or tmux hangs: the tile keeps what it shows, and its row says which.
      one.shownAt = asOf
    } finally {
      reading -= 1
      schedule(0)
    }
  }
  const wake = () => schedule(0)
  document.addEventListener('visibilitychange', wake, { signal })
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true })

  return {
    watch(pane, show) {
      const one: Watched = { pane, outputAt: 1, shownAt: 0, readAt: -EVERY_MS, show }
      watched.set(pane, one)
      schedule(0)
      return () => {
        if (watched.get(pane) === one) watched.delete(pane)
      }
    },
    printed(pane, at) {
      const one = watched.get(pane)
      if (!one || at <= one.outputAt) return
      one.outputAt = at
      schedule(0)
    },
  }
}
