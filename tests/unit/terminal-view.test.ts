import { expect, test } from 'playwright/test'
import type { HistoryResponse } from '../../server/protocol.ts'
import { clampPan, fitFontSize, gridFor, panToShow } from '../../web/terminal/fit.ts'
import {
  type HistoryLines,
  joinSlices,
  MOST_LINES,
  newestLines,
  olderLines,
  viewerText,
} from '../../web/terminal/history.ts'
import { isRule } from '../../web/terminal/text-rows.ts'

const cell = { width: 0.6, height: 1.32 }

test('the whole grid is shown, at most in the preferred size', () => {
  const slot = { width: 1_000, height: 700 }
  expect(fitFontSize({ cols: 80, rows: 24 }, slot, cell, 13)).toBe(13)
  const size = fitFontSize({ cols: 200, rows: 50 }, slot, cell, 13)
  expect(size).toBeLessThan(13)
  expect(200 * cell.width * size).toBeLessThanOrEqual(slot.width)
  expect(50 * cell.height * size).toBeLessThanOrEqual(slot.height)
})

test('text never gets smaller than a picture of itself', () => {
  expect(fitFontSize({ cols: 500, rows: 200 }, { width: 300, height: 200 }, cell, 13)).toBe(4)
  // A hidden slot has no size yet.
  expect(fitFontSize({ cols: 80, rows: 24 }, { width: 0, height: 0 }, cell, 13)).toBe(13)
})

test('the grid that fills a slot stays within what the server allows', () => {
  expect(gridFor({ width: 390, height: 600 }, cell, 10)).toEqual({ cols: 65, rows: 45 })
  expect(gridFor({ width: 10, height: 10 }, cell, 13)).toEqual({ cols: 20, rows: 5 })
  expect(gridFor({ width: 1e6, height: 1e6 }, cell, 13)).toEqual({ cols: 500, rows: 200 })
})

test('panning stops at the edges and follows the cursor by the least move', () => {
  expect(clampPan(50, 1_000, 400)).toBe(0)
  expect(clampPan(-900, 1_000, 400)).toBe(-600)
  expect(clampPan(-50, 300, 400)).toBe(0)
  expect(panToShow(0, 500, 510, 400)).toBe(-110)
  expect(panToShow(-600, 100, 110, 400)).toBe(-100)
  expect(panToShow(-100, 200, 210, 400)).toBe(-100)
})

/** A history of numbered lines that goes on growing, as a pane does. */
function growing(size: number, limit: number) {
  let top = 0
  let end = size
  return {
    print(count: number) {
      end += count
      top = Math.max(top, end - limit)
    },
    async read({ start, count }: { start?: number; count: number }): Promise<HistoryResponse> {
      const length = end - top
      const from = start ?? Math.max(0, length - count)
      const lines: string[] = []
      for (let i = from; i < Math.min(length, from + count); i += 1) lines.push(`line ${top + i}`)
      return { size: length, start: from, lines }
    },
  }
}

test('slices of a history join without a gap or a double', async () => {
  const pane = growing(2_500, 50_000)
  let have: HistoryLines = await newestLines((slice) => pane.read(slice))
  expect(have).toMatchObject({ start: 1_500, size: 2_500 })
  while (have.start > 0) have = await olderLines((slice) => pane.read(slice), have)
  expect(have.lines).toHaveLength(2_500)
  expect(have.lines.every((line, i) => line === `line ${i}`)).toBe(true)
})

test('slices join also while tmux drops lines at the top', async () => {
  const pane = growing(2_000, 2_000)
  const first = await newestLines((slice) => pane.read(slice))
  pane.print(5)
  const have = await olderLines((slice) => pane.read(slice), first)
  const numbers = have.lines.map((line) => Number(line.slice(5)))
  expect(numbers.every((n, i) => i === 0 || n === (numbers[i - 1] ?? 0) + 1)).toBe(true)
})

test('a slice that begins later than asked for, because lines came meanwhile, joins', async () => {
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => `line ${from + at}`)
  const read = async () => ({ size: 2_100, start: 100, lines: lines(100, 1_112) })
  const have = await olderLines(read, { lines: lines(1_000, 2_000), start: 1_000, size: 2_000 })
  expect(have).toEqual({ lines: lines(100, 2_000), start: 100, size: 2_100 })
})

test('no more lines are read than the viewer can hold', async () => {
  const have = { lines: new Array<string>(MOST_LINES).fill(''), start: 5, size: MOST_LINES + 5 }
  const read = () => Promise.reject(new Error('read'))
  expect(await olderLines(read, have)).toBe(have)
})

test('slices without a common line are put one after the other', () => {
  expect(joinSlices(['a', 'b'], ['c', 'd'])).toEqual(['a', 'b', 'c', 'd'])
  expect(joinSlices([], ['c'])).toEqual(['c'])
  expect(joinSlices(['a'], [])).toEqual(['a'])
})

test('the viewer ends with the screen, without the blank rows below it', () => {
  expect(viewerText(['old'], '$ ls\nfile\n\n\n')).toBe('old\r\n$ ls\r\nfile')
  expect(viewerText([], '\n\n')).toBe('')
})

test('drawn lines are told from text', () => {
  expect(isRule('────────────────')).toBe(true)
  expect(isRule('╭──────────────╮')).toBe(true)
  expect(isRule('│ text │')).toBe(false)
  expect(isRule('-----')).toBe(false)
})
