import { expect, test } from 'playwright/test'
import { OUTBOX_BYTES, Outbox } from '../../web/terminal/outbox.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (chunks: Iterable<Uint8Array>) =>
  [...chunks].map((chunk) => new TextDecoder().decode(chunk))

function filled(...texts: string[]): Outbox {
  const box = new Outbox(65_536)
  for (const part of texts) box.add(bytes(part), 0)
  return box
}

test('bytes go out once and in the chunks they were typed in', () => {
  const box = filled('\u001b', 'x')
  expect(text(box.take())).toEqual(['\u001b', 'x'])
  expect(text(box.take())).toEqual([])
})

test('what the server has not applied goes out again after a reconnect, from its count', () => {
  const box = filled('ab', '\u001b', 'cd')
  expect(text(box.take())).toEqual(['ab', '\u001b', 'cd'])
  expect(box.resume(1)).toBe(0)
  expect(text(box.take())).toEqual(['b', '\u001b', 'cd'])
})

test('nothing is sent again when the server applied all of it', () => {
  const box = filled('abc')
  box.take().next()
  expect(box.resume(3)).toBe(0)
  expect(text(box.take())).toEqual([])
  expect(box.size).toBe(0)
})

test('a server without a count gets only what was never sent, and the rest is counted as uncertain', () => {
  const box = filled('sent')
  expect(text(box.take())).toEqual(['sent'])
  box.add(bytes('later'), 0)
  expect(box.resume(undefined)).toBe(4)
  expect(text(box.take())).toEqual(['later'])
  // Both ends count anew.
  box.ack(5)
  expect(box.size).toBe(0)
})

test('a count that cannot be ours is treated as none, and its number is taken over', () => {
  const box = filled('abcdef')
  expect(text(box.take())).toEqual(['abcdef'])
  box.ack(4)
  expect(box.resume(0)).toBe(2)
  box.add(bytes('g'), 0)
  expect(text(box.take())).toEqual(['g'])
  box.ack(1)
  expect(box.size).toBe(0)
})

test('acknowledged bytes are forgotten, in the middle of a chunk too', () => {
  const box = filled('abcdef')
  expect(text(box.take())).toEqual(['abcdef'])
  box.ack(2)
  expect(box.size).toBe(4)
  box.ack(99)
  expect(box.size).toBe(0)
})

test('a long paste is cut into frames that keep every byte', () => {
  const box = new Outbox(4)
  box.add(bytes('abcdefghij'), 0)
  expect(text(box.take())).toEqual(['abcd', 'efgh', 'ij'])
})

test('discarded input leaves no gap in the numbering', () => {
  const box = filled('ab')
  expect(text(box.take())).toEqual(['ab'])
  box.add(bytes('held'), 0)
  expect(box.resume(1)).toBe(0)
  box.discard()
  box.add(bytes('c'), 0)
  expect(text(box.take())).toEqual(['c'])
  // One byte was applied before; this is the second.
  box.ack(2)
  expect(box.size).toBe(0)
})

test('the age is that of the oldest byte that waits', () => {
  const box = new Outbox(65_536)
  expect(box.waited(1_000)).toBe(0)
  box.add(bytes('a'), 1_000)
  box.add(bytes('b'), 5_000)
  expect(box.waited(6_000)).toBe(5_000)
  // A clock that was set back makes nothing old.
  expect(box.waited(0)).toBe(0)
})

test('input beyond the limit is refused whole', () => {
  const box = new Outbox(65_536)
  expect(box.add(new Uint8Array(OUTBOX_BYTES), 0)).toBe(true)
  expect(box.add(bytes('a'), 0)).toBe(false)
  expect(box.size).toBe(OUTBOX_BYTES)
})

test('held input is shown with its control characters', () => {
  expect(filled('ls -l\r', '\u0003', '\u001b[A', '\u007f').preview()).toBe('ls -l⏎^C^[[A⌫')
  expect(filled('x'.repeat(500)).preview()).toHaveLength(120)
})
