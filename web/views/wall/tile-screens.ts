import { readScreen } from '../../terminal/pane-api.ts'

/**
 * Screens of many panes as still text. Each is read when its pane has printed since, at most once a
 * second, a few at the same time, and only while somebody can see it.
 */

/** Between two readings of one screen (milliseconds). */
const EVERY_MS = 1_000
/** Screens read at the same time. */
const AT_ONCE = 4
/** After a reading that failed: the server may be busy, or the pane about to go (milliseconds). */
const AFTER_FAILURE_MS = 5_000

export interface TileScreen {
  text: string
  cols: number
}

interface Watched {
  pane: string
  /** It shows less than there is to see. */
  isStale: boolean
  isReading: boolean
  /** Not to be read before then, on the page’s own clock. */
  notBefore: number
  show(screen: TileScreen): void
}

export interface TileScreens {
  /** Reads the pane now, and again after each `printed`. Returns the end of it. */
  watch(pane: string, show: (screen: TileScreen) => void): () => void
  /** The pane has printed; `at` as the feed tells it (epoch milliseconds). */
  printed(pane: string, at: number): void
  /** Reads everything in sight again. */
  again(): void
}

export function createTileScreens(signal: AbortSignal): TileScreens {
  // Sessions of one group share their panes: two tiles may watch the same one.
  const watched = new Set<Watched>()
  const outputs = new Map<string, number>()
  let reading = 0
  let timer: number | undefined

  const next = () => {
    timer = undefined
    if (signal.aborted || document.hidden) return
    const now = performance.now()
    const due = [...watched]
      .filter((one) => one.isStale && !one.isReading)
      .sort((a, b) => a.notBefore - b.notBefore)
    for (const one of due) {
      if (reading >= AT_ONCE) return
      if (one.notBefore > now) return schedule(one.notBefore - now)
      void read(one)
    }
  }
  const schedule = (ms: number) => {
    clearTimeout(timer)
    timer = window.setTimeout(next, ms)
  }
  const read = async (one: Watched) => {
    reading += 1
    one.isReading = true
    one.isStale = false
    let pauseMs = EVERY_MS
    try {
      const { text, cols } = await readScreen(one.pane, 'ansi', signal)
      // A tile shows the bottom of a screen: blank rows below the last word would be all of it.
      if (watched.has(one)) one.show({ text: text.replace(/[\s\n]+$/, ''), cols })
    } catch {
      // The pane is gone or tmux hangs: the tile keeps what it shows, and its row says which.
      one.isStale = true
      pauseMs = AFTER_FAILURE_MS
    } finally {
      reading -= 1
      one.isReading = false
      one.notBefore = performance.now() + pauseMs
      schedule(0)
    }
  }
  const wake = () => schedule(0)
  document.addEventListener('visibilitychange', wake, { signal })
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true })

  return {
    watch(pane, show) {
      const one: Watched = { pane, isStale: true, isReading: false, notBefore: 0, show }
      watched.add(one)
      schedule(0)
      return () => watched.delete(one)
    },
    printed(pane, at) {
      if (outputs.get(pane) === at) return
      outputs.set(pane, at)
      for (const one of watched) {
        if (one.pane !== pane) continue
        one.isStale = true
        schedule(0)
      }
    },
    again() {
      for (const one of watched) one.isStale = true
      schedule(0)
    },
  }
}
