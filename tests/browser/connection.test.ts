import { expect, test } from 'playwright/test'
import { axeViolations, expectLive, openApp, pressOf, row } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { sleepAndWake } from '../support/sleep.ts'
import { openSession } from '../support/terminal-tab.ts'
import { startTmux } from '../support/tmux.ts'

test('while the server is away the page says so with its age, and returns by itself', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'stays', command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await openSession(page, 'stays')
  await expect(page.getByRole('textbox', { name: 'Message to the program' })).toBeVisible()
  await server.stop()
  const banner = page.getByTestId('link-banner')
  await expect(banner).toContainText('No connection to dogwatch')
  await expect(banner).toContainText(/[4-9] s ago/)
  await expect(page.getByTestId('link')).toHaveClass(/\boff\b|\bpause\b/)
  await expect(row(page, 'stays').locator('.glyph')).toHaveText('◌')
  await expect(page.getByRole('status').filter({ hasText: 'is lost' })).toHaveCount(1)
  expect(await axeViolations(page)).toEqual([])

  await tmux.newSession({ name: 'made meanwhile', command: 'cat' })
  await server.start()
  await expectLive(page)
  await expect(banner).toHaveCount(0)
  await expect(row(page, 'made meanwhile')).toBeVisible()
  await expect(row(page, 'stays').getByRole('link')).toHaveAttribute('aria-current', 'page')
  await expect(row(page, 'stays').locator('.glyph')).not.toHaveText('◌')
})

test('"Try now" does not wait for the next rung', async ({ page }) => {
  await using server = await startServer()
  await openApp(page, server)
  // Nobody answers the page; the server itself is there again before it is pressed.
  let isPressed = async () => false
  await page.route('**/api/ws-ticket?*', async (route) => {
    if (await isPressed()) await route.continue()
    else await route.abort()
  })
  await server.stop()
  await server.start()
  // Six attempts have failed: the next waits are longer than what follows.
  await expect(page.getByTestId('link')).toHaveText(/reconnecting in ([6-9]|1\d) s/, {
    timeout: 40_000,
  })
  const tryNow = page.getByRole('button', { name: 'Try now' })
  isPressed = await pressOf(tryNow)
  await tryNow.click()
  await expectLive(page)
})

test('offline is said, and online reconnects at once', async ({ page, context }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'stays', command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await context.setOffline(true)
  await server.stop()
  await expect(page.getByTestId('link')).toHaveText('offline')
  await server.start()
  await context.setOffline(false)
  await expectLive(page)
  await expect(row(page, 'stays')).toBeVisible()
})

for (const [left, title] of [
  ['nothing', 'a page that slept for half an hour finds out without any event, and catches up'],
  ['a frame', 'what was on its way to a page that slept is no sign of life once it wakes'],
] as const) {
  test(title, async ({ page }) => {
    await using tmux = await startTmux()
    await tmux.newSession({ name: 'before', command: 'cat' })
    await using server = await startServer({ tmux })
    await page.clock.install()
    let sockets = 0
    let deaf = false
    const missed: (string | Buffer)[] = []
    // The connection stays open and silent, as one does whose other end went away in the sleep.
    await page.routeWebSocket(/\/ws\/feed$/, (socket) => {
      sockets += 1
      const mine = sockets
      const upstream = socket.connectToServer()
      upstream.onMessage((message) => {
        if (!deaf || mine > 1) socket.send(message)
        else missed.push(message)
      })
      socket.onMessage((message) => {
        upstream.send(message)
        // It had come before the other end went away, and is read only now.
        if (deaf && mine === 1 && left === 'a frame') socket.send(missed[0] ?? '')
      })
    })
    await openApp(page, server)
    await expect(row(page, 'before')).toBeVisible()
    deaf = true
    await tmux.newSession({ name: 'while asleep', command: 'cat' })
    await expect.poll(() => missed.some((one) => `${one}`.includes('while asleep'))).toBe(true)
    await sleepAndWake(page, () => sockets > 1)
    await expect(row(page, 'while asleep')).toBeVisible()
  })
}

test('a terminal that followed the session to another window shows that one after a reconnect', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const session = await tmux.newSession({ name: 'work', command: 'echo window one; exec cat' })
  await tmux.run('new-window', '-d', '-t', `${session}:`, '-n', 'two', 'echo window two; exec cat')
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await row(page, 'work').getByRole('link').click()
  const screen = page.locator('.slot .xterm-rows')
  await expect(screen).toContainText('window one')
  await tmux.run('select-window', '-t', `${session}:two`)
  await expect(screen).toContainText('window two')
  const tab = page.getByRole('navigation', { name: 'Windows' }).getByRole('button', { name: 'two' })
  await expect(tab).toHaveAttribute('aria-current', 'true')

  await server.stop()
  await expect(page.getByTestId('link-banner')).toBeVisible()
  await server.start()
  await expectLive(page)
  // The terminal comes back by itself, and later keys would wait for it, but not without end.
  await expect(page.locator('.term-view')).not.toHaveClass(/stale/, { timeout: 20_000 })
  await page.locator('.term-slot').click()
  await page.keyboard.type('typed here')
  await expect
    .poll(() => tmux.run('capture-pane', '-p', '-t', `${session}:two`), { timeout: 20_000 })
    .toContain('typed here')
  await expect(screen).toContainText('typed here')
  await expect(tab).toHaveAttribute('aria-current', 'true')
})
