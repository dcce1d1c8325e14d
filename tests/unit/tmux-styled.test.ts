import { expect, test } from 'playwright/test'
import { anchorOf, firstNew } from '../../server/tmux/anchor.ts'
import { plain, standAlone } from '../../server/tmux/styled.ts'

test('a style that goes on over lines is written in each of them', () => {
  expect(standAlone(['\x1b[1;31mone', 'two', '', '\x1b[39mbold', '\x1b[0mend'])).toEqual([
    '\x1b[1;31mone\x1b[0m',
    '\x1b[1;31mtwo\x1b[0m',
    '\x1b[1;31m\x1b[0m',
    '\x1b[1;31m\x1b[39mbold\x1b[0m',
    '\x1b[1m\x1b[0mend',
  ])
})

test('codes that end one attribute leave the others', () => {
  const [, line] = standAlone(['\x1b[1;4:3;7;38;2;1;2;3;48;5;9;58:2::1:2:3m', 'x'])
  expect(line).toBe('\x1b[1;4:3;7;38;2;1;2;3;48;5;9;58:2::1:2:3mx\x1b[0m')
  const [, off] = standAlone(['\x1b[1;3;4;7;91m\x1b[22;24;27;39m', 'x'])
  expect(off).toBe('\x1b[3mx\x1b[0m')
})

test('links, other sequences and line drawing become plain text', () => {
  expect(
    standAlone(['\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\', '\x0elqk\x0f l', '\x1b[2Kx']),
  ).toEqual(['link', '┌─┐ l', 'x'])
  expect(plain('\x1b[31ma \x1b[0mb  ')).toBe('a b')
})

test('the place is found again after lines were added, dropped and wrapped anew', () => {
  const lines = Array.from({ length: 40 }, (_, at) => `line ${at}`)
  const anchor = anchorOf(lines)
  expect(firstNew(anchor, lines, 40)).toBe(40)
  expect(firstNew(anchor, [...lines.slice(20), 'new'], 20)).toBe(20)
  expect(firstNew(anchor, ['other', 'new'], 1)).toBeUndefined()
  expect(firstNew('', ['old', 'new'], 1)).toBe(1)
})

test('where the same lines stand in several places, what was counted decides, else the first', () => {
  const same = Array.from({ length: 30 }, () => 'y')
  const anchor = anchorOf(same)
  expect(firstNew(anchor, same, 25)).toBe(25)
  expect(firstNew(anchor, same, 3)).toBe(12)
})

test('a line of which only the first row was there is new as a whole', () => {
  const lines = Array.from({ length: 20 }, (_, at) => `line ${at}`)
  const grown = [...lines.slice(0, -1), 'line 19 and more', 'next']
  expect(firstNew(anchorOf(lines), grown, 20)).toBe(19)
})
