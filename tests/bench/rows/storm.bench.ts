import { setTimeout as wait } from 'node:timers/promises'
import { type Browser, expect, type Page, test } from 'playwright/test'
import type { AgentsResponse } from '../../../server/protocol.ts'
import { startFeedRelay } from '../feed-relay.ts'
import { watchFrames } from '../frames.ts'
import { LiveAgents } from '../live-agents.ts'
import { mainThread, type ThreadTime } from '../proc.ts'
import { report, sized } from '../row.ts'
import { newTypingSession, openScene } from '../scene.ts'
import { quantile } from '../stats.ts'
import { type Frame, traceFrames } from '../trace.ts'

const ROWS = sized(500, 100)
const SECONDS = sized(30, 8)
const CHANGES_PER_SECOND = 200
const TICK_MS = 50
const QUIET_MS = 3_000

/** Bytes of the page's heap after what can go is gone. */
async function heap(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.enable')
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return usedSize
}

/** Milliseconds from a key to its character on the terminal, as the page itself sees them. */
async function typeFor(page: Page, milliseconds: number): Promise<number[]> {
  await page.evaluate(() => {
    const times: number[] = []
    let pressed = 0
    document.addEventListener('keydown', () => (pressed = performance.now()), { capture: true })
    new MutationObserver(() => {
      if (pressed > 0) times.push(performance.now() - pressed)
      pressed = 0
    }).observe(document.querySelector('.xterm-rows') ?? document, {
      subtree: true,
      childList: true,
      characterData: true,
    })
    Object.assign(window, { times_: times })
  })
  const end = performance.now() + milliseconds
  for (let key = 0; performance.now() < end; key += 1) {
    await page.keyboard.press(key % 60 === 59 ? 'Enter' : 'abcdefghij'.charAt(key % 10))
    await wait(40)
  }
  return page.evaluate(() => (window as unknown as { times_: number[] }).times_)
}

/** What the threads of all pages had: each runs its page's code and draws it, and only ours has work. */
async function pageThreads(browser: Browser): Promise<ThreadTime> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  const times = processInfo.flatMap(({ type, id }) =>
    type === 'renderer' ? (mainThread(id) ?? []) : [],
  )
  const sum = (part: keyof ThreadTime) => times.reduce((all, time) => all + time[part], 0)
  return { ran: sum('ran'), waited: sum('waited') }
}

/** How much of the time the page's thread ran, and was ready and waited for a processor. */
function share(before: ThreadTime, after: ThreadTime): string {
  const percent = (ms: number) => `${Math.round(ms / SECONDS / 10)} %`
  return `ran ${percent(after.ran - before.ran)}, waited for a processor ${percent(after.waited - before.waited)}`
}

