import type { Page } from 'playwright/test'
import type { PushBrowser } from './push-service.ts'

/**
 * Chromium has no push service here: what it would get from one is put in its place. All else is the
 * browser's own. `fails`: that service does not answer.
 */
export async function givePushService(page: Page, { subscription }: PushBrowser, fails = false) {
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
