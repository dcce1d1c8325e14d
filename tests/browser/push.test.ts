import { type BrowserContext, expect, type Page, test, type Worker } from 'playwright/test'
import type { PushResponse } from '../../server/protocol.ts'
import { axeViolations, openApp } from '../support/page.ts'
import { givePushService } from '../support/push-page.ts'
import { startPushService } from '../support/push-service.ts'
import { openPushStage } from '../support/push-stage.ts'

// What is pushed comes to the worker.
test.use({ serviceWorkers: 'allow', permissions: ['notifications'] })

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

test('where the push service moves a browser, a page tells the server; without one a notice asks for it', async ({
  page,
  context,
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
  const worker = await workerOf(context)
  await worker.evaluate(movePush)
  await told
  await part(page).getByRole('button', { name: 'Send a notice to try it' }).click()
  await expect.poll(() => service.pushed.map(({ path }) => path)).toEqual(['/moved'])

  await page.goto('about:blank')
  await expect.poll(() => worker.evaluate(countPages)).toBe(0)
  await worker.evaluate(movePush)
  await expect
    .poll(() => worker.evaluate(bodiesShown))
    .toEqual(['Open dogwatch once, so that notices go on.'])
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

test('a message that is pushed becomes one notice for each need, and a press on it leads there', async ({
  page,
  context,
}) => {
  await using service = await startPushService()
  await using one = await openPushStage(service)
  await openApp(page, one.here)
  await page.evaluate(() => navigator.serviceWorker.ready)
  const push = await pusher(page, one.here.url)
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
  await push({ ...first, tag: 'b', title: 'other: failed', path: '/s/other' })
  await expect
    .poll(async () => (await notices()).map(({ tag, body }) => `${tag} ${body}`).sort())
    .toEqual(['a npm run test', 'b npm test'])

  const worker = await workerOf(context)
  await worker.evaluate(playPerson)
  const press = (tag: string) => worker.evaluate(pressNotice, tag)
  await press('a')
  await expect(page).toHaveURL(/\/settings$/)
  await expect.poll(async () => (await notices()).map(({ tag }) => tag)).toEqual(['b'])
  // No page is open: one is opened at the place.
  await page.goto('about:blank')
  await expect.poll(() => worker.evaluate(countPages)).toBe(0)
  await press('b')
  await expect
    .poll(() => worker.evaluate(() => (globalThis as unknown as Played).opened))
    .toEqual(['/s/other'])
})

/** The worker may serve the page before the test hears of it. */
async function workerOf(context: BrowserContext): Promise<Worker> {
  await expect.poll(() => context.serviceWorkers().length).toBe(1)
  const [worker] = context.serviceWorkers()
  if (!worker) throw new Error('there is no worker')
  return worker
}

function movePush() {
  const worker = globalThis as unknown as EventTarget & {
    ExtendableEvent: new (name: string) => Event
  }
  worker.dispatchEvent(new worker.ExtendableEvent('pushsubscriptionchange'))
}

async function bodiesShown() {
  const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration }
  return (await registration.getNotifications()).map(({ body }) => body)
}

interface Played {
  opened: string[]
}

/** What a browser allows to a person's press alone: pages come to the front, and are opened. */
function playPerson() {
  const worker = globalThis as unknown as Played & {
    WindowClient: { prototype: { focus: unknown } }
    clients: { openWindow: unknown }
  }
  worker.opened = []
  worker.WindowClient.prototype.focus = async () => undefined
  worker.clients.openWindow = async (path: string) => {
    worker.opened.push(path)
  }
}

async function countPages() {
  const { clients } = globalThis as unknown as { clients: { matchAll(): Promise<unknown[]> } }
  return (await clients.matchAll()).length
}

async function pressNotice(tag: string) {
  const worker = globalThis as unknown as EventTarget & {
    registration: ServiceWorkerRegistration
    NotificationEvent: new (name: string, init: object) => Event
  }
  const [notification] = await worker.registration.getNotifications({ tag })
  worker.dispatchEvent(new worker.NotificationEvent('notificationclick', { notification }))
}

/** Delivers what a push service would have carried, decrypted. */
async function pusher(page: Page, origin: string) {
  const client = await page.context().newCDPSession(page)
  let registrationId = ''
  client.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    registrationId = registrations.at(-1)?.registrationId ?? registrationId
  })
  await client.send('ServiceWorker.enable')
  await expect.poll(() => registrationId).not.toBe('')
  return (message: object) =>
    client.send('ServiceWorker.deliverPushMessage', {
      ...{ origin, registrationId, data: JSON.stringify(message) },
    })
}
