import { expect, type Page, test } from 'playwright/test'
import { FakeAgent } from '../support/fake-agent.ts'
import { axeViolations, openApp, row } from '../support/page.ts'
import { type Point, touch } from '../support/phone.ts'
import { startServer } from '../support/server.ts'
import { captured, grid, openTerminal } from '../support/terminal-tab.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'

const boxOf = (page: Page) =>
  page.getByRole('textbox', { name: 'Message to the program' }).filter({ visible: true })
const title = (page: Page) => page.locator('.slot:not(.hidden) .title')

/** A finger that moves over the page. */
function sweep(page: Page, from: { x: number; y: number }, by: { x: number; y: number }) {
  const steps = Array.from({ length: 11 }, (_, step): Point[] => [
    [from.x + (by.x * step) / 10, from.y + (by.y * step) / 10],
  ])
  return touch(page, steps)
}

async function startAsking(tmux: Tmux, ...names: string[]): Promise<void> {
  for (const name of names) {
    const agent = new FakeAgent(tmux, 'claude', name)
    await agent.start()
    agent.show('03-permission-bash')
  }
}

test('a sweep to the side goes to the next that needs somebody, and back', async ({ page }) => {
  await using tmux = await startTmux()
  await startAsking(tmux, 'one', 'two', 'three')
  await using server = await startServer({ tmux })
  await openApp(page, server)
  for (const name of ['one', 'two', 'three']) {
    await expect(row(page, name).getByRole('button', { name: 'Allow once' })).toBeVisible()
  }
  await row(page, 'one').getByRole('link').tap()
  await expect(title(page)).toHaveText('one')
  const seen: (string | null)[] = [await title(page).textContent()]
  // The head has nothing of its own that moves sideways.
  for (let count = 0; count < 2; count += 1) {
    await sweep(page, { x: 250, y: 30 }, { x: -150, y: 5 })
    await expect(title(page)).not.toHaveText(seen.at(-1) ?? '')
    seen.push(await title(page).textContent())
  }
  expect([...seen].sort()).toEqual(['one', 'three', 'two'])
  await sweep(page, { x: 100, y: 30 }, { x: 150, y: 5 })
  await expect(title(page)).toHaveText(seen[1] ?? '')
  // Too short, and across: neither.
  await sweep(page, { x: 250, y: 30 }, { x: -50, y: 0 })
  await sweep(page, { x: 250, y: 30 }, { x: -120, y: 110 })
  await expect(title(page)).toHaveText(seen[1] ?? '')
  await page.getByRole('button', { name: 'Next that needs you' }).filter({ visible: true }).tap()
  await expect(title(page)).toHaveText(seen[2] ?? '')
})

test('over a screen that is wider than the phone a finger pans first, and only then goes on', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await startAsking(tmux, 'one', 'two')
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await expect(row(page, 'two').getByRole('button', { name: 'Allow once' })).toBeVisible()
  await row(page, 'one').getByRole('link').tap()
  await expect(page.locator('.slot:not(.hidden) .xterm-rows')).toContainText('Do you want')
  const left = async () =>
    (await page.locator('.slot:not(.hidden) .xterm-screen').boundingBox())?.x ?? 0
  const before = await left()
  const name = (await title(page).textContent()) ?? ''
  await sweep(page, { x: 300, y: 300 }, { x: -250, y: 0 })
  await expect.poll(left).toBeLessThan(before - 100)
  await expect(title(page)).toHaveText(name)
  await expect(async () => {
    await sweep(page, { x: 300, y: 300 }, { x: -250, y: 0 })
    await expect(title(page)).not.toHaveText(name, { timeout: 500 })
  }).toPass({ timeout: 20_000 })
})

test('an earlier message fills the box and is not sent; a password is not among them', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', cols: 60, rows: 20 })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  const send = async (text: string) => {
    await boxOf(page).fill(text)
    // The receipt of what was sent before goes with the first letter of something else.
    await expect(page.getByText('Submitted.')).toHaveCount(0)
    await page.getByRole('button', { name: 'Send', exact: true }).tap()
    await expect(page.getByText('Submitted.')).toBeVisible({ timeout: 20_000 })
  }
  await send('echo first message')
  await send('hunter2')
  await page.reload()
  await page.getByRole('button', { name: 'Earlier messages' }).tap()
  const list = page.getByRole('region', { name: 'Earlier messages' })
  await expect(list.getByRole('listitem')).toHaveText(['echo first message'])
  expect(await axeViolations(page)).toEqual([])
  await list.getByRole('button', { name: 'echo first message' }).tap()
  await expect(boxOf(page)).toHaveValue('echo first message')
  await expect(list).toHaveCount(0)
  // What was submitted has run by then, or will: the shell may have been slow to start.
  const answers = async () =>
    (await captured(tmux, 'work')).filter((row) => row === 'first message')
  await expect.poll(answers).toHaveLength(1)
  await boxOf(page).fill('')
  await page.getByRole('button', { name: 'Earlier messages' }).tap()
  await page.getByRole('button', { name: 'Forget them all' }).tap()
  await page.getByRole('button', { name: 'Earlier messages' }).tap()
  await expect(list).toContainText('Messages that you send')
})

