import { LIMITS } from '../../server/protocol.ts'

/** How a grid of a given size is shown in a slot of a given size. Pure. */

/** Below this text is only a picture; panning begins instead. CSS pixels. */
export const SMALLEST = 4
export const LARGEST = 40
/** Text that one can read, on a phone held as usual too. CSS pixels. */
export const READABLE = 9

export interface Box {
  width: number
  height: number
}

/** Size of one cell per CSS pixel of text size; measured, because each browser rounds in its own way. */
export interface CellRatio {
  width: number
  height: number
}

/**
 * Text size at which the whole grid is seen, at most `preferred`. It is a font size and not a
 * scaled picture, so the letters stay sharp. Steps of 1/8 px keep a window drag from rebuilding the
 * glyphs for every pixel.
 */
export function fitFontSize(
  grid: { cols: number; rows: number },
  slot: Box,
  cell: CellRatio,
  preferred: number,
): number {
  if (slot.width <= 0 || slot.height <= 0) return preferred
  const wide = slot.width / (grid.cols * cell.width)
  const high = slot.height / (grid.rows * cell.height)
  const size = Math.floor(Math.min(wide, high, preferred) * 8) / 8
  return Math.max(SMALLEST, size)
}

/** The grid that fills a slot at a text size, within what the server allows. */
export function gridFor(
  slot: Box,
  cell: CellRatio,
  fontSize: number,
): { cols: number; rows: number } {
  const cols = Math.floor(slot.width / (cell.width * fontSize))
  const rows = Math.floor(slot.height / (cell.height * fontSize))
  return {
    cols: clamp(cols, LIMITS.minCols, LIMITS.maxCols),
    rows: clamp(rows, LIMITS.minRows, LIMITS.maxRows),
  }
}

/** Offset of a picture of `size` in a slot, kept so that no empty margin can be dragged in. */
export function clampPan(offset: number, size: number, slot: number): number {
  return size <= slot ? 0 : clamp(offset, slot - size, 0)
}

/** Smallest move of `offset` that brings the stretch from `start` to `end` into the slot. */
export function panToShow(offset: number, start: number, end: number, slot: number): number {
  if (end + offset > slot) return slot - end
  if (start + offset < 0) return -start
  return offset
}

export function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value))
}
