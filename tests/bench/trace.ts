import type { Browser, Page } from 'playwright/test'

/** What the trace says of one thing the browser did; times in microseconds. */
interface TraceEvent {
  name: string
  pid: number
  tid: number
  ts: number
  dur?: number
  /** Of `dur` what the thread had of a processor. */
  tdur?: number
  args?: { name?: string; data?: { url?: string } }
}

/** What the page's main thread did during `act`. Chromium only. */
async function traceThread(
  browser: Browser,
  page: Page,
  act: () => Promise<unknown>,
): Promise<TraceEvent[]> {
  await browser.startTracing(page, {
    categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', '__metadata'],
  })
  await act()
  const trace = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[]
  }
  const events = trace.traceEvents
  const origin = new URL(page.url()).origin
  // The thread that answers to the page, among those of all renderers.
  const mains = new Set(
    events
      .filter((event) => event.name === 'thread_name' && event.args?.name === 'CrRendererMain')
      .map((event) => `${event.pid} ${event.tid}`),
  )
  const own = new Set(
    events.filter((event) => event.args?.data?.url?.startsWith(origin)).map((event) => event.pid),
  )
  return events
    .filter((event) => mains.has(`${event.pid} ${event.tid}`))
    .filter((event) => own.size === 0 || own.has(event.pid))
}

/** Milliseconds of the tasks of the page during `act`, longest first: what a frame has to wait for. */
export async function longestTasks(
  browser: Browser,
  page: Page,
  act: () => Promise<unknown>,
): Promise<number[]> {
  const events = await traceThread(browser, page, act)
  return events
    .filter((event) => event.name === 'RunTask')
    .map((event) => (event.dur ?? 0) / 1_000)
    .sort((a, b) => b - a)
}

/** One frame of a page that asks for the next one in each; milliseconds. */
export interface Frame {
  /** From the frame before. */
  took: number
  /**
   * What the page's thread did meanwhile, the drawing of the frame before included. The rest it
   * waited: for the screen, or for a processor.
   */
  worked: number
}

/** The frames of the page during `act`, in which it has to ask for each (`watchFrames`). */
export async function traceFrames(
  browser: Browser,
  page: Page,
  act: () => Promise<unknown>,
): Promise<Frame[]> {
  const events = (await traceThread(browser, page, act)).toSorted((a, b) => a.ts - b.ts)
  const asked = events.filter((event) => event.name === 'FireAnimationFrame')
  const frames: Frame[] = []
  let before: TraceEvent | undefined
  let worked = 0
  let next = 0
  for (const task of events) {
    if (task.name !== 'RunTask') continue
    const end = task.ts + (task.dur ?? 0)
    while ((asked[next]?.ts ?? Number.POSITIVE_INFINITY) < task.ts) next += 1
    const frame = asked[next]
    if (frame && frame.ts < end) {
      if (before) frames.push({ took: (frame.ts - before.ts) / 1_000, worked })
      before = frame
      worked = 0
    }
    worked += (task.tdur ?? 0) / 1_000
  }
  return frames
}
