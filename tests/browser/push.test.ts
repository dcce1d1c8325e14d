import { expect, type Page, test } from 'playwright/test'
import type { PushResponse } from '../../server/protocol.ts'
import { axeViolations, openApp } from '../support/page.ts'
import { type PushBrowser, startPushService } from '../support/push-service.ts'
import { openPushStage } from '../support/push-stage.ts'

// What is pushed comes to the worker.
test.use({ serviceWorkers: 'allow', permissions: ['notifications'] })

declare global {
  interface Window {
    subscribes: () => Promise<void>
  }
}

/**
 * Chromium has no push service here: what it would get from one is put in its place. All else is the
 * browser's own. `fails`: that service does not answer.
 */
async function givePushService(page: Page, { subscription }: PushBrowser, fails = false) {
  await page.addInitScript(
    ({ given, refuses }) => {
      const KEY = 'test.subscription'
      const held = () => {
        const text = localStorage.getItem(KEY)
        if (text === null) return null
        return {
          endpoint: JSON.parse(text).endpoint,
          toJSON: () => JSON.parse(text),
          unsubscribe: async () => localStorage.removeItem(KEY),
        } as unknown as PushSubscription
      }
      PushManager.prototype.getSubscription = async () => held()
      PushManager.prototype.subscribe = async (options) => {
        if (refuses) throw new DOMException('no push service', 'AbortError')
        if (options?.userVisibleOnly !== true) throw new DOMException('silent', 'NotAllowedError')
        localStorage.setItem(KEY, JSON.stringify(given))
        const made = held()
        if (!made) throw new Error('not kept')
        return made
      }
    },
    { given: subscription, refuses: fails },
  )
}

const part = (page: Page) => page.getByTestId('push')
const box = (page: Page) =>
  page.getByRole('checkbox', { name: 'Tell this device also when the page is closed' })

test('notices are switched on for a closed page, tried, and switched off', async ({ page }) => {
  await using service = await startPushService()
  await using one = await openPushStage(service)
  await givePushService(page, one.browser)
  const { problems } = await openApp(page, one.here, { path: '/settings' })
  await expect(part(page)).toContainText('Off.')
  await expect(box(page)).not.toBeChecked()
  expect(await axeViolations(page)).toEqual([])
  await box(page).check()
  await expect(part(page)).toContainText('On. 127.0.0.1 carries them')
  await expect(box(page)).toBeChecked()
  await part(page).getByRole('button', { name: 'Send a notice to try it' }).click()
  await expect(page.getByText('127.0.0.1 took it.')).toBeVisible()
  expect(service.pushed.map((pushed) => one.browser.read(pushed).title)).toEqual(['dogwatch'])
  expect(await axeViolations(page)).toEqual([])
  await page.reload()
  await expect(box(page)).toBeChecked()
  await box(page).uncheck()
  await expect(part(page)).toContainText('Off.')
  expect(await one.status()).toEqual({ targets: 0, failing: [] })
  expect(problems).toEqual([])
})

test('notices that do not arrive are told with the reason, and tried again', async ({ page }) => {
  await using service = await startPushService()
  await using one = await openPushStage(service)
  await givePushService(page, one.browser)
  await openApp(page, one.here, { path: '/settings' })
  await box(page).check()
  service.answer = { status: 500 }
  await part(page).getByRole('button', { name: 'Send a notice to try it' }).click()
  const alert = part(page).getByRole('alert')
  await expect(alert).toContainText('Notices do not arrive at 127.0.0.1. It failed there (500).')
  expect(await axeViolations(page)).toEqual([])
  service.answer = { status: 201 }
  await alert.getByRole('button', { name: 'Try again' }).click()
  await expect(alert).toHaveCount(0)
  service.answer = { status: 410 }
  await part(page).getByRole('button', { name: 'Send a notice to try it' }).click()
  await expect(part(page)).toContainText('The push service has ended this: switch it on again.')
  await expect(box(page)).not.toBeChecked()
  service.answer = { status: 201 }
  await box(page).check()
  await expect(part(page)).toContainText('On. 127.0.0.1')
  await expect(part(page)).not.toContainText('has ended')
})

test('a push service that does not answer leaves it off, and says so', async ({ page }) => {
  await using service = await startPushService()
  await using one = await openPushStage(service)
  await givePushService(page, one.browser, true)
  await openApp(page, one.here, { path: '/settings' })
  await box(page).click()
  await expect(part(page).getByRole('alert')).toContainText('push service of this browser')
  await expect(box(page)).not.toBeChecked()
  expect(await axeViolations(page)).toEqual([])
})

