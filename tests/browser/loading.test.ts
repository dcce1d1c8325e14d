import { expect, type Page, test } from 'playwright/test'
import { agent } from '../support/agent-view.ts'
import { tellAgents } from '../support/feed-agents.ts'
import { axeViolations, expectLive, makeTicket, openApp, row } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { STEADY_NAMES, startTmux } from '../support/tmux.ts'

/** Where each page waits for something, what for, and what it says meanwhile. */
const WAITS: readonly [address: string, question: RegExp, words: string][] = [
  ['/a/a1/conversation', /\/api\/agents\/a1\/transcript/, 'Reading the transcript'],
  ['/a/a1/timeline', /\/api\/agents\/a1\/snapshots/, 'Reading what is remembered'],
  ['/a/a1/changes', /\/api\/agents\/a1\/diff/, 'Asking git'],
  ['/search?q=anything', /\/api\/search/, 'Searching'],
  ['/recovery', /\/api\/recovery/, 'Looking at what was lost'],
  ['/settings', /\/api\/hooks/, 'Looking'],
]

/** Holds the answers to a question back for as long as the test wants. */
async function hold(page: Page, question: RegExp): Promise<() => void> {
  let release = () => {}
  const held = new Promise<void>((done) => {
    release = done
  })
  await page.route(question, async (route) => {
    await held
    await route.continue()
  })
  return release
}

test('whatever is waited for says so, and gives way to what has come', async ({ page }) => {
  // Twelve checks of whole pages.
  test.setTimeout(300_000)
  await using tmux = await startTmux(STEADY_NAMES)
  await tmux.newSession({ name: 'work', command: 'exec cat' })
  await using server = await startServer({ tmux })
  await tellAgents(page, [agent({ session: 'work', activity: 'idle' })])
  await page.route(/\/api\/agents\/a1\/turns/, (route) => route.fulfill({ json: { turns: [] } }))
  await openApp(page, server)
  for (const [address, question, words] of WAITS) {
    const release = await hold(page, question)
    await page.goto(`${server.url}${address}`)
    const note = page.getByText(words, { exact: true })
    await expect(note.last(), address).toBeVisible()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect.soft(await axeViolations(page), `${address}, ${colorScheme}`).toEqual([])
    }
    release()
    await expect(note, address).toHaveCount(0)
    await page.unroute(question)
  }
})

test('before the first answer the page says that it connects, and claims nothing', async ({
  page,
}) => {
  await using tmux = await startTmux(STEADY_NAMES)
  await tmux.newSession({ name: 'work', command: 'exec cat' })
  await using server = await startServer({ tmux })
  const release = await hold(page, /\/api\/ws-ticket/)
  await page.goto(`${server.url}/#k=${await makeTicket(server)}`)
  await expect(page.getByTestId('link')).toContainText(/connecting/i)
  // Neither that nothing runs nor that nobody needs somebody is known yet.
  for (const claim of [
    'No tmux server yet',
    'No sessions yet',
    'All clear',
    'No session matches.',
  ]) {
    await expect(page.getByText(claim)).toHaveCount(0)
  }
  expect(await axeViolations(page)).toEqual([])
  release()
  await expectLive(page)
  await expect(row(page, 'work')).toBeVisible()
})
