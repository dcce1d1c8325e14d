import { expect, type Page, test } from 'playwright/test'
import { agent } from '../support/agent-view.ts'
import { tellAgents } from '../support/feed-agents.ts'
import { openApp } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

// Notices are shown by the worker of the installed app.
test.use({ serviceWorkers: 'allow', permissions: ['notifications'] })

/** A need is due after ten seconds. */
const DUE = { timeout: 30_000 }

declare global {
  interface Window {
    notices: { title: string; body: string | undefined; path: string }[]
    isHidden: boolean
    /** What the icon of the installed app was told last. */
    appBadge: number | undefined
    /** Lets what is being drawn be finished. */
    draw(): Promise<void>
  }
}

/** A page whose installed app has an icon with a number. */
async function watchBadge(page: Page): Promise<void> {
  await page.addInitScript(() => {
    navigator.setAppBadge = async (count) => {
      window.appBadge = count
    }
    navigator.clearAppBadge = async () => {
      window.appBadge = 0
    }
  })
}

/** A page that may tell, that takes itself for hidden where it is told so, and that counts notices. */
async function watchNotices(page: Page): Promise<void> {
  await page.addInitScript(() => {
    localStorage.setItem('dogwatch.notices', 'on')
    window.notices = []
    window.isHidden = false
    Object.defineProperty(document, 'visibilityState', {
      get: () => (window.isHidden ? 'hidden' : 'visible'),
    })
    ServiceWorkerRegistration.prototype.showNotification = async (title, options) => {
      window.notices.push({ title, body: options?.body, path: options?.data.path })
    }
  })
}

function asking(name: string, text: string) {
  const ask = { id: `ask-${name}`, kind: 'permission', text, since: Date.now() } as const
  return agent({ id: `agent-${name}`, session: name, activity: 'asking', ask })
}

const icon = (page: Page) => page.locator('link[rel="icon"]').getAttribute('href')

test('a need that nobody sees is told once, after ten seconds; one that a page shows is not', async ({
  page,
}) => {
  await using tmux = await startTmux()
  for (const name of ['one', 'two', 'three']) await tmux.newSession({ name, command: 'exec cat' })
  await using server = await startServer({ tmux })
  await watchNotices(page)
  const told = await tellAgents(page)
  await openApp(page, server)
  await page.evaluate(() => navigator.serviceWorker.ready)
  const notices = () => page.evaluate(() => window.notices)

  told.tell(asking('one', 'npm test'))
  await expect(page).toHaveTitle(/^\(1\) /)
  await expect.poll(() => icon(page)).toContain('data:image/png')
  await page.evaluate(() => {
    window.isHidden = true
  })
  told.tell(asking('two', 'npm run migrate'))
  await expect.poll(notices, DUE).toHaveLength(1)
  const [first] = await notices()
  expect(first).toMatchObject({ title: 'two: permission', body: 'npm run migrate' })
  expect(first?.path).toMatch(/^\/s\//)
  told.tell(asking('three', 'git push'))
  await expect.poll(notices, DUE).toHaveLength(2)
  expect((await notices()).map(({ title }) => title)).toEqual([
    'two: permission',
    'three: permission',
  ])
  told.forget('agent-one')
  told.forget('agent-two')
  told.forget('agent-three')
  await expect.poll(() => icon(page)).toBe('/icon.svg')
})

test('the icon of the installed app bears how many need somebody, and nothing when nobody does', async ({
  page,
}) => {
  await using tmux = await startTmux()
  for (const name of ['one', 'two']) await tmux.newSession({ name, command: 'exec cat' })
  await using server = await startServer({ tmux })
  await watchBadge(page)
  const told = await tellAgents(page)
  await openApp(page, server)
  const badge = () => page.evaluate(() => window.appBadge)
  await expect.poll(badge).toBe(0)
  told.tell(asking('one', 'npm test'))
  await expect.poll(badge).toBe(1)
  told.tell(asking('two', 'git push'))
  await expect.poll(badge).toBe(2)
  told.forget('agent-one')
  await expect.poll(badge).toBe(1)
  told.forget('agent-two')
  await expect.poll(badge).toBe(0)
})

test('a number that is drawn late does not come back when nobody needs anybody', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'one', command: 'exec cat' })
  await using server = await startServer({ tmux })
  await watchBadge(page)
  await page.addInitScript(() => {
    const { decode } = HTMLImageElement.prototype
    let release = () => {}
    const held = new Promise<void>((done) => {
      release = done
    })
    HTMLImageElement.prototype.decode = function () {
      const decoded = held.then(() => decode.call(this))
      window.draw = async () => {
        release()
        await decoded
        await new Promise((done) => setTimeout(done))
      }
      return decoded
    }
  })
  const told = await tellAgents(page)
  await openApp(page, server)
  told.tell(asking('one', 'npm test'))
  await expect(page).toHaveTitle(/^\(1\) /)
  told.forget('agent-one')
  await expect(page).toHaveTitle(/^(?!\()/)
  await page.evaluate(() => window.draw())
  expect(await icon(page)).toBe('/icon.svg')
  expect(await page.evaluate(() => window.appBadge)).toBe(0)
})

test('a click on a notice leads to what it is about', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', command: 'exec cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await page.evaluate(() => navigator.serviceWorker.ready)
  // What the worker says to the page when its notice was pressed.
  await page.evaluate(() => {
    const said = new MessageEvent('message', { data: { type: 'open', path: '/settings' } })
    navigator.serviceWorker.dispatchEvent(said)
  })
  await expect(page).toHaveURL(/\/settings$/)
})

test('notices and sound are off until somebody wants them', async ({ page }) => {
  await using server = await startServer()
  await openApp(page, server, { path: '/settings' })
  const notice = page.getByRole('checkbox', { name: /^Show a notice/ })
  const sound = page.getByRole('checkbox', { name: /^Play a sound/ })
  await expect(notice).not.toBeChecked()
  await expect(sound).not.toBeChecked()
  await notice.check()
  await sound.check()
  await page.getByRole('button', { name: 'Play it' }).click()
  await page.reload()
  await expect(notice).toBeChecked()
  await expect(sound).toBeChecked()
})
