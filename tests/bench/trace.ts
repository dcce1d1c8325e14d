import type { Browser, Page } from 'playwright/test'

/** What the trace says of one thing the browser did; times in microseconds. */
interface TraceEvent {
  name: string
  pid: number
  tid: number
  ts: number
  dur?: number
  args?: { name?: string; data?: { url?: string } }
}

/**
 * Milliseconds of the tasks that the page's main thread ran during `act`, longest first: what a
 * frame has to wait for. Chromium only.
 */
export async function longestTasks(
  browser: Browser,
  page: Page,
  act: () => Promise<unknown>,
): Promise<number[]> {
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
    .filter((event) => event.name === 'RunTask' && mains.has(`${event.pid} ${event.tid}`))
    .filter((event) => own.size === 0 || own.has(event.pid))
    .map((event) => (event.dur ?? 0) / 1_000)
    .sort((a, b) => b - a)
}