test('a storm of changes in the list while somebody types', async ({ browser }) => {
  await using scene = await openScene()
  const live = new LiveAgents(scene.tmux)
  await live.grow(ROWS, 'idle')
  const api = scene.server.api(scene.token)
  const known = async () => (await api.get<AgentsResponse>('/api/agents')).json.agents.length
  await expect.poll(known, { timeout: 120_000 }).toBe(ROWS)
  const { session } = await scene.find(await newTypingSession(scene.tmux))
  await using relay = await startFeedRelay(scene.server.port)
  const origin = `http://127.0.0.1:${relay.port}`
  const localStorage = [{ name: 'dogwatch.token', value: scene.token }]
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    storageState: { cookies: [], origins: [{ origin, localStorage }] },
  })
  const page = await context.newPage()
  await page.goto(`${origin}/s/${session}`)
  await page.locator('.xterm-rows').waitFor()
  await page.locator('.xterm').click()

  /** Somebody types while `storm` rages, which ends with the signal. */
  const measure = async (storm: (signal: AbortSignal) => Promise<void>) => {
    const stop = new AbortController()
    const stopFrames = await watchFrames(page)
    const before = await pageThreads(browser)
    let times: number[] = []
    const frames = await traceFrames(browser, page, async () => {
      const raging = storm(stop.signal)
      times = await typeFor(page, SECONDS * 1_000)
      stop.abort()
      await raging
    })
    const after = await pageThreads(browser)
    await stopFrames()
    return { times, frames, thread: share(before, after) }
  }
  /** Agents change, the server finds out, and the page hears of it: all on this machine. */
  const change = async (signal: AbortSignal) => {
    for (let changes = 0; !signal.aborted; ) {
      for (let one = 0; one < (CHANGES_PER_SECOND * TICK_MS) / 1_000; one += 1) {
        live.say((changes * 7) % ROWS, Math.floor(changes / ROWS) % 2 === 0 ? 'busy' : 'idle')
        changes += 1
      }
      await wait(TICK_MS)
    }
  }
  // What a first storm leaves, such as the needs that it opened, is there to stay.
  const recorded = relay.record()
  const whole = await measure(change)
  const heard = recorded()
  // What a storm began ends some seconds after it: a floor with that in it would be no floor.
  const told = async () => {
    const more = relay.record()
    await wait(QUIET_MS)
    return more().length
  }
  await expect.poll(told, { timeout: 60_000 }).toBe(0)
  const calm = await measure(async () => {})
  const before = await heap(page)
  const storm = await measure(() => relay.replay(heard))
  await wait(1_000)
  const after = await heap(page)
  await context.close()

  const took = (frames: Frame[]) => frames.map((frame) => frame.took)
  const worked = (frames: Frame[]) => frames.map((frame) => frame.worked)
  const late = (frames: Frame[]) => frames.filter((frame) => frame.took > 50)
  await report(test.info(), {
    id: 'storm.frame',
    name: `${ROWS} rows, ${CHANGES_PER_SECOND} changes a second: longest frame`,
    unit: 'ms',
    value: Math.max(...took(storm.frames)),
    floor: { name: 'no change', value: Math.max(...took(calm.frames)) },
    budget: { of: 'value', max: 50 },
    note: `${late(storm.frames).length} of ${storm.frames.length} over 50 ms (${late(calm.frames).length} without changes), p99 ${quantile(took(storm.frames), 0.99).toFixed(1)} ms; ${heard.length} frames of the feed in ${SECONDS} s; the page's thread ${storm.thread} of the time (without changes ${calm.thread})`,
  })
  await report(test.info(), {
    id: 'storm.work',
    name: 'of a frame, what the page itself worked (processor time), at most',
    unit: 'ms',
    value: Math.max(...worked(storm.frames)),
    floor: { name: 'no change', value: Math.max(...worked(calm.frames)) },
    budget: { of: 'value', max: 50 },
    note: `p99 ${quantile(worked(storm.frames), 0.99).toFixed(1)} ms; in those over 50 ms: ${
      late(storm.frames)
        .map((frame) => `${frame.worked.toFixed(1)} of ${frame.took.toFixed(1)}`)
        .join(', ') || 'none'
    }`,
  })
  await report(test.info(), {
    id: 'storm.whole',
    name: `the same beside ${ROWS} agents that change, on the same processors`,
    unit: 'ms',
    value: Math.max(...took(whole.frames)),
    floor: { name: 'no change', value: Math.max(...took(calm.frames)) },
    note: `${late(whole.frames).length} of ${whole.frames.length} over 50 ms; the page itself worked ${Math.max(...worked(whole.frames)).toFixed(1)} ms of a frame at most; its thread ${whole.thread} of the time`,
  })
  await report(test.info(), {
    id: 'storm.key',
    name: 'a key until it is on the page meanwhile, p50',
    unit: 'ms',
    value: quantile(storm.times, 0.5),
    floor: { name: 'no change', value: quantile(calm.times, 0.5) },
    budget: { of: 'ratio', max: 1.3 },
    note: `p95 ${quantile(storm.times, 0.95).toFixed(1)} ms against ${quantile(calm.times, 0.95).toFixed(1)}; ${storm.times.length} keys`,
  })
  await report(test.info(), {
    id: 'storm.heap',
    name: 'heap of the page afterwards',
    unit: 'MB',
    value: after / 1e6,
    floor: { name: 'before', value: before / 1e6 },
    budget: { of: 'ratio', max: 1.2 },
  })
})
