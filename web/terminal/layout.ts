import { clampPan, fitFontSize, gridFor, LARGEST, panToShow, SMALLEST } from './fit.ts'
import type { Screen } from './screen.ts'

/**
 * Shows the grid in its slot: text as large as fits, at most the preferred size, times the zoom of
 * two fingers; what is larger than the slot can be panned.
 */
export interface Layout {
  /** Applies slot, grid, preferred size and zoom; cheap when nothing changed. */
  apply(): void
  /** Zooms about a point in client coordinates. */
  zoom(factor: number, x: number, y: number): void
  /** Moves the picture; returns how much of `dy` went beyond the edge. */
  pan(dx: number, dy: number): number
  /** All of the grid again. */
  reset(): void
  /** Brings the cursor into sight where the grid is larger than the slot. */
  followCursor(): void
  /** The grid that would fill the slot at the preferred size. */
  slotGrid(): { cols: number; rows: number }
  readonly fontSize: number
}

/** Further reductions when a browser rounds cells up; each is 1/8 px. */
const CORRECTIONS = 6

export function makeLayout(
  slot: HTMLElement,
  stage: HTMLElement,
  screen: Screen,
  preferred: () => number,
  onApplied: () => void,
): Layout {
  let zoom = 1
  let x = 0
  let y = 0

  const box = () => {
    const style = getComputedStyle(slot)
    const across = Number.parseFloat(style.paddingLeft) + Number.parseFloat(style.paddingRight)
    const along = Number.parseFloat(style.paddingTop) + Number.parseFloat(style.paddingBottom)
    return { width: slot.clientWidth - across, height: slot.clientHeight - along }
  }
  const size = () => ({
    width: screen.grid()?.offsetWidth ?? 0,
    height: screen.grid()?.offsetHeight ?? 0,
  })
  const place = () => {
    const room = box()
    const { width, height } = size()
    x = clampPan(x, width, room.width)
    y = clampPan(y, height, room.height)
    stage.style.transform = x === 0 && y === 0 ? '' : `translate(${x}px, ${y}px)`
  }

  const layout: Layout = {
    apply() {
      const room = box()
      // Hidden, as in a tab behind: what was set last still holds when it is shown again.
      if (room.width <= 0 || room.height <= 0) return
      const { cols, rows } = screen.terminal
      let font = fitFontSize({ cols, rows }, room, screen.ratio(), preferred())
      if (zoom > 1) {
        screen.setFontSize(Math.min(LARGEST, font * zoom))
      } else {
        screen.setFontSize(font)
        for (let i = 0; i < CORRECTIONS && font > SMALLEST; i += 1) {
          const { width, height } = size()
          if (width <= room.width && height <= room.height) break
          font -= 1 / 8
          screen.setFontSize(font)
        }
      }
      place()
      onApplied()
    },
    zoom(factor, clientX, clientY) {
      const next = Math.min(8, Math.max(1, zoom * factor))
      if (next === zoom) return
      const before = size()
      const rect = stage.getBoundingClientRect()
      const share = {
        x: (clientX - rect.left) / (before.width || 1),
        y: (clientY - rect.top) / (before.height || 1),
      }
      zoom = next
      layout.apply()
      const after = size()
      x -= share.x * (after.width - before.width)
      y -= share.y * (after.height - before.height)
      place()
    },
    pan(dx, dy) {
      x += dx
      const wanted = y + dy
      y = wanted
      place()
      return wanted - y
    },
    reset() {
      zoom = 1
      x = 0
      y = 0
      layout.apply()
    },
    followCursor() {
      const room = box()
      const { width, height } = size()
      if (width <= room.width && height <= room.height) return
      const { cursorX, cursorY } = screen.terminal.buffer.active
      const cell = { width: width / screen.terminal.cols, height: height / screen.terminal.rows }
      x = panToShow(x, cursorX * cell.width, (cursorX + 2) * cell.width, room.width)
      y = panToShow(y, cursorY * cell.height, (cursorY + 1) * cell.height, room.height)
      place()
    },
    slotGrid: () => gridFor(box(), screen.ratio(), preferred()),
    get fontSize() {
      return screen.terminal.options.fontSize ?? preferred()
    },
  }
  return layout
}
