import { expect, test } from 'playwright/test'
import { TurnText } from '../../../server/core/turn-text.ts'

interface Part {
  screen: string
  scrollback?: string
  cut?: number
  alternate?: boolean
  joins?: boolean
}

/** Letters stand for lines. */
function textOf(parts: (Part | 'lost')[]): { text: string; missing: number } {
  const text = new TurnText()
  let total = 0
  for (const part of parts) {
    if (part === 'lost') {
      total += 7
      continue
    }
    const scrollback = [...(part.scrollback ?? '')]
    total += scrollback.length + (part.cut ?? 0)
    const { alternate = false, joins = true } = part
    const content = { screen: [...part.screen], scrollback, alternate, joins }
    text.add({ total, lines: scrollback.length, content })
  }
  const { text: lines, missing } = text.end()
  return { text: lines.replaceAll('\n', ''), missing }
}

test('what left the screen and the last screen make the whole', () => {
  const parts = [
    { screen: 'abc' },
    { screen: 'def', scrollback: 'abc' },
    { screen: 'fgh', scrollback: 'de' },
  ]
  expect(textOf(parts)).toEqual({ text: 'abcdefgh', missing: 0 })
})

test('cuts and snapshots that were forgotten are counted', () => {
  expect(textOf([{ screen: 'a' }, { screen: 'z', scrollback: 'xy', cut: 5 }])).toEqual({
    text: 'xyz',
    missing: 5,
  })
  expect(textOf([{ screen: 'a' }, 'lost', { screen: 'z', scrollback: 'y' }])).toEqual({
    text: 'yz',
    missing: 7,
  })
})

test('lines that a program wrote a second time stand there once', () => {
  const parts = [
    { screen: 'x', scrollback: 'abcd' },
    { screen: 'z', scrollback: 'bcdef', joins: false },
  ]
  expect(textOf(parts)).toEqual({ text: 'abcdefz', missing: 0 })
})

test('equal lines of a text that goes on are all there', () => {
  const parts = [
    { screen: 'y' },
    { screen: 'y', scrollback: 'yyy' },
    { screen: 'y', scrollback: 'yy' },
  ]
  expect(textOf(parts).text).toBe('yyyyyy')
})

test('of full screens the lines count that are new, and a second program begins anew', () => {
  const full = { alternate: true }
  const parts = [
    { screen: 'hab', ...full },
    { screen: 'hbc', ...full },
    { screen: 'hcd', ...full },
    { screen: '$', scrollback: '' },
    { screen: 'hab', ...full },
  ]
  expect(textOf(parts).text).toBe('habcdhab')
})

test('nothing gives nothing', () => {
  expect(textOf([])).toEqual({ text: '', missing: 0 })
})
