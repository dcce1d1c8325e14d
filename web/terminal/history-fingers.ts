import { clamp, clampPan, LARGEST, panToShow, SMALLEST } from './fit.ts'
import { bindFlick } from './flick.ts'
import type { Screen } from './screen.ts'
import { bindTouch } from './touch.ts'

interface HistoryFingers {
  /** Moves sideways as little as brings these columns into sight, counted from 0. */
  show(start: number, end: number): void
}

/**
 * Fingers on the scrollback: one moves it, also sideways where it is wider than `host`, and a flick
 * goes on by itself; two change the size of the text. `stage` holds the grid and is what moves.
 */
export function bindHistoryFingers(
  host: HTMLElement,
  stage: HTMLElement,
  screen: Screen,
  { onScroll, onResize }: { onScroll(lines: number): void; onResize(): void },
  signal: AbortSignal,
): HistoryFingers {
  let x = 0
  let rest = 0
  const { terminal } = screen
  const width = () => screen.grid()?.offsetWidth ?? 0
  const place = (wanted: number) => {
    x = clampPan(wanted, width(), host.clientWidth)
    stage.style.transform = x === 0 ? '' : `translateX(${x}px)`
  }
  const move = (dy: number) => {
    rest += (dy * terminal.rows) / (screen.grid()?.offsetHeight || 1)
    const lines = Math.trunc(rest)
    rest -= lines
    if (lines !== 0) onScroll(-lines)
  }
  const zoom = (factor: number, at: number) => {
    const before = width()
    screen.setFontSize(clamp((terminal.options.fontSize ?? SMALLEST) * factor, SMALLEST, LARGEST))
    onResize()
    // What is under the fingers stays there.
    const left = at - host.getBoundingClientRect().left
    place(left - ((left - x) * width()) / (before || 1))
  }
  bindTouch(
    host,
    {
      onTap: () => {},
      onReset: () => {},
      onSwipeDown: () => {},
      onSwipeSide: () => {},
      onPinch: zoom,
      onPan(dx, dy) {
        place(x + dx)
        move(dy)
        return { x: 0, y: 0 }
      },
    },
    signal,
  )
  bindFlick(host, move, signal)
  return {
    show(start, end) {
      const cell = width() / terminal.cols
      place(panToShow(x, start * cell, end * cell, host.clientWidth))
    },
  }
}