test('where the browser moved meanwhile, the server is told with the next page', async ({
  page,
}) => {
  await using service = await startPushService()
  await using one = await openPushStage(service)
  await givePushService(page, one.browser)
  await openApp(page, one.here, { path: '/settings' })
  await box(page).check()
  await expect(part(page)).toContainText('On. 127.0.0.1')
  const moved = { ...one.browser.subscription, endpoint: `${service.origin}/moved` }
  await page.evaluate(
    (held) => localStorage.setItem('test.subscription', JSON.stringify(held)),
    moved,
  )
  // The worker says so to a page that is open.
  const told = page.waitForResponse((response) => response.request().method() === 'PUT')
  await page.evaluate(() =>
    navigator.serviceWorker.dispatchEvent(
      new MessageEvent('message', { data: { type: 'push-changed' } }),
    ),
  )
  await told
  await part(page).getByRole('button', { name: 'Send a notice to try it' }).click()
  await expect.poll(() => service.pushed.map(({ path }) => path)).toEqual(['/moved'])
})

test.describe('where it cannot be', () => {
  const cases = [
    {
      what: 'an address that is not secure',
      why: 'through an SSH port-forward at http://127.0.0.1',
      make: () => Object.defineProperty(window, 'isSecureContext', { get: () => false }),
    },
    {
      what: 'a browser without workers',
      why: 'runs nothing for a page that is closed',
      make: () => {
        Reflect.deleteProperty(Navigator.prototype, 'serviceWorker')
      },
    },
    {
      what: 'a browser without push',
      why: 'add dogwatch to the home screen',
      make: () => {
        Reflect.deleteProperty(window, 'PushManager')
      },
    },
    {
      what: 'a browser that was told no',
      why: 'Its own settings for this address change that.',
      make: () => Object.defineProperty(Notification, 'permission', { get: () => 'denied' }),
    },
  ]
  for (const { what, why, make } of cases) {
    test(`${what} says what to do, and nothing can be switched`, async ({ page }) => {
      await using service = await startPushService()
      await using one = await openPushStage(service)
      await page.addInitScript(make)
      await openApp(page, one.here, { path: '/settings' })
      await expect(part(page)).toContainText(why)
      await expect(box(page)).toBeDisabled()
      await expect(box(page)).not.toBeChecked()
      expect(await axeViolations(page)).toEqual([])
    })
  }
})

test('an address for all notices is set, tried and removed by whoever may', async ({ page }) => {
  await using service = await startPushService()
  await using one = await openPushStage(service)
  await openApp(page, one.here, { path: '/settings' })
  const webhook = page.getByRole('region', { name: 'Notices to an address' })
  const address = webhook.getByLabel('Address')
  await address.fill('http://192.168.0.1/topic')
  await webhook.getByRole('button', { name: 'Post notices there' }).click()
  await expect(webhook.getByRole('alert')).toContainText('must begin with https://')
  expect(await axeViolations(page)).toEqual([])
  await address.fill(`${service.origin}/topic-secret`)
  await webhook.getByRole('button', { name: 'Post notices there' }).click()
  await expect(webhook).toContainText('posted to 127.0.0.1')
  await webhook.getByRole('button', { name: 'Send a notice to try it' }).click()
  await expect.poll(() => service.pushed.map(({ path }) => path)).toEqual(['/topic-secret'])
  expect(await axeViolations(page)).toEqual([])
  await expect(webhook).not.toContainText('topic-secret')
  await webhook.getByRole('button', { name: 'Stop' }).click()
  await expect(address).toHaveValue('')
  const { webhook: left } = (await one.api.get<PushResponse>('/api/push')).json
  expect(left).toBeUndefined()
})

test('a message that is pushed becomes a notice, and a press on it opens its place', async ({
  page,
  context,
}) => {
  await using service = await startPushService()
  await using one = await openPushStage(service)
  await openApp(page, one.here)
  await page.evaluate(() => navigator.serviceWorker.ready)
  const client = await context.newCDPSession(page)
  const registrations: string[] = []
  client.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: all }) => {
    for (const { registrationId } of all) registrations.push(registrationId)
  })
  await client.send('ServiceWorker.enable')
  await expect.poll(() => registrations).not.toEqual([])
  const push = (message: object) =>
    client.send('ServiceWorker.deliverPushMessage', {
      origin: one.here.url,
      registrationId: registrations[0] ?? '',
      data: JSON.stringify(message),
    })
  const notices = () =>
    page.evaluate(async () => {
      const shown = await (await navigator.serviceWorker.ready).getNotifications()
      return shown.map(({ title, body, tag, data }) => ({ title, body, tag, path: data.path }))
    })
  const first = { tag: 'a', title: 'work: permission', body: 'npm test', path: '/settings' }
  await push(first)
  await expect.poll(notices).toEqual([first])
  // A newer word of the same need takes its place, another need stands beside it.
  await push({ ...first, body: 'npm run test' })
  await push({ ...first, tag: 'b', title: 'other: failed' })
  await expect
    .poll(async () => (await notices()).map(({ tag, body }) => `${tag} ${body}`).sort())
    .toEqual(['a npm run test', 'b npm test'])
})
