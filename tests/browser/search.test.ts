import { expect, type Page, test } from 'playwright/test'
import type { SearchResponse } from '../../server/protocol.ts'
import { axeViolations, openApp } from '../support/page.ts'
import { type Server, startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'
import { QUICK_MEMORY, tellStory } from '../support/told-story.ts'
import { WorkingAgent } from '../support/working-agent.ts'

const box = (page: Page) => page.getByRole('searchbox', { name: 'Search everything' })
const hits = (page: Page) => page.locator('.hit')

/** A search looks once at the screens of now: what a page is to find stands there before it asks. */
async function expectFound(server: Server, words: string, count: number): Promise<void> {
  const api = server.api(await server.pair())
  const path = `/api/search?q=${encodeURIComponent(words)}`
  const found = async () => (await api.get<SearchResponse>(path)).json.hits.length
  await expect.poll(found).toBe(count)
}

test('one box finds a live screen, a gone one, a conversation and a prompt, and opens each at its place', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'shell', command: 'printf "a Needle in the hay\\n"; exec cat' })
  await using server = await startServer({ tmux, env: QUICK_MEMORY })
  const memory = await tellStory(tmux, server)
  const { id } = await memory.agent()
  await expectFound(server, 'needle', 1)
  const { problems } = await openApp(page, server)
  await page.getByRole('button', { name: 'Search everything' }).click()
  await expect(box(page)).toBeFocused()
  expect(await axeViolations(page)).toEqual([])

  await page.keyboard.type('needle')
  await expect(hits(page)).toHaveCount(1)
  await expect(hits(page)).toContainText('Now on screen')
  await expect(page.locator('.hit mark')).toHaveText('Needle')
  await hits(page).click()
  await expect(page.locator('.slot:not(.hidden) .title')).toHaveText('shell')

  await page.goBack()
  await expect(box(page)).toHaveValue('needle')
  await expect(hits(page)).toBeFocused()
  await box(page).fill('giraffe')
  await expect(hits(page).first()).toContainText('the giraffe <b>日本語</b> stands here')
  await hits(page).first().click()
  await expect(page).toHaveURL(new RegExp(`/a/${id}/timeline#\\d+\\.\\d+$`))
  const marked = page.locator('.still [aria-current=location]')
  await expect(marked).toHaveText('the giraffe <b>日本語</b> stands here')
  await expect(marked).toBeInViewport()

  await page.goBack()
  await box(page).fill('elephant')
  await hits(page).filter({ hasText: 'Conversation' }).first().click()
  await expect(page).toHaveURL(new RegExp(`/a/${id}/conversation#.+$`))
  const said = page.getByRole('region', { name: 'What was said' })
  await expect(said.locator('.said:focus')).toContainText('the elephant')

  await page.goBack()
  await expect(box(page)).toHaveValue('elephant')
  expect(problems).toEqual([])
})

test('a line that had left the screen is shown above it and marked', async ({ page }) => {
  await using working = await WorkingAgent.start()
  await working.begin()
  const lines = Array.from({ length: 300 }, (_, at) => (at === 150 ? 'a Needle' : `hay ${at}`))
  await working.print(`${lines.join('\r\n')}\r\n`, 'hay 299')
  await working.end()
  const found = async () =>
    (await working.memory.get<SearchResponse>('/api/search?q=needle&kind=snapshot')).json.hits
  await expect.poll(async () => (await found()).length, { timeout: 30_000 }).toBeGreaterThan(0)
  await openApp(page, working.server, { path: '/search?q=needle&kind=snapshot' })
  await hits(page).first().click()
  const marked = page.locator('.still [aria-current=location]')
  await expect(marked).toHaveText('a Needle')
  await expect(marked).toBeInViewport()
  // A look may have met the program in the middle of its lines, but not before these had gone.
  await expect(page.locator('.still')).toContainText('hay 0hay 1hay 2')
  expect(await axeViolations(page)).toEqual([])
})

test('what is found is walked and opened with the keyboard alone', async ({ page }) => {
  await using tmux = await startTmux()
  for (const name of ['one', 'two']) {
    await tmux.newSession({ name, command: `printf "needle ${name}\\n"; exec cat` })
  }
  await using server = await startServer({ tmux })
  await expectFound(server, 'needle', 2)
  await openApp(page, server, { path: '/search?q=needle' })
  await expect(hits(page)).toHaveCount(2)
  await box(page).focus()
  await page.keyboard.press('ArrowDown')
  await expect(hits(page).nth(0)).toBeFocused()
  await page.keyboard.press('End')
  await expect(hits(page).nth(1)).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  await expect(box(page)).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  const name = /needle (one|two)/.exec((await hits(page).nth(1).textContent()) ?? '')?.[1] ?? ''
  await page.keyboard.press('Enter')
  await expect(page.locator('.slot:not(.hidden) .title')).toHaveText(name)
})

