import { type Browser, type CDPSession, expect, type Page, test } from 'playwright/test'
import type { Tmux } from '../../support/tmux.ts'
import { GRID } from '../link.ts'
import { report, sized } from '../row.ts'
import { openScene, type Scene } from '../scene.ts'
import { startSlowLink, TRAIN } from '../slow-link.ts'
import { median } from '../stats.ts'
import { longestTasks } from '../trace.ts'

const LOADS = sized(5, 2)
const LAST_LINE = 'the-last-line-of-the-screen'
const SESSIONS = sized(500, 100)
const RENAMED = 50

/** A pane with something on its screen. */
function newScreen(tmux: Tmux): Promise<string> {
  const command = `seq 1 ${GRID.rows - 1}; printf ${LAST_LINE}; exec cat`
  return tmux.newSession({ ...GRID, command })
}

/** A browser with an empty cache, paired with dogwatch at that origin. */
async function openPage(browser: Browser, origin: string, token: string): Promise<Page> {
  const localStorage = [{ name: 'dogwatch.token', value: token }]
  const context = await browser.newContext({
    storageState: { cookies: [], origins: [{ origin, localStorage }] },
  })
  return context.newPage()
}

interface Load {
  /** Milliseconds from the start of the navigation to the last line on the terminal. */
  firstFrame: number
  requests: { path: string; bytes: number }[]
}

/** Loads a page that shows a terminal, and counts what comes over HTTP for it. */
async function load(page: Page, url: string): Promise<Load> {
  const session: CDPSession = await page.context().newCDPSession(page)
  const paths = new Map<string, string>()
  const requests: Load['requests'] = []
  session.on('Network.responseReceived', ({ requestId, response }) => {
    paths.set(requestId, new URL(response.url).pathname)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    requests.push({ path: paths.get(requestId) ?? '?', bytes: encodedDataLength })
  })
  await session.send('Network.enable')
  await page.goto(url, { waitUntil: 'commit' })
  const shown = await page.waitForFunction(
    (text) =>
      document.querySelector('.xterm-rows')?.textContent?.includes(text) && performance.now(),
    LAST_LINE,
    { timeout: 60_000, polling: 'raf' },
  )
  const firstFrame = Number(await shown.jsonValue())
  await page.waitForLoadState('networkidle')
  await session.detach()
  return { firstFrame, requests }
}

/** Loads the page of a session some times, each in a browser profile of its own. */
async function loads(open: () => Promise<Page>, url: string): Promise<Load[]> {
  const results: Load[] = []
  for (let number = 0; number < LOADS; number += 1) {
    const page = await open()
    results.push(await load(page, url))
    await page.context().close()
  }
  return results
}

const kilobytes = (one: Load | undefined) =>
  (one?.requests.reduce((sum, { bytes }) => sum + bytes, 0) ?? Number.NaN) / 1_000

test('first load of the page with a terminal', async ({ browser }) => {
  await using scene = await openScene()
  const { session } = await scene.find(await newScreen(scene.tmux))
  const floorSession = await newScreen(scene.floorTmux)
  const bareQuery = `?target=${encodeURIComponent(`${floorSession}:`)}&cols=${GRID.cols}&rows=${GRID.rows + 1}`
  const measure = async (minePort: number, barePort: number) => {
    const origin = `http://127.0.0.1:${minePort}`
    const mine = await loads(() => openPage(browser, origin, scene.token), `${origin}/s/${session}`)
    const bare = await loads(
      async () => (await browser.newContext()).newPage(),
      `http://127.0.0.1:${barePort}/${bareQuery}`,
    )
    return { mine, bare }
  }
  const near = await measure(scene.server.port, scene.bareProcess.port)
  await using mineLink = await startSlowLink(scene.server.port)
  await using bareLink = await startSlowLink(scene.bareProcess.port)
  const far = await measure(mineLink.port, bareLink.port)

  const largest = [...(near.mine[0]?.requests ?? [])].sort((a, b) => b.bytes - a.bytes)
  await report(test.info(), {
    id: 'page.weight',
    name: 'first load with the terminal, over HTTP',
    unit: 'KB',
    value: kilobytes(near.mine[0]),
    floor: { name: 'bare page, uncompressed', value: kilobytes(near.bare[0]) },
    budget: { of: 'value', max: 160 },
    note: largest.map(({ path, bytes }) => `${path} ${(bytes / 1_000).toFixed(1)}`).join(', '),
  })
  const frame = (one: Load[]) => median(one.map(({ firstFrame }) => firstFrame))
  await report(test.info(), {
    id: 'page.frame.near',
    name: 'first terminal frame, no delay',
    unit: 'ms',
    value: frame(near.mine),
    floor: { name: 'bare page', value: frame(near.bare) },
  })
  await report(test.info(), {
    id: 'page.frame.slow',
    name: `first terminal frame, ${TRAIN.roundTripMs} ms and ${TRAIN.bitsPerSecond / 1e6} Mbit/s`,
    unit: 'ms',
    value: frame(far.mine),
    floor: { name: 'bare page', value: frame(far.bare) },
    budget: { of: 'value', max: 2_500 },
    note: `${LOADS} loads, longest ${Math.max(...far.mine.map((one) => one.firstFrame)).toFixed(0)} ms`,
  })
})

/** Gives the first sessions new names in one go; the text that tells when the page shows them. */
async function rename(scene: Scene, ids: string[], round: number): Promise<string> {
  const names = ids.map((_, index) => `renamed-${round}-${index}`)
  const commands = ids.flatMap((id, index) => [
    ...(index > 0 ? [';'] : []),
    ...['rename-session', '-t', id, names[index] ?? ''],
  ])
  await scene.tmux.run(...commands)
  return names[0] ?? ''
}

test(`${RENAMED} of ${SESSIONS} rows change at once`, async ({ browser }) => {
  await using scene = await openScene()
  const ids: string[] = []
  while (ids.length < SESSIONS) {
    ids.push(await scene.tmux.newSession({ name: `row-${ids.length}`, command: 'exec cat' }))
  }
  const origin = `http://127.0.0.1:${scene.server.port}`
  const page = await openPage(browser, origin, scene.token)
  await page.goto(origin)
  await expect(page.getByText('row-0', { exact: true }).first()).toBeVisible()
  await rename(scene, ids.slice(0, RENAMED), 0)
  await expect(page.getByText('renamed-0-0', { exact: true }).first()).toBeVisible()

  const longest: number[] = []
  for (let round = 1; round <= LOADS; round += 1) {
    const tasks = await longestTasks(browser, page, async () => {
      const name = await rename(scene, ids.slice(0, RENAMED), round)
      await expect(page.getByText(name, { exact: true }).first()).toBeVisible()
    })
    longest.push(tasks[0] ?? 0)
  }
  const idle = await longestTasks(browser, page, () => page.waitForTimeout(500))
  await page.context().close()
  await report(test.info(), {
    id: 'page.rows',
    name: `${RENAMED} of ${SESSIONS} rows change: longest task of the page`,
    unit: 'ms',
    value: median(longest),
    floor: { name: 'idle', value: idle[0] ?? 0 },
    budget: { of: 'value', max: 16 },
    note: `${LOADS} times, longest ${Math.max(...longest).toFixed(1)} ms`,
  })
})
