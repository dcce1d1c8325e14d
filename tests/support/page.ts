import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Locator, type Page } from 'playwright/test'
import type { PairTicketResponse, Scope } from '../../server/protocol.ts'
import type { Server } from './server.ts'

export interface AppOptions {
  /** What the page's device may do. Default: everything. */
  scope?: Scope
  /** Path to open. Default: the list. */
  path?: string
}

/** What a page needs of a server. */
export type PageServer = Pick<Server, 'api' | 'dataDir' | 'url'>

/** A fresh one-use ticket, as `dogwatch url` makes it. */
export async function makeTicket(server: PageServer, scope: Scope = 'full'): Promise<string> {
  const local = readFileSync(join(server.dataDir, 'local-token'), 'utf8')
  const made = await server.api(local).post<PairTicketResponse>('/api/tickets', { scope })
  return made.json.ticket
}

/**
 * Pairs the page with the server through its link and waits until it is live. Returns what went
 * wrong in the page so far: uncaught errors and refusals of its own security policy.
 */
export async function openApp(
  page: Page,
  server: PageServer,
  options: AppOptions = {},
): Promise<{ problems: string[] }> {
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(`${error}`))
  page.on('console', (message) => {
    if (/Content Security Policy|is not allowed/i.test(message.text())) {
      problems.push(message.text())
    }
  })
  const ticket = await makeTicket(server, options.scope)
  await page.goto(`${server.url}${options.path ?? '/'}#k=${ticket}`)
  await expectLive(page)
  return { problems }
}

/** Waits until the page's own connection is open. */
export async function expectLive(page: Page): Promise<void> {
  await expect(page.getByTestId('link')).toHaveClass(/\blive\b/, { timeout: 20_000 })
}

/** The row of a session by its name as shown. */
export function row(page: Page, name: string): Locator {
  return page.locator(`.row:has(.name bdi[title=${JSON.stringify(name)}])`)
}

/** The names of all rows that are drawn, in their order. */
export function rowNames(page: Page): Promise<string[]> {
  return page.locator('.row .name bdi').allTextContents()
}

/** Waits until nothing moves or fades any more, but for what never ends. */
export async function expectStill(page: Page): Promise<void> {
  await page.evaluate(() => {
    const ending = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
    return Promise.allSettled(ending.map(({ finished }) => finished)).then(() => {})
  })
}

/** What an accessibility check finds wrong with the page as it is: rule, and where. */
export async function axeViolations(page: Page): Promise<string[]> {
  const look = async () => {
    // What fades in has no contrast yet.
    await expectStill(page)
    const { violations } = await new AxeBuilder({ page }).analyze()
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(' ')}`),
    )
  }
  const found = await look()
  // Something may have begun to fade in while the check went through the page; a fault stays.
  return found.length > 0 ? look() : found
}

/** Holds back the requests whose address matches, until the result is called. */
export async function holdBack(page: Page, address: string): Promise<() => void> {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route(address, async (route) => {
    await released
    await route.continue()
  })
  return release
}

/**
 * Whether a button has been pressed, for an answer that is not to be there before: much is asked
 * again by itself, and an answer takes the button away.
 */
export async function pressOf(button: Locator): Promise<() => Promise<boolean>> {
  await button.evaluate((element) => {
    const { dataset } = element.ownerDocument.documentElement
    element.addEventListener('click', () => (dataset.pressed = ''), { capture: true })
  })
  const look = () => 'pressed' in document.documentElement.dataset
  // A page that has closed is asked nothing more.
  return () =>
    button
      .page()
      .evaluate(look)
      .catch(() => false)
}