test('what was sent before anything was shown is not among earlier messages', async ({ page }) => {
  await using tmux = await startTmux()
  const asking = 'printf "Passphrase: "; read -r line; echo "read $line"; exec cat'
  await tmux.newSession({ name: 'work', cols: 60, rows: 20, command: asking })
  await using server = await startServer({ tmux })
  // A slow link: what the terminal shows is still on its way.
  await page.routeWebSocket(/\/ws\/terminal\//, (socket) => {
    const upstream = socket.connectToServer()
    upstream.onMessage((data) => {
      if (typeof data === 'string') socket.send(data)
    })
  })
  await openApp(page, server)
  await row(page, 'work').getByRole('link').tap()
  await boxOf(page).fill('correct horse battery staple')
  await page.getByRole('button', { name: 'Send', exact: true }).tap()
  await expect.poll(() => captured(tmux, 'work')).toContain('read correct horse battery staple')
  await expect(boxOf(page)).toHaveValue('')
  await page.getByRole('button', { name: 'Earlier messages' }).tap()
  await expect(page.getByRole('region', { name: 'Earlier messages' })).toContainText(
    'Messages that you send',
  )
})

test('a draft outlives reload, our restart and a nap, and is never sent by itself', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', cols: 60, rows: 20, command: 'exec cat' })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await boxOf(page).fill('not yet\nready')
  const prompts: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/prompt')) prompts.push(request.url())
  })
  await page.reload()
  await expect(boxOf(page)).toHaveValue('not yet\nready')
  // The code of the terminal may come after that of the box.
  await expect(grid(page)).toBeVisible()
  await server.stop()
  await expect(page.locator('.term-view').filter({ visible: true })).toHaveClass(/stale/)
  await server.start()
  await expect(page.locator('.term-view').filter({ visible: true })).not.toHaveClass(/stale/, {
    timeout: 20_000,
  })
  await expect(boxOf(page)).toHaveValue('not yet\nready')
  expect(prompts).toEqual([])
  expect(await tmux.run('capture-pane', '-p', '-t', 'work')).not.toContain('not yet')
})

test('each session has a draft of its own', async ({ page }) => {
  await using tmux = await startTmux()
  for (const name of ['one', 'two']) {
    await tmux.newSession({ name, cols: 60, rows: 20, command: 'exec cat' })
  }
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'one')
  await boxOf(page).fill('for one')
  const goTo = async (name: string) => {
    await page.getByRole('button', { name: 'Back to the list' }).filter({ visible: true }).tap()
    await row(page, name).getByRole('link').tap()
    await expect(title(page)).toHaveText(name)
  }
  await goTo('two')
  await expect(boxOf(page)).toHaveValue('')
  await boxOf(page).fill('for two')
  await page.reload()
  await expect(boxOf(page)).toHaveValue('for two')
  await goTo('one')
  await expect(boxOf(page)).toHaveValue('for one')
})

for (const [width, height] of [
  [390, 844],
  [320, 568],
  [844, 390],
  [390, 400],
] as const) {
  test(`an asking session has everything under the thumb at ${width} by ${height}`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height })
    await using tmux = await startTmux()
    await startAsking(tmux, 'a-rather-long-name-of-a-session', 'other')
    await using server = await startServer({ tmux })
    await openApp(page, server)
    await expect(row(page, 'other').getByRole('button', { name: 'Allow once' })).toBeVisible()
    await row(page, 'other').getByRole('link').tap()
    await expect(boxOf(page)).toBeVisible()
    await expect(page.locator('.slot:not(.hidden) .xterm-rows')).toContainText('Do you want')
    // Parts that load when they are first wanted take room from the others.
    await expect(async () => {
      const terminal = await page.locator('.slot:not(.hidden) > .term').boundingBox()
      expect(terminal?.height).toBeGreaterThan(height / 4)
      for (const name of [
        'Allow once',
        'Deny',
        'Dismiss',
        'Next that needs you',
        'Attach a file',
      ]) {
        const button = page.getByRole('button', { name }).filter({ visible: true })
        const box = await button.boundingBox()
        expect(box?.height, name).toBeGreaterThanOrEqual(43.5)
        expect(box?.width, name).toBeGreaterThanOrEqual(43.5)
        expect(box?.x, name).toBeGreaterThanOrEqual(0)
        expect((box?.x ?? 0) + (box?.width ?? 0), name).toBeLessThanOrEqual(width)
        expect((box?.y ?? 0) + (box?.height ?? 0), name).toBeLessThanOrEqual(height)
      }
    }).toPass()
    expect(await axeViolations(page)).toEqual([])
  })
}
