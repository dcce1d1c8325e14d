import { expect, type Page, test } from 'playwright/test'
import { ACTS, type ActId } from '../../web/state/shortcuts.ts'
import { agent } from '../support/agent-view.ts'
import { type ToldAgents, tellAgents } from '../support/feed-agents.ts'
import { openApp, row } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { STEADY_NAMES, startTmux } from '../support/tmux.ts'

/** What one act is shown by, from where it is done. Each begins in the session `ask`, beside nothing. */
interface Walk {
  page: Page
  told: ToldAgents
  /** Presses the act's keys, the last of which works from within a terminal too. */
  press(): Promise<void>
  /** What the page asked the server for, as `POST /api/...`. */
  asked: string[]
}

const title = (page: Page) => page.locator('.slot.current .head .title')
const terminal = (page: Page) => page.locator('.slot.current .xterm-helper-textarea')
const link = (page: Page, name: string) => row(page, name).getByRole('link')
const parts = (page: Page) => page.locator('.slot.part')

/** Opens a dialog of that name, and leaves it. */
function opens(name: string | RegExp) {
  return async ({ page, press }: Walk) => {
    await press()
    await expect(page.getByRole('dialog', { name })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toHaveCount(0)
  }
}

function leadsTo(address: RegExp) {
  return async ({ page, press }: Walk) => {
    await press()
    await expect(page).toHaveURL(address)
  }
}

function asks(path: RegExp) {
  return async ({ press, asked }: Walk) => {
    await press()
    await expect.poll(() => asked.some((request) => path.test(request))).toBe(true)
  }
}

/** Puts the session `second` beside the one in sight. */
async function splitUp(page: Page): Promise<void> {
  await page.keyboard.press('Control+Shift+B')
  const field = page.getByRole('combobox', { name: 'Show a session beside this one' })
  await expect(field).toBeFocused()
  await field.fill('second')
  await page.keyboard.press('Enter')
  await expect(parts(page)).toHaveCount(2)
  await expect(title(page)).toHaveText('second')
}

/** The prompt that somebody has gone to. */
const prompt = (page: Page) => page.locator('.said.prompt:focus')

/** Opens the conversation, which begins at its end, and goes back to its last prompt. */
async function readToLast(page: Page): Promise<void> {
  await page.keyboard.press('2')
  await expect(page.getByText('the last prompt')).toBeAttached()
  await expect(page.getByText('the last prompt')).not.toBeInViewport()
  await page.keyboard.press('<')
  await expect(prompt(page)).toContainText('the last prompt')
}

const SHOWN_BY: Readonly<Record<ActId, (walk: Walk) => Promise<void>>> = {
  async 'next-need'({ page, press }) {
    await press()
    await expect(title(page)).toHaveText('stuck')
  },
  allow: asks(/^POST .*\/answer .*approve/),
  deny: asks(/^POST .*\/answer .*deny/),
  snooze: asks(/^POST .*\/snooze/),
  dismiss: asks(/^POST .*\/dismiss/),
  why: opens('Claude Code is asking'),
  palette: opens('Find and do anything'),
  async find({ page, press }) {
    await press()
    await expect(page.getByRole('searchbox', { name: 'Find a session' })).toBeFocused()
  },
  async list({ page, press }) {
    await terminal(page).focus()
    await press()
    await expect(link(page, 'ask')).toBeFocused()
  },
  async 'row-down'({ page, press }) {
    await press()
    await expect(link(page, 'stuck')).toBeFocused()
  },
  async 'row-up'({ page, press }) {
    await page.keyboard.press('j')
    await expect(link(page, 'stuck')).toBeFocused()
    await press()
    await expect(link(page, 'ask')).toBeFocused()
  },
  async type({ page, press }) {
    await press()
    await expect(terminal(page)).toBeFocused()
  },
  async message({ page, press }) {
    await press()
    await expect(page.locator('.slot.current .composer textarea')).toBeFocused()
  },
  async 'next-tab'({ page, press }) {
    await press()
    await expect(title(page)).not.toHaveText('ask')
  },
  async 'previous-tab'({ page, press }) {
    await press()
    await expect(title(page)).not.toHaveText('ask')
  },
  search: leadsTo(/\/search$/),
  recovery: leadsTo(/\/recovery$/),
  wall: leadsTo(/\/wall$/),
  'new-session': opens('New session'),
  'prompt-several': opens('Prompt several agents'),
  async rename({ page, press }) {
    await press()
    await expect(page.getByLabel('New name of the session')).toBeFocused()
    await page.keyboard.press('Escape')
  },
  kill: opens(/^End ask/),
  async fit({ page, press }) {
    const fitted = page.locator('.slot.current .fit')
    await expect(fitted).toBeEnabled()
    await press()
    await expect(fitted).toHaveAttribute('aria-pressed', 'true')
    // The terminal has the focus then: what is fitted is to be used.
    await expect(terminal(page)).toBeFocused()
    await page.keyboard.press('Control+Shift+L')
    await press()
    await expect(fitted).toHaveAttribute('aria-pressed', 'false')
  },
  history: opens('Scrollback'),
  text: opens('Screen as text'),
  async attach({ page, press }) {
    await press()
    await expect(page.locator('.toasts')).toContainText('attach')
  },
  async close({ page, press }) {
    await press()
    await expect(title(page)).not.toHaveText('ask')
    await expect(row(page, 'ask')).toBeVisible()
  },
  async 'view-terminal'({ page, press }) {
    await page.keyboard.press('3')
    await expect(page).toHaveURL(/\/timeline$/)
    await press()
    await expect(page).toHaveURL(/\/s\/[^/]+$/)
  },
  'view-conversation': leadsTo(/\/conversation$/),
  'view-timeline': leadsTo(/\/timeline$/),
  'view-changes': leadsTo(/\/changes$/),
  async 'step-back'({ page, press }) {
    await readToLast(page)
    await press()
    await expect(prompt(page)).toContainText('the second prompt')
  },
  async 'step-on'({ page, press }) {
    await readToLast(page)
    await page.keyboard.press('<')
    await expect(prompt(page)).toContainText('the second prompt')
    await press()
    await expect(prompt(page)).toContainText('the last prompt')
  },
  beside: opens('Show a session beside this one'),
  async 'next-part'({ page, press }) {
    await splitUp(page)
    await press()
    await expect(title(page)).toHaveText('ask')
    await page.keyboard.press('Control+Shift+L')
    await page.keyboard.press('z')
    await expect(parts(page)).toHaveCount(0)
  },
  async leave({ page, press }) {
    await splitUp(page)
    await page.keyboard.press('Control+Shift+L')
    await press()
    await expect(parts(page)).toHaveCount(0)
    await expect(title(page)).toHaveText('ask')
  },
  async alone({ page, press }) {
    await splitUp(page)
    await page.keyboard.press('Control+Shift+L')
    await press()
    await expect(parts(page)).toHaveCount(0)
    await expect(title(page)).toHaveText('second')
  },
  settings: leadsTo(/\/settings$/),
  devices: opens('Devices'),
  async theme({ page, press }) {
    const scheme = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)
    const before = await scheme()
    await press()
    await expect.poll(scheme).not.toBe(before)
  },
  shortcuts: opens('Keyboard shortcuts'),
}

