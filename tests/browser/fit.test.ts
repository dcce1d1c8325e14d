import { expect, type Page, test } from 'playwright/test'
import { startServer } from '../support/server.ts'
import { openSession, openTerminal } from '../support/terminal-tab.ts'
import { STEADY_NAMES, startTmux } from '../support/tmux.ts'

test('a window that is given back stays given back, whatever the page was about to ask for', async ({
  page,
}) => {
  await using tmux = await startTmux(STEADY_NAMES)
  await tmux.newSession({ name: 'work', cols: 80, rows: 24, command: 'exec cat' })
  await using server = await startServer({ tmux })
  await page.clock.install()
  const asked: boolean[] = []
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const text = `${payload}`
      if (text.startsWith('{"type":"fit"')) asked.push(JSON.parse(text).on)
    }),
  )
  await openTerminal(page, server, 'work')
  // What stands below takes its room from the terminal, which would ask for the new size.
  await expect(page.getByRole('textbox', { name: 'Message to the program' })).toBeVisible()
  const fit = page.locator('.slot.current .fit')
  await fit.click()
  await expect(fit).toHaveAttribute('aria-pressed', 'true')
  await expect.poll(() => asked).toEqual([true])
  // The page changes its size, waits a moment for more of it, and meanwhile the window is given back.
  // Its clock stops at a moment to come, which a busy machine must not have passed by then.
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 3_000)
  await page.setViewportSize({ width: 1_000, height: 700 })
  await slotMeasured(page)
  await fit.click()
  await expect.poll(() => asked).toEqual([true, false])
  await page.clock.runFor(1_000)
  await page.clock.resume()
  await expect(fit).toHaveAttribute('aria-pressed', 'false')
  const size = () =>
    tmux.run('display-message', '-p', '-t', 'work', '#{window_width}x#{window_height}')
  await expect.poll(size).toBe('80x24')
  expect(asked).toEqual([true, false])
})

test('whatever its size was, a window is fitted to what the screen holds at the chosen size of text', async ({
  page,
}) => {
  await using tmux = await startTmux(STEADY_NAMES)
  const sizes = { small: [80, 24], large: [220, 60], tall: [60, 150] } as const
  const size = (name: string) =>
    tmux.run('display-message', '-p', '-t', `${name}:`, '#{window_width}x#{window_height}')
  for (const [name, [cols, rows]] of Object.entries(sizes)) {
    await tmux.newSession({ name, cols, rows, command: `echo I am ${name}; exec cat` })
  }
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'small')
  // Open all first: the strip that names them takes room of each.
  for (const name of ['large', 'tall', 'small']) await openSession(page, name)
  const rows = page.locator('.slot.current .xterm-rows')
  const fit = page.locator('.slot.current .head .fit')
  let wanted: string | undefined
  for (const name of Object.keys(sizes)) {
    await openSession(page, name)
    await expect(rows).toContainText(`I am ${name}`)
    await expect(page.locator('.slot.current .composer textarea')).toBeVisible()
    await fit.click()
    await expect(fit).toHaveAttribute('aria-pressed', 'true')
    await expect(rows).toHaveCSS('font-size', '13px')
    if (wanted === undefined) await expect.poll(() => size(name)).not.toBe('80x24')
    wanted ??= await size(name)
    await expect.poll(() => size(name)).toBe(wanted)
  }
})

test('a window is fitted to the size that the page has when it gets it', async ({ page }) => {
  await using tmux = await startTmux(STEADY_NAMES)
  await tmux.newSession({ name: 'work', cols: 80, rows: 24, command: 'exec cat' })
  await using server = await startServer({ tmux })
  const held: (() => void)[] = []
  let isHeld = false
  await page.routeWebSocket(/\/ws\/terminal\//, (socket) => {
    const upstream = socket.connectToServer()
    upstream.onMessage((data) => {
      if (isHeld) held.push(() => socket.send(data))
      else socket.send(data)
    })
  })
  await openTerminal(page, server, 'work')
  await expect(page.getByRole('textbox', { name: 'Message to the program' })).toBeVisible()
  const fit = page.locator('.slot.current .fit')
  const size = () =>
    tmux.run('display-message', '-p', '-t', 'work', '#{window_width}x#{window_height}')
  isHeld = true
  await fit.click()
  await expect.poll(size).not.toBe('80x24')
  const first = await size()
  // The page changes its size while the answer is on its way.
  await page.setViewportSize({ width: 1_000, height: 700 })
  await slotMeasured(page)
  isHeld = false
  for (const send of held) send()
  await expect(fit).toHaveAttribute('aria-pressed', 'true')
  await expect.poll(size).not.toBe(first)
  const second = await size()
  // Fitted anew it is what it would be at once.
  await fit.click()
  await expect(fit).toHaveAttribute('aria-pressed', 'false')
  await expect.poll(size).toBe('80x24')
  await fit.click()
  await expect.poll(size).toBe(second)
})

/** Waits until the page has seen the size that its slot has. */
function slotMeasured(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise((done) => {
        const seen = new ResizeObserver(() => {
          seen.disconnect()
          done()
        })
        seen.observe(document.querySelector('.slot.current') ?? document.body)
      }),
  )
}
