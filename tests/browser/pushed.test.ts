import { expect, type Page, test } from 'playwright/test'
import { FakeAgent } from '../support/fake-agent.ts'
import { openApp } from '../support/page.ts'
import { givePushService } from '../support/push-page.ts'
import { startPushService } from '../support/push-service.ts'
import { openPushStage } from '../support/push-stage.ts'
import { startTmux } from '../support/tmux.ts'

test.use({ serviceWorkers: 'allow', permissions: ['notifications'] })

/** A page's own notice is due after ten seconds. */
const DUE = { timeout: 40_000 }

/** A page that wants notices of both kinds, and that is hidden where a test says so. */
async function prepare(page: Page): Promise<{ hide: () => Promise<void> }> {
  await page.addInitScript(() => {
    localStorage.setItem('dogwatch.notices', 'on')
    window.notices = []
    window.isHidden = false
    const told = (name: 'hidden' | 'visibilityState', value: () => unknown) =>
      Object.defineProperty(document, name, { get: value })
    told('hidden', () => window.isHidden)
    told('visibilityState', () => (window.isHidden ? 'hidden' : 'visible'))
    ServiceWorkerRegistration.prototype.showNotification = async (title, options) => {
      window.notices.push({ title, body: options?.body, path: options?.data.path })
    }
  })
  return {
    hide: () =>
      page.evaluate(() => {
        window.isHidden = true
        document.dispatchEvent(new Event('visibilitychange'))
      }),
  }
}

/** A real server that watches real agents, whose notices are due after a second. */
async function scene() {
  const tmux = await startTmux()
  await tmux.newSession({ name: 'plain' })
  const service = await startPushService()
  const times = { afterMs: 1_000, gapMs: 0 }
  const stage = await openPushStage(service, { times }, ['--tmux-socket', tmux.socketPath])
  return {
    ...{ service, stage },
    titles: () => service.pushed.map((pushed) => stage.browser.read(pushed).title),
    async ask(name: string) {
      const fake = new FakeAgent(tmux, 'claude', name)
      await fake.start()
      fake.show('03-permission-bash')
    },
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]()
      await service[Symbol.asyncDispose]()
      await tmux[Symbol.asyncDispose]()
    },
  }
}

test('while a page is in front of somebody nothing is pushed; when it is hidden, it is', async ({
  page,
}) => {
  await using one = await scene()
  await one.stage.switchOn()
  const { hide } = await prepare(page)
  await openApp(page, one.stage.here)
  // Who does nothing for a minute has perhaps left, and that much a busy machine may take.
  await page.mouse.move(300, 300)
  await one.ask('seen')
  await expect(page).toHaveTitle(/^\(1\) /)
  await page.mouse.move(310, 310)
  // By the time that another need is there, the first would have been pushed.
  await one.ask('also')
  await expect(page).toHaveTitle(/^\(2\) /)
  await hide()
  await one.ask('later')
  await expect.poll(one.titles).not.toEqual([])
  expect(one.titles()).toEqual(['later: permission'])
})

test('what is pushed to a device, its own page does not show as well; what fails, it does', async ({
  page,
}) => {
  test.setTimeout(120_000)
  await using one = await scene()
  const { hide } = await prepare(page)
  await givePushService(page, one.stage.browser)
  await openApp(page, one.stage.here, { path: '/settings' })
  await page.getByRole('checkbox', { name: /also when the page is closed$/ }).check()
  await expect(page.getByTestId('push')).toContainText('On. 127.0.0.1')
  const notices = () => page.evaluate(() => window.notices.map(({ title }) => title))
  await hide()
  // The page asks who shows it, when its own notice is due.
  const asked = page.waitForResponse(
    (answer) => answer.url().endsWith('/api/push') && answer.request().method() === 'GET',
    DUE,
  )
  await one.ask('pushed')
  await expect.poll(one.titles).toEqual(['pushed: permission'])
  await asked
  one.service.answer = { status: 403 }
  await one.ask('refused')
  await expect.poll(one.titles).toContain('refused: permission')
  await expect.poll(notices, DUE).toEqual(['refused: permission'])
})