/** Prompts with long answers between them, as a transcript tells them. */
const TALK = ['first', 'second', 'last'].flatMap((which, index) => [
  { id: `p${index}`, type: 'user', at: index + 1, text: `the ${which} prompt` },
  { id: `w${index}`, type: 'assistant', at: index + 1, text: 'words\n\n'.repeat(60) },
])

test('every act of the key table is done with keys alone, without a pointer', async ({ page }) => {
  test.setTimeout(300_000)
  await using tmux = await startTmux(STEADY_NAMES)
  for (const name of ['ask', 'second', 'stuck']) {
    await tmux.newSession({ name, cols: 80, rows: 24, command: 'exec cat' })
  }
  await using server = await startServer({ tmux })
  const asked: string[] = []
  // What an answer, a snooze or a dismissal does is shown with real agents elsewhere.
  await page.route(/\/api\/(panes\/[^/]+\/answer|attention\/.+)$/, (route) => {
    const request = route.request()
    asked.push(`${request.method()} ${request.url()} ${request.postData()}`)
    return route.fulfill({ json: { gone: true } })
  })
  await page.route(/\/api\/agents\/a1\/transcript/, (route) =>
    route.fulfill({ json: { source: 'transcript', entries: TALK } }),
  )
  await page.route(/\/api\/agents\/a1\/turns/, (route) => route.fulfill({ json: { turns: [] } }))
  const since = Date.now()
  const told = await tellAgents(page, [
    agent({
      ...{ id: 'a1', session: 'ask', activity: 'asking', since },
      ask: { id: 'q1', kind: 'permission', text: 'npm test', since, hash: 'h1' },
    }),
    agent({ id: 'a2', session: 'second', activity: 'idle', since }),
    agent({ id: 'a3', session: 'stuck', activity: 'failed', since }),
  ])
  const { problems } = await openApp(page, server)
  await expect(row(page, 'ask').locator('.when')).toContainText('permission')
  // Terminals to go between, and the address to begin from.
  for (const name of ['second', 'ask']) {
    await link(page, name).focus()
    await page.keyboard.press('Enter')
    await expect(title(page)).toHaveText(name)
    // A terminal takes the focus once it is there, and that may be late.
    await expect(terminal(page)).toBeFocused()
    await expect(page.locator('.slot.current .term-view')).not.toHaveClass(/stale/)
    await expect(page.locator('.slot.current .composer textarea')).toBeVisible()
    await page.keyboard.press('Control+Shift+L')
  }
  const home = page.url()
  for (const { id, keys } of ACTS) {
    await test.step(id, async () => {
      const press = () => page.keyboard.press((keys[0] ?? '').replace('Mod', 'Control'))
      await SHOWN_BY[id]({ page, told, press, asked })
      // Back to where each begins.
      await page.evaluate((to) => {
        if (location.href === to) return
        history.pushState(null, '', to)
        dispatchEvent(new PopStateEvent('popstate'))
      }, home)
      await expect(title(page)).toHaveText('ask')
      await page.keyboard.press('Control+Shift+L')
      await expect(link(page, 'ask')).toBeFocused()
    })
  }
  expect(problems).toEqual([])
})
