import { expect, test } from 'playwright/test'
import { readRecords } from '../../server/tmux/format.ts'
import { isHub, parseClients } from '../../server/tmux/topology.ts'

const latin = (text: string) => Buffer.from(text, 'utf8').toString('latin1')
const SHAPE = { plain: 1, text: 2, start: /^%\d+ \d+:/ }

function record(id: string, ...texts: string[]): string {
  const fields = texts.map((text) => `${Buffer.byteLength(text)}:${text}`)
  return latin(`${id} ${fields.join(' ')}\n`)
}

test('free text is read by its length, whatever it holds', () => {
  const nasty = ['', ' ', '3:abc', 'a\n%9 1:x 1:y\nb', '日本 🙂', '\t\n', '%end 1 2 3']
  for (const text of nasty) {
    const bytes = record('%1', text, 'x') + record('%2', 'y', text)
    expect(readRecords(bytes, SHAPE)).toEqual([
      { plain: ['%1'], text: [text, 'x'] },
      { plain: ['%2'], text: ['y', text] },
    ])
  }
})

test('lengths that count characters, or text before it was escaped, are understood', () => {
  expect(readRecords(latin('%1 2:日本 1:x\n'), SHAPE)).toEqual([
    { plain: ['%1'], text: ['日本', 'x'] },
  ])
  expect(readRecords('%1 3:a\\037b 1:x\n', SHAPE)).toEqual([
    { plain: ['%1'], text: ['a\\037b', 'x'] },
  ])
})

test('a record that cannot be read is left out and the next one is read', () => {
  const bytes = `%1 9:abc 1:x\n${record('%2', 'good', 'x')}`
  expect(readRecords(bytes, SHAPE)).toEqual([{ plain: ['%2'], text: ['good', 'x'] }])
  expect(readRecords('garbage', SHAPE)).toEqual([])
  expect(readRecords('', SHAPE)).toEqual([])
})

test('clients are read with the session they came from', () => {
  const bytes = latin('12 $3 10:/dev/pts/4 6:a b\nc日\n13  11:client-9999 0:\n')
  expect(parseClients(bytes.replace('6:', '8:'))).toEqual([
    { pid: 12, sessionId: '$3', name: '/dev/pts/4', lastSession: 'a b\nc日' },
    { pid: 13, sessionId: '', name: 'client-9999', lastSession: '' },
  ])
})

test('only names that dogwatch gives are hidden', () => {
  expect(['_dogwatch', '_dogwatch-0a1b2c3d'].every(isHub)).toBe(true)
  const others = [
    'dogwatch',
    '_dogwatch2',
    '_dogwatch-',
    '_dogwatch-0a1b2c3g',
    '_dogwatch-0a1b2c3d4',
    'x_dogwatch',
  ]
  expect(others.some(isHub)).toBe(false)
})
