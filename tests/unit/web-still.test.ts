import { expect, test } from 'playwright/test'
import { stillRows } from '../../web/terminal/still.ts'
import { THEME } from '../../web/terminal/theme.ts'

const ESC = '\u001b'
/** Text with `{1;31}` for a sequence of attributes. */
const sgr = (text: string) => text.replace(/\{([0-9;:]*)\}/g, `${ESC}[$1m`)
const rows = (text: string) => stillRows(sgr(text)).map(({ runs }) => runs)
/** Each row as its text, of a terminal so wide. */
const wrapped = (text: string, cols: number) =>
  stillRows(sgr(text), cols).map(({ runs }) => runs.map((run) => run.text).join(''))

test('text without attributes is one plain run a row', () => {
  expect(rows('one\n\ntwo')).toEqual([
    [{ text: 'one', style: '', wide: false }],
    [],
    [{ text: 'two', style: '', wide: false }],
  ])
})

test('attributes begin, go on over the end of a row, and end where they are reset', () => {
  const [first, second] = rows('a{1;31}b\nc{0}d')
  const red = `color:${THEME.red};font-weight:700`
  expect(first?.map(({ text, style }) => [text, style])).toEqual([
    ['a', ''],
    ['b', red],
  ])
  expect(second?.map(({ text, style }) => [text, style])).toEqual([
    ['c', red],
    ['d', ''],
  ])
})

test('colours of every kind are understood', () => {
  const style = (codes: string) => rows(`{${codes}}x`)[0]?.[0]?.style
  expect(style('92')).toBe(`color:${THEME.brightGreen}`)
  expect(style('44')).toBe(`background:${THEME.blue}`)
  expect(style('38;5;9')).toBe(`color:${THEME.brightRed}`)
  expect(style('38;5;196')).toBe('color:rgb(255 0 0)')
  expect(style('48;5;240')).toBe('background:rgb(88 88 88)')
  expect(style('38;2;10;20;30')).toBe('color:rgb(10 20 30)')
  expect(style('38:2::10:20:30')).toBe('color:rgb(10 20 30)')
  expect(style('38:5:196')).toBe('color:rgb(255 0 0)')
  expect(style('38;2;10;20;30;1')).toBe('color:rgb(10 20 30);font-weight:700')
  expect(style('38;5;999')).toBe('')
})

test('inverse swaps the colours, and each switch has its end', () => {
  const style = (text: string) => rows(text)[0]?.at(-1)?.style
  expect(style('{7}x')).toBe(`color:${THEME.background};background:${THEME.foreground}`)
  expect(style('{7;31}x')).toBe(`color:${THEME.background};background:${THEME.red}`)
  expect(style('{1;3;4;9}{22;23;24;29}x')).toBe('')
  expect(style('{31;41}{39;49}x')).toBe('')
  expect(style('{4:3}x')).toBe('text-decoration:underline')
  expect(style('{4:0}x')).toBe('')
})

test('wide characters stand alone, so that each can take two cells', () => {
  const wide = (text: string) => rows(text)[0]?.map((run) => (run.wide ? [run.text] : run.text))
  expect(wide('ab日本c🎉')).toEqual(['ab', ['日'], ['本'], 'c', ['🎉']])
  expect(wide('✅ done ❌')).toEqual([['✅'], ' done ', ['❌']])
  expect(wide('x👩‍💻y')).toEqual(['x', ['👩‍💻'], 'y'])
  expect(wide('│ é ⚠ ● │')).toEqual(['│ é ⚠ ● │'])
})

test('a line that is longer than the terminal is wide goes on in the next row', () => {
  expect(wrapped('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij'])
  expect(wrapped('abcd\nef', 4)).toEqual(['abcd', 'ef'])
  expect(wrapped('ab{31}cdef', 4)).toEqual(['abcd', 'ef'])
  // Half a wide character has no place at the end of a row.
  expect(wrapped('abc日本', 4)).toEqual(['abc', '日本'])
  expect(stillRows('abcdef\nx', 4).map(({ line }) => line)).toEqual([0, 0, 1])
})

test('other escape sequences leave nothing behind', () => {
  const text = `a${ESC}]8;;http://x${ESC}\\link${ESC}]8;;${ESC}\\${ESC}[2Jb${ESC}(Bc${ESC}7`
  expect(
    rows(text)[0]
      ?.map((run) => run.text)
      .join(''),
  ).toBe('alinkbc')
})
