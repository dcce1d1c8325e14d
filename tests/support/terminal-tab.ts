import { expect, type Locator, type Page } from 'playwright/test'
import type { Scope } from '../../server/protocol.ts'
import { expectLive, makeTicket, row } from './page.ts'
import type { Server } from './server.ts'
import type { Tmux } from './tmux.ts'

/** How long a screen may take to be right again, milliseconds; a noisy machine is no failure. */
const SETTLE_MS = 15_000

/** Pairs the page and opens the session of that name. `url` may name a relay to the server. */
export async function openTerminal(
  page: Page,
  server: Server,
  name: string,
  options: { scope?: Scope; url?: string } = {},
): Promise<void> {
  const ticket = await makeTicket(server, options.scope)
  await page.goto(`${options.url ?? server.url}/#k=${ticket}`)
  await expectLive(page)
  await openSession(page, name)
}

/** Opens one more session in a page that is paired. */
export async function openSession(page: Page, name: string): Promise<void> {
  await row(page, name).locator('a').first().click()
  // Not that of the session before, which is in sight until this one is.
  const slot = page.locator('.slot').and(page.getByRole('region', { name, exact: true }))
  await expect(slot.locator('.xterm-rows')).toBeVisible()
  await expect(slot.locator('.term-view')).not.toHaveClass(/stale/)
  // Letters that come late have the grid measured and drawn anew: cells are where they stay after it.
  await page.evaluate(async () => {
    await document.fonts.load('13px "Dogwatch Mono"')
    await document.fonts.ready
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame)
  })
}

/** The grid of the terminal in sight. */
export function grid(page: Page): Locator {
  return page.locator('.term-host:visible .xterm-rows')
}

/** Clicks into the grid, on the cell at a column and a row counted from 0. */
export async function clickCell(page: Page, col: number, row: number, count = 1): Promise<void> {
  const box = await grid(page).boundingBox()
  const total = await grid(page).locator('> div').count()
  if (!box) throw new Error('no terminal is in sight')
  const height = box.height / total
  await page.mouse.click(box.x + (col + 0.5) * height * 0.455, box.y + (row + 0.5) * height, {
    clickCount: count,
  })
}

/** Rows as they are drawn, blanks at their ends removed. */
export async function rows(page: Page, at: Locator = grid(page)): Promise<string[]> {
  const texts = await at.locator('> div').allTextContents()
  return texts.map((text) => text.replaceAll('\u00a0', ' ').trimEnd())
}

/** What tmux says the pane shows. */
export async function captured(tmux: Tmux, target: string): Promise<string[]> {
  const text = await tmux.run('capture-pane', '-p', '-t', target)
  return text.split('\n').map((row) => row.trimEnd())
}

/**
 * The terminals of the pages' tmux clients, once there are so many. A page is ready before its client
 * has attached; where people have clients of their own, these are counted too.
 */
export async function attached(tmux: Tmux, count = 1): Promise<string[]> {
  const ttys = async () => {
    const names = await tmux.run('list-clients', '-F', '#{client_tty}')
    // The hub's control client has none.
    return names.split('\n').filter((name) => name.startsWith('/dev/'))
  }
  await expect.poll(ttys, { message: 'clients of the pages' }).toHaveLength(count)
  return ttys()
}

/** Waits until the page's screen is the pane's. The session must have one pane and a status line. */
export async function expectSameScreen(page: Page, tmux: Tmux, target: string): Promise<void> {
  await expect(async () => {
    const drawn = await rows(page)
    const wanted = await captured(tmux, target)
    while (wanted.length < drawn.length - 1) wanted.push('')
    expect(drawn.slice(0, -1)).toEqual(wanted)
  }).toPass({ timeout: SETTLE_MS })
}

/** Waits until some row of the page holds the text. */
export async function expectRow(page: Page, text: string | RegExp): Promise<void> {
  await expect
    .poll(async () => (await rows(page)).some((row) => row.match(text) !== null), {
      timeout: SETTLE_MS,
      message: `a row with ${text}`,
    })
    .toBe(true)
}
