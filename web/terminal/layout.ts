import { clampPan, fitFontSize, gridFor, LARGEST, panToShow, READABLE, SMALLEST } from './fit.ts'
import type { Screen } from './screen.ts'

/**
 * Shows the grid in its slot: text as large as fits, at most the preferred size. Where fingers can
 * pan, it starts as large as one can read while every row is in sight, if not every column; two
 * fingers zoom. Beside other terminals text stays readable whatever the slot, and what is in sight
 * follows the cursor until somebody moves it.
 */
export interface Layout {
  /** Applies slot, grid, preferred size and zoom; cheap when nothing changed. */
  apply(): void
  /** Zooms about a point in client coordinates. */
  zoom(factor: number, x: number, y: number): void
  /** Moves the picture; returns how much of it went beyond the edges. */
  pan(dx: number, dy: number): { x: number; y: number }
  /** All of the grid; from there back to a size that one can read. */
  toggle(): void
  /** Brings the cursor into sight where the grid is larger than the slot. */
  followCursor(): void
  /** The same, beside other terminals, unless somebody looks elsewhere. */
  stayAtCursor(): void
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
  isBeside: () => boolean,
  onApplied: () => void,
): Layout {
  /** Times the size at which all is seen; undefined: readable. */
  let chosen: number | undefined
  const canPan = matchMedia('(pointer: coarse)')
  let x = 0
  let y = 0
  /** Somebody moved the picture, and nobody has typed since. */
  let moved = false
  /** Kept, because each key asks: to measure makes the browser lay out the page at once. */
  let isLarger = false

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
  /** Text size at which so many columns and all rows are seen. */
  const fitted = (cols: number) =>
    fitFontSize({ cols, rows: screen.terminal.rows }, box(), screen.ratio(), preferred())
  const zoomOf = (font: number) => {
    if (chosen !== undefined) return chosen
    if (isBeside()) return Math.max(1, Math.min(READABLE, preferred()) / font)
    return canPan.matches ? Math.max(1, Math.min(READABLE, fitted(1)) / font) : 1
  }
  /** Browsers round cells up: takes a little off until it fits. */
  const shrink = (from: number, isTooLarge: () => boolean) => {
    let font = from
    screen.setFontSize(font)
    for (let i = 0; i < CORRECTIONS && font > SMALLEST && isTooLarge(); i += 1) {
      font -= 1 / 8
      screen.setFontSize(font)
    }
  }
  const place = () => {
    const room = box()
    const { width, height } = size()
    isLarger = width > room.width || height > room.height
    x = clampPan(x, width, room.width)
    y = clampPan(y, height, room.height)
    stage.style.transform = x === 0 && y === 0 ? '' : `translate(${x}px, ${y}px)`
  }

  const layout: Layout = {
    apply() {
      const room = box()
      // Hidden, as in a tab behind: what was set last still holds when it is shown again.
      if (room.width <= 0 || room.height <= 0) return
      const font = fitted(screen.terminal.cols)
      const zoom = zoomOf(font)
      if (zoom === 1) {
        shrink(font, () => size().width > room.width || size().height > room.height)
      } else if (chosen === undefined && !isBeside()) {
        shrink(font * zoom, () => size().height > room.height)
      } else {
        screen.setFontSize(Math.min(LARGEST, font * zoom))
      }
      place()
      layout.stayAtCursor()
      onApplied()
    },
    zoom(factor, clientX, clientY) {
      const zoom = zoomOf(fitted(screen.terminal.cols))
      const next = Math.min(8, Math.max(1, zoom * factor))
      if (next === zoom) return
      const before = size()
      const rect = stage.getBoundingClientRect()
      const share = {
        x: (clientX - rect.left) / (before.width || 1),
        y: (clientY - rect.top) / (before.height || 1),
      }
      chosen = next
      layout.apply()
      const after = size()
      x -= share.x * (after.width - before.width)
      y -= share.y * (after.height - before.height)
      place()
    },
    pan(dx, dy) {
      const before = { x, y }
      const wanted = { x: x + dx, y: y + dy }
      x = wanted.x
      y = wanted.y
      place()
      if (x !== before.x || y !== before.y) moved = true
      return { x: wanted.x - x, y: wanted.y - y }
    },
    toggle() {
      chosen = zoomOf(fitted(screen.terminal.cols)) > 1 ? 1 : undefined
      x = 0
      y = 0
      layout.apply()
    },
    followCursor() {
      moved = false
      if (!isLarger) return
      const room = box()
      const { width, height } = size()
      const { cursorX, cursorY } = screen.terminal.buffer.active
      const cell = { width: width / screen.terminal.cols, height: height / screen.terminal.rows }
      // Lines are read from their begin: it is in sight whenever the cursor allows it.
      x = panToShow(0, cursorX * cell.width, (cursorX + 2) * cell.width, room.width)
      y = panToShow(y, cursorY * cell.height, (cursorY + 1) * cell.height, room.height)
      place()
    },
    stayAtCursor() {
      if (isBeside() && !moved) layout.followCursor()
    },
    slotGrid() {
      // Browsers round a cell to whole pixels, at each size of text in another way.
      const before = layout.fontSize
      screen.setFontSize(preferred())
      const grid = gridFor(box(), screen.ratio(), preferred())
      screen.setFontSize(before)
      return grid
    },
    get fontSize() {
      return screen.terminal.options.fontSize ?? preferred()
    },
  }
  return layout
}
