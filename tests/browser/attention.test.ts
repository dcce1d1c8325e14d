import { type Browser, expect as expectSoon, type Page, test } from 'playwright/test'
import type { AttentionResponse } from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { axeViolations, expectLive, openApp, row, rowNames } from '../support/page.ts'
import { type Server, startServer } from '../support/server.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'

/** Real programs are found and read here, and a busy machine takes its time. */
const expect = expectSoon.configure({ timeout: 30_000 })
test.setTimeout(180_000)

let tmux: Tmux
let server: Server

test.beforeEach(async () => {
  tmux = await startTmux()
  await tmux.newSession({ name: 'plain', command: 'exec cat' })
  server = await startServer({ tmux })
})

test.afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await tmux[Symbol.asyncDispose]()
})

async function start(name: string, screen: string): Promise<FakeAgent> {
  const fake = new FakeAgent(tmux, 'claude', name)
  await fake.start()
  fake.show(screen)
  return fake
}

/** A second device of the same person. */
async function otherPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  await openApp(page, server)
  return page
}

const when = (page: Page, name: string) => row(page, name).locator('.when')
const heading = (page: Page) => page.locator('.list .heading h2').first()

test('a need is answered, put aside and dismissed on one page, and the other one follows', async ({
  page,
  browser,
}) => {
  const fake = await start('work', '03-permission-bash')
  const { problems } = await openApp(page, server)
  const other = await otherPage(browser)
  for (const one of [page, other]) {
    await expect(when(one, 'work')).toHaveText(/^permission/)
    await expect(one).toHaveTitle(/^\(1\) /)
    await expect(heading(one)).toHaveText('Needs you 1')
  }
  await row(page, 'work').getByRole('combobox', { name: 'Snooze' }).selectOption('1 hour')
  for (const one of [page, other]) {
    await expect(row(one, 'work')).toContainText(/Snoozed until (\w+ )?\d/)
    await expect(one).toHaveTitle(/^(?!\()/)
    await expect(heading(one)).toHaveText('Put aside 1')
  }
  expect(await axeViolations(page)).toEqual([])
  await row(other, 'work').getByRole('button', { name: 'Bring back' }).click()
  // Under a pointer the list stands still.
  await other.mouse.move(900, 500)
  for (const one of [page, other]) await expect(heading(one)).toHaveText('Needs you 1')

  // By the clock it comes back by itself.
  const api = server.api(await server.pair())
  const [item] = (await api.get<AttentionResponse>('/api/attention')).json.items
  await api.post(`/api/attention/${item?.id}/snooze`, { until: Date.now() + 12_000 })
  await expect(heading(page)).toHaveText('Put aside 1')
  for (const one of [page, other]) await expect(heading(one)).toHaveText('Needs you 1')

  await row(other, 'work').getByRole('button', { name: 'Allow once' }).click()
  await other.mouse.move(900, 500)
  await expect.poll(() => fake.typed()).toBe('\r')
  fake.show('06-idle-after-turn')
  for (const one of [page, other]) await expect(when(one, 'work')).toHaveText(/^your turn/)
  await row(page, 'work').getByRole('button', { name: 'Dismiss' }).click()
  await page.mouse.move(900, 500)
  for (const one of [page, other]) {
    await expect(one).toHaveTitle(/^(?!\()/)
    await expect(when(one, 'work')).toHaveText(/^idle/)
  }
  expect(problems).toEqual([])
  await other.context().close()
})

test('needs stand by reason, are walked through, and outlive the agent and our own restart', async ({
  page,
}) => {
  const done = await start('done', '02-working-stream')
  await openApp(page, server)
  await expect(when(page, 'done')).toHaveText(/^working/)
  done.show('06-idle-after-turn')
  await expect(when(page, 'done')).toHaveText(/^your turn/)
  const said = page.getByTestId('attention')
  await expect(said).toHaveText(/^done, Claude Code: your turn/)
  const asking = await start('asks', '03-permission-bash')
  await expect
    .poll(() => rowNames(page).then((names) => names.slice(0, 2)))
    .toEqual([...['asks', 'done']])
  await expect(said).toHaveText(/^asks, Claude Code: Permission/)
  await expect(page).toHaveTitle(/^\(2\) /)
  const shapes = page.locator('.row-main > .glyph')
  await expect(shapes.nth(0)).toHaveText('◆')
  await expect(shapes.nth(1)).toHaveText('◐')
  // Nobody has looked at the terminal: it is not seen. The next press leads there, and it is.
  await page.keyboard.press('n')
  await expect(page.locator('.slot:not(.hidden) .head .title')).toHaveText('asks')
  await expect(page.locator('.slot:not(.hidden) .ask-bar')).toContainText(
    'Waiting for your permission',
  )
  const api = server.api(await server.pair())
  const items = async () => (await api.get<AttentionResponse>('/api/attention')).json.items
  await expect
    .poll(async () => (await items()).map(({ seenAt }) => seenAt !== undefined))
    .toEqual([true, false])
  await page.getByRole('button', { name: 'Next that needs you' }).click()
  await expect(page.locator('.slot:not(.hidden) .head .title')).toHaveText('done')
  await expect(page.locator('.slot:not(.hidden) .ask-bar')).toContainText('It is your turn')
  expect(await axeViolations(page)).toEqual([])

  for (const fake of [done, asking]) process.kill(await fake.pid(), 'SIGKILL')
  await expect(page.locator('.row a[href^="/a/"]')).toHaveCount(2)
  await expect
    .poll(() => rowNames(page).then((names) => names.slice(0, 2)))
    .toEqual([...['asks', 'done']])
  await server.kill9()
  await server.start()
  await expectLive(page)
  await expect(heading(page)).toHaveText('Needs you 2')
  await expect.poll(() => rowNames(page)).toEqual(['asks', 'done', 'plain'])
  await row(page, 'asks').locator('.name').click()
  await expect(page).toHaveURL(/\/a\/.*\/timeline$/)
  await row(page, 'asks').getByRole('button', { name: 'Dismiss' }).click()
  await page.mouse.move(900, 500)
  await expect(heading(page)).toHaveText('Needs you 1')
})

test('who waits longest stands first, or who began last where that is set, on every page', async ({
  page,
  browser,
}) => {
  const fakes = [
    await start('early', '02-working-stream'),
    await start('late', '02-working-stream'),
  ]
  const { problems } = await openApp(page, server)
  for (const [index, name] of ['early', 'late'].entries()) {
    await expect(when(page, name)).toHaveText(/^working/)
    fakes[index]?.show('06-idle-after-turn')
    await expect(when(page, name)).toHaveText(/^your turn/)
  }
  const names = async (one: Page) => (await rowNames(one)).slice(0, 2)
  await expect.poll(() => names(page)).toEqual(['early', 'late'])
  const other = await otherPage(browser)
  await other.getByRole('button', { name: 'Settings' }).click()
  const needs = other.getByRole('region', { name: 'Who needs you' })
  await needs.getByLabel('Who began to wait last stands first').check()
  await other.getByRole('button', { name: 'Save' }).click()
  await expect(other.getByText('Settings saved.')).toBeVisible()
  for (const one of [page, other]) {
    await expect.poll(() => names(one)).toEqual(['late', 'early'])
  }
  const api = server.api(await server.pair())
  const { json } = await api.get<AttentionResponse>('/api/attention')
  expect(json.items.map(({ since }) => since)).toEqual(
    json.items.map(({ since }) => since).sort((a, b) => b - a),
  )
  expect(problems).toEqual([])
  await other.context().close()
})

test('a press on a row that needs somebody opens it, wherever on the row it falls', async ({
  page,
}) => {
  const fake = await start('work', '02-working-stream')
  await openApp(page, server)
  await expect(when(page, 'work')).toHaveText(/^working/)
  fake.show('06-idle-after-turn')
  await expect(when(page, 'work')).toHaveText(/^your turn/)
  await row(page, 'work').locator('.row-main').click()
  await expect(page).toHaveURL(/\/s\//)
})

test('who may only look sees what waits and cannot act upon it', async ({ page }) => {
  await start('work', '03-permission-bash')
  await openApp(page, server, { scope: 'watch' })
  await expect(when(page, 'work')).toHaveText(/^permission/)
  await row(page, 'work').locator('.name').click()
  await expect(page.locator('.ask-bar')).toContainText('Waiting for your permission')
  for (const name of ['Allow once', 'Deny', 'Dismiss']) {
    await expect(page.getByRole('button', { name })).toHaveCount(0)
  }
  await expect(page.getByRole('combobox', { name: 'Snooze' })).toHaveCount(0)
})
