import { expect, test } from 'playwright/test'
import { expectLive, row } from '../support/page.ts'
import { startProxy } from '../support/proxy.ts'
import { newRecorder } from '../support/recorder.ts'
import { startServer } from '../support/server.ts'
import { sleepAndWake } from '../support/sleep.ts'
import { expectSameScreen, grid, openTerminal } from '../support/terminal-tab.ts'
import { STEADY_NAMES, startTmux } from '../support/tmux.ts'

test('a phone that slept for half an hour is back in three seconds, told by no event of it', async ({
  page,
}) => {
  await using tmux = await startTmux(STEADY_NAMES)
  const size = { cols: 60, rows: 20 }
  await tmux.newSession({ name: 'work', ...size, command: 'echo before; exec cat' })
  const sizeOf = () =>
    tmux.run('display-message', '-p', '-t', 'work', '#{window_width}x#{window_height}')
  const before = await sizeOf()
  await using server = await startServer({ tmux })
  await page.clock.install()
  // The connections stay open and silent, as they do whose other end went away in the sleep.
  let asleep = false
  let reached = 0
  await page.routeWebSocket(/\/ws\/(feed|terminal)/, (socket) => {
    const isOld = !asleep
    if (asleep) reached += 1
    const upstream = socket.connectToServer()
    socket.onMessage((message) => {
      if (!isOld || !asleep) upstream.send(message)
    })
    upstream.onMessage((message) => {
      if (!isOld || !asleep) socket.send(message)
    })
    // A close of ours is not heard either.
    upstream.onClose(() => {})
  })
  // That it was hidden, frozen, shown again, offline or online is told to nobody.
  await page.addInitScript(() => {
    const told: string[] = []
    Object.assign(window, { told })
    for (const name of ['visibilitychange', 'freeze', 'resume'])
      document.addEventListener(name, () => told.push(name))
    for (const name of ['pagehide', 'online', 'offline'])
      window.addEventListener(name, () => told.push(name))
  })
  await openTerminal(page, server, 'work')
  await expect(grid(page)).toContainText('before')
  asleep = true
  await tmux.run('send-keys', '-t', 'work', 'said in the sleep', 'Enter')
  await tmux.newSession({ name: 'made in the sleep', command: 'exec cat' })

  await sleepAndWake(page, () => reached >= 2)
  await expect(grid(page)).toContainText('said in the sleep')
  await expectSameScreen(page, tmux, '%0')
  expect(await page.evaluate(() => (window as unknown as { told: string[] }).told)).toEqual([])
  await page.getByRole('button', { name: 'Back to the list' }).tap()
  await page.getByRole('link', { name: 'Sessions', exact: true }).tap()
  await expect(row(page, 'made in the sleep')).toBeVisible()
  // A phone that comes and goes sizes nothing.
  expect(await sizeOf()).toBe(before)
})

test('a line that dies without a close is noticed without an event, and replaced', async ({
  page,
}) => {
  await using tmux = await startTmux(STEADY_NAMES)
  const typed = await newRecorder(tmux)
  await using server = await startServer({ tmux })
  await using proxy = await startProxy(server.port)
  await openTerminal(page, server, 'rec', { url: proxy.url })
  await expect(grid(page)).toContainText('READY')
  const tab = page
    .getByRole('toolbar', { name: 'Keys' })
    .getByRole('button', { name: 'Tab', exact: true })
  const view = page.locator('.term-view:visible')
  await tab.tap()
  await expect.poll(typed).toBe('\t')
  // Nothing passes any more, and nobody is told.
  proxy.silence(true)
  await expect(view).toHaveClass(/stale/, { timeout: 60_000 })
  proxy.cut()
  proxy.silence(false)
  await expect(view).not.toHaveClass(/stale/, { timeout: 60_000 })
  await expectSameScreen(page, tmux, '%0')
  await tab.tap()
  await expect.poll(typed).toBe('\t\t')
})

test('a place in the stream that the server does not know any more is answered by a whole screen', async ({
  page,
}) => {
  await using tmux = await startTmux(STEADY_NAMES)
  await tmux.newSession({ name: 'work', cols: 60, rows: 20, command: 'echo before; exec cat' })
  await tmux.newSession({ name: 'ends meanwhile', command: 'exec cat' })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await expect(grid(page)).toContainText('before')
  // A restart forgets every viewer and how far each had come.
  await server.kill9()
  await tmux.run('send-keys', '-t', 'work', 'meanwhile', 'Enter')
  await tmux.newSession({ name: 'made meanwhile', command: 'exec cat' })
  await tmux.run('kill-session', '-t', '=ends meanwhile')
  await server.start()
  await expectLive(page)
  await expect(page.locator('.term-view:visible')).not.toHaveClass(/stale/, { timeout: 20_000 })
  await expect(grid(page)).toContainText('meanwhile')
  await expectSameScreen(page, tmux, '%0')
  // The list is right as well: it is told whole, not as what changed since.
  await page.getByRole('button', { name: 'Back to the list' }).tap()
  await page.getByRole('link', { name: 'Sessions', exact: true }).tap()
  await expect(row(page, 'work')).toBeVisible()
  await expect(row(page, 'made meanwhile')).toBeVisible()
  await expect(row(page, 'ends meanwhile')).toHaveCount(0)
})
