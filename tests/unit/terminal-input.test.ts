import { expect, test } from 'playwright/test'
import { LIMITS } from '../../server/protocol.ts'
import { osc52Text } from '../../web/terminal/clipboard.ts'
import { keyText, modifyText } from '../../web/terminal/keys.ts'
import { mouseReport, wantsReport } from '../../web/terminal/mouse.ts'
import { byteText, cleanPaste, judgePaste } from '../../web/terminal/paste.ts'
import { safeUrl } from '../../web/terminal/urls.ts'

const none = { ctrl: false, alt: false }
const ctrl = { ctrl: true, alt: false }
const alt = { ctrl: false, alt: true }

test('named keys send what a keyboard sends, in both cursor modes', () => {
  expect(keyText('Up', none, false)).toBe('\u001b[A')
  expect(keyText('Up', none, true)).toBe('\u001bOA')
  expect(keyText('Left', ctrl, true)).toBe('\u001b[1;5D')
  expect(keyText('PageUp', none, false)).toBe('\u001b[5~')
  expect(keyText('PageUp', ctrl, false)).toBe('\u001b[5;5~')
  expect(keyText('BackTab', none, false)).toBe('\u001b[Z')
  expect(keyText('C-c', none, false)).toBe('\u0003')
  expect(keyText('Enter', alt, false)).toBe('\u001b\r')
})

test('sticky modifiers change the first key typed and nothing after it', () => {
  expect(modifyText('c', ctrl)).toBe('\u0003')
  expect(modifyText('C', ctrl)).toBe('\u0003')
  expect(modifyText('[', ctrl)).toBe('\u001b')
  expect(modifyText(' ', ctrl)).toBe('\u0000')
  expect(modifyText('é', ctrl)).toBe('é')
  expect(modifyText('b', alt)).toBe('\u001bb')
  expect(modifyText('x', none)).toBe('x')
})

test('a paste loses every control character but tab and newline', () => {
  expect(cleanPaste('a\u001b[201~b\u0000\u0007\tc\u009bd\u007fe')).toBe('a[201~b\tcde')
  expect(cleanPaste('one\r\ntwo\rthree')).toBe('one\ntwo\nthree')
})

test('a paste asks when it has lines or is long, and is refused beyond the limit', () => {
  expect(judgePaste('')).toEqual({ name: 'empty' })
  expect(judgePaste('\u0007')).toEqual({ name: 'empty' })
  expect(judgePaste('ls')).toEqual({ name: 'send', text: 'ls' })
  expect(judgePaste('x'.repeat(1_024)).name).toBe('send')
  expect(judgePaste('x'.repeat(1_025)).name).toBe('ask')
  expect(judgePaste('ls\n')).toEqual({ name: 'ask', text: 'ls\n', bytes: 3, lines: 1 })
  expect(judgePaste('a\nb')).toMatchObject({ name: 'ask', lines: 2 })
  expect(judgePaste('x'.repeat(LIMITS.promptBytes)).name).toBe('ask')
  // Bytes count, not characters.
  expect(judgePaste('日'.repeat(LIMITS.promptBytes / 3 + 1)).name).toBe('refuse')
})

test('sizes are written as people read them', () => {
  expect([1, 812, 1_536, 65_536, 786_432, 2_200_000].map(byteText)).toEqual([
    '1 byte',
    '812 bytes',
    '1.5 KB',
    '64 KB',
    '768 KB',
    '2.1 MB',
  ])
})

test('a clipboard write is read with an empty target too, a question never', () => {
  expect(osc52Text(`;${btoa('hello')}`)).toBe('hello')
  expect(osc52Text(`c;${btoa('hello')}`)).toBe('hello')
  expect(osc52Text(';5pel5pys')).toBe('日本')
  expect(osc52Text('c;?')).toBeUndefined()
  expect(osc52Text('c;')).toBeUndefined()
  expect(osc52Text('c;%%%')).toBeUndefined()
  expect(osc52Text(`c;${btoa('\u00ff')}`)).toBeUndefined()
})

test('only plain web addresses are offered, without characters that hide their end', () => {
  expect(safeUrl('https://example.test/a?b')?.href).toBe('https://example.test/a?b')
  expect(safeUrl('javascript:alert(1)')).toBeUndefined()
  expect(safeUrl('file:///etc/passwd')).toBeUndefined()
  expect(safeUrl('data:text/html,x')).toBeUndefined()
  expect(safeUrl('not an address')).toBeUndefined()
  expect(safeUrl('java\u200bscript:alert(1)')).toBeUndefined()
  expect(safeUrl('https://a.test/\u202egpj.exe')?.href).toBe('https://a.test/gpj.exe')
  expect(safeUrl(`https://a.test/${'x'.repeat(5_000)}`)).toBeUndefined()
})

test('mouse reports are in SGR form and only of the kind that was asked for', () => {
  const at = { col: 0, row: 4, shift: false, alt: false, ctrl: false }
  expect(mouseReport({ act: 'down', button: 0, ...at })).toBe('\u001b[<0;1;5M')
  expect(mouseReport({ act: 'up', button: 2, ...at })).toBe('\u001b[<2;1;5m')
  expect(mouseReport({ act: 'drag', button: 0, ...at, ctrl: true })).toBe('\u001b[<48;1;5M')
  expect(mouseReport({ act: 'wheel-down', button: 0, ...at })).toBe('\u001b[<65;1;5M')
  expect(wantsReport('drag', new Set([1000]))).toBe(false)
  expect(wantsReport('drag', new Set([1002]))).toBe(true)
  expect(wantsReport('move', new Set([1002]))).toBe(false)
  expect(wantsReport('wheel-up', new Set([1006]))).toBe(false)
})
