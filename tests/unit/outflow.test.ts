import { expect, test } from 'playwright/test'
import { Outflow } from '../../server/core/outflow.ts'
import { LIMITS } from '../../server/protocol.ts'

function start() {
  const life = new AbortController()
  const state = { sent: [] as Buffer[], resyncs: 0, backlog: 0 }
  const flow = new Outflow({
    send: (bytes) => state.sent.push(bytes),
    resync: () => {
      state.resyncs += 1
    },
    backlog: () => state.backlog,
    signal: life.signal,
  })
  const total = () => state.sent.reduce((sum, bytes) => sum + bytes.length, 0)
  return { flow, state, total, [Symbol.dispose]: () => life.abort() }
}

test('the first piece goes at once, what follows is gathered', async () => {
  using page = start()
  page.flow.push(Buffer.from('a'))
  expect(page.state.sent).toHaveLength(1)
  for (const text of ['b', 'c', 'd']) page.flow.push(Buffer.from(text))
  expect(page.state.sent).toHaveLength(1)
  await expect.poll(() => Buffer.concat(page.state.sent).toString()).toBe('abcd')
  expect(page.state.sent).toHaveLength(2)
})

test('right after a key nothing is gathered: the echo goes as it comes', async () => {
  using page = start()
  page.flow.push(Buffer.from('a'))
  page.flow.push(Buffer.from('b'))
  expect(page.state.sent).toHaveLength(1)
  page.flow.hurry()
  page.flow.push(Buffer.from('c'))
  expect(page.state.sent.map(String)).toEqual(['a', 'bc'])
  page.flow.push(Buffer.from('d'))
  expect(page.state.sent.map(String)).toEqual(['a', 'bc', 'd'])
})

test('beyond the window bytes are dropped, until the page has drawn what it has', async () => {
  using page = start()
  const piece = Buffer.alloc(20_000)
  for (let count = 0; count < 100; count += 1) {
    page.flow.push(piece)
    page.flow.flush()
  }
  expect(page.total()).toBeLessThanOrEqual(LIMITS.inFlightBytes)
  const sent = page.total()
  page.flow.ack(sent - 2 * LIMITS.ackBytes)
  expect(page.state.resyncs).toBe(0)
  // The last few bytes may never be reported.
  page.flow.ack(sent - LIMITS.ackBytes)
  expect(page.state.resyncs).toBe(1)
  // A report from before the reset counts for nothing after it.
  page.flow.push(Buffer.alloc(10))
  page.flow.ack(sent)
  page.flow.ack(10)
  for (let count = 0; count < 100; count += 1) {
    page.flow.push(piece)
    page.flow.flush()
  }
  expect(page.total() - sent).toBeLessThanOrEqual(LIMITS.inFlightBytes + 10)
  expect(page.flow.isDropping).toBe(true)
})

test('a screen larger than the window is painted whole in the end', () => {
  using page = start()
  const piece = Buffer.alloc(4_000)
  /** Paints it as tmux does, all at once; the bytes that went out. */
  const paintAll = () => {
    const before = page.total()
    for (let count = 0; count < 100; count += 1) {
      page.flow.push(piece)
      page.flow.flush()
    }
    return page.total() - before
  }
  let rounds = 1
  for (let sent = paintAll(); page.flow.isDropping && rounds < 10; rounds += 1) {
    page.flow.ack(sent)
    expect(page.state.resyncs).toBe(rounds)
    sent = paintAll()
  }
  expect(page.flow.isDropping).toBe(false)
  // What comes on top of it while the page draws is held to the window again.
  for (let count = 0; count < 10; count += 1) paintAll()
  expect(page.flow.isDropping).toBe(true)
})

test('a socket that keeps its bytes in this process gets no more, and resumes by itself', async () => {
  using page = start()
  page.state.backlog = 300_000
  page.flow.push(Buffer.alloc(100))
  expect(page.flow.isDropping).toBe(true)
  page.state.backlog = 0
  await expect.poll(() => page.state.resyncs).toBe(1)
})

test('late acknowledgements make the window small, prompt ones large again', async () => {
  using page = start()
  let sent = 0
  const round = async (ms: number) => {
    page.flow.push(Buffer.alloc(1_000))
    page.flow.flush()
    sent += 1_000
    await new Promise((resolve) => setTimeout(resolve, ms))
    page.flow.ack(sent)
  }
  const fits = () => {
    let bytes = 0
    while (!page.flow.isDropping && bytes < 1_000_000) {
      page.flow.push(Buffer.alloc(1_000))
      page.flow.flush()
      bytes += 1_000
    }
    return bytes
  }
  // The quickest counts; on a busy machine one of them may be late itself.
  for (let count = 0; count < 5; count += 1) await round(1)
  for (let count = 0; count < 4; count += 1) await round(150)
  expect(fits()).toBeLessThanOrEqual(2 * LIMITS.ackBytes + 1_000)
})