test('filters stand in the address, narrow the search, and are taken back by one press', async ({
  page,
}) => {
  await using tmux = await startTmux()
  for (const name of ['one', 'two']) {
    await tmux.newSession({ name, command: `printf "needle ${name}\\n"; exec cat` })
  }
  await using server = await startServer({ tmux })
  await expectFound(server, 'needle', 2)
  await openApp(page, server, { path: '/search?q=needle' })
  await expect(hits(page)).toHaveCount(2)
  await page.getByLabel('Session', { exact: true }).selectOption('one')
  await expect(hits(page)).toHaveCount(1)
  await expect(page).toHaveURL(/session=one/)
  await page.reload()
  await expect(page.getByLabel('Session', { exact: true })).toHaveValue('one')
  await expect(hits(page)).toHaveCount(1)

  await page.getByRole('button', { name: 'Titles' }).click()
  await expect(page.getByRole('heading', { name: /Nothing found for “needle”/ })).toBeVisible()
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('button', { name: 'Search everywhere' }).click()
  await expect(hits(page)).toHaveCount(2)
  await expect(page).toHaveURL(/\/search\?q=needle$/)
  await page.getByRole('button', { name: 'By time' }).click()
  // What was found before midnight stands under another day after it.
  await expect(page.getByRole('heading', { name: /^(Today|Yesterday)$/ }).first()).toBeVisible()
  await page.getByLabel('Time', { exact: true }).selectOption('hour')
  await expect(hits(page)).toHaveCount(2)
  expect(await axeViolations(page)).toEqual([])
})

test('hostile text is looked for and shown as text', async ({ page }) => {
  await using tmux = await startTmux()
  const hostile = '<img src=x onerror=alert(1)>'
  await tmux.newSession({ name: '<b>x</b>', command: `printf '%s\\n' '${hostile}'; exec cat` })
  await using server = await startServer({ tmux })
  await expectFound(server, hostile, 1)
  const { problems } = await openApp(page, server, { path: '/search' })
  let dialogs = 0
  page.on('dialog', (dialog) => {
    dialogs += 1
    void dialog.dismiss()
  })
  await box(page).fill(hostile)
  await expect(hits(page)).toHaveCount(1)
  await expect(page.locator('.hit-text')).toHaveText(hostile)
  await expect(page.locator('.page img')).toHaveCount(0)
  for (const text of ['" OR 1=1 --', '%', '*', '\\', '((', 'NEAR(a b)', "'; DROP TABLE turns;"]) {
    await box(page).fill(text)
    await expect(page.locator('.page')).toContainText(/Nothing found|found in/)
    await expect(page.getByTestId('search-error')).toHaveCount(0)
  }
  expect(dialogs).toBe(0)
  expect(problems).toEqual([])
})

test('a search that fails says so and is tried again; a slow one does not hide what was found', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'one', command: 'printf "needle\\n"; exec cat' })
  await using server = await startServer({ tmux })
  await expectFound(server, 'needle', 1)
  let answer: 'fail' | 'hold' | 'go' = 'fail'
  let release = () => {}
  const held = new Promise<void>((done) => {
    release = done
  })
  await page.route(/\/api\/search\?/, async (route) => {
    if (answer === 'fail') {
      const error = { code: 'busy', message: 'Too many searches run. Try again in a moment.' }
      await route.fulfill({ status: 503, json: { error } })
      return
    }
    if (answer === 'hold') await held
    await route.continue()
  })
  await openApp(page, server, { path: '/search?q=needle' })
  await expect(page.getByTestId('search-error')).toContainText('Too many searches run')
  expect(await axeViolations(page)).toEqual([])
  answer = 'go'
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(hits(page)).toHaveCount(1)

  answer = 'hold'
  await box(page).fill('needl')
  await expect(page.locator('.hits')).toHaveAttribute('aria-busy', 'true')
  await expect(hits(page)).toHaveCount(1)
  release()
  await expect(page.locator('.hits')).toHaveAttribute('aria-busy', 'false')
})

test('more than the first page is listed when asked for', async ({ page }) => {
  await using tmux = await startTmux()
  await using server = await startServer({ tmux })
  const asked: string[] = []
  await page.route(/\/api\/search\?/, async (route) => {
    const limit = new URL(route.request().url()).searchParams.get('limit') ?? ''
    asked.push(limit)
    const json: SearchResponse = {
      hits: Array.from({ length: Number(limit) }, (_, line) => ({
        kind: 'snapshot',
        agent: 'a1',
        agentKind: 'claude',
        session: 'work',
        repository: '/src',
        at: Date.now() - line * 60_000,
        ref: '1',
        line,
        text: `needle ${line}`,
        ranges: [[0, 6]],
      })),
      more: true,
      took: 3,
    }
    await route.fulfill({ json })
  })
  await openApp(page, server, { path: '/search?q=needle' })
  await expect(hits(page)).toHaveCount(50)
  await page.getByRole('button', { name: 'Show more' }).click()
  await expect(hits(page)).toHaveCount(200)
  await expect(page.getByRole('button', { name: 'Show more' })).toHaveCount(0)
  expect(asked).toEqual(['50', '200'])
})
