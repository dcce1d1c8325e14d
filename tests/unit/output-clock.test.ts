import { expect, test } from 'playwright/test'
import { OutputClock } from '../../server/core/output-clock.ts'

function listen() {
  const told: Record<string, number>[] = []
  const stop = new AbortController()
  const clock = new OutputClock((at) => told.push(at), stop.signal)
  return { told, clock, stop }
}

test('the first output after a pause is told at once', () => {
  const { told, clock, stop } = listen()
  clock.note('p1', 10_000)
  expect(told).toEqual([{ p1: 10_000 }])
  stop.abort()
})

test('a pane that goes on printing is told again, with its last word', async () => {
  const { told, clock, stop } = listen()
  for (let ms = 0; ms < 500; ms += 50) clock.note('p1', 10_000 + ms)
  expect(told).toHaveLength(1)
  await expect.poll(() => told.at(-1)).toEqual({ p1: 10_450 })
  expect(told).toHaveLength(2)
  stop.abort()
})

test('fifty panes that print at once share one batch', async () => {
  const { told, clock, stop } = listen()
  for (let pane = 0; pane < 50; pane += 1) clock.note(`p${pane}`, 10_000)
  await expect.poll(() => told.flatMap((batch) => Object.keys(batch)).length).toBe(50)
  expect(told).toHaveLength(2)
  stop.abort()
})

test('a time that goes back is ignored', () => {
  const { told, clock, stop } = listen()
  clock.note('p1', 10_000)
  clock.note('p1', 9_000)
  expect(clock.all()).toEqual({ p1: 10_000 })
  expect(told).toHaveLength(1)
  stop.abort()
})

test('a pane that is gone is forgotten', () => {
  const { clock, stop } = listen()
  clock.note('p1', 10_000)
  clock.note('p2', 10_000)
  clock.keep((id) => id === 'p2')
  expect(clock.all()).toEqual({ p2: 10_000 })
  stop.abort()
})
