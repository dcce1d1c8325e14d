import { expect, test } from 'playwright/test'
import { holdBack, openApp, row } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { expectRow } from '../support/terminal-tab.ts'
import { startTmux } from '../support/tmux.ts'

test('a session asks for its sockets and its terminal before the code of the page is there', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', command: 'echo ready now; exec cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await row(page, 'work').getByRole('link').click()
  await expectRow(page, 'ready now')

  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  page.on('websocket', (socket) => asked.push(new URL(socket.url()).pathname))
  const release = await holdBack(page, '**/assets/page-*.js')
  await page.reload({ waitUntil: 'commit' })
  await expect.poll(() => asked.some((path) => path.startsWith('/ws/terminal/'))).toBe(true)
  await expect.poll(() => asked.some((path) => path.includes('/assets/terminal-'))).toBe(true)
  expect(asked).not.toContain('/ws/feed')
  release()
  await expectRow(page, 'ready now')
  await expect.poll(() => asked.includes('/ws/feed')).toBe(true)
  expect(asked.filter((path) => path === '/api/ws-ticket')).toHaveLength(1)
})

test('what asks before a paste comes with the first key, not with the page', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', command: 'echo ready now; exec cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  const isAsked = () => asked.some((path) => path.includes('/assets/Offers-'))
  await row(page, 'work').getByRole('link').click()
  await expectRow(page, 'ready now')
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused()
  expect(isAsked()).toBe(false)
  await page.keyboard.press('x')
  await expect.poll(isAsked).toBe(true)
})

test('every icon is drawn, and none of them is read out', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', command: 'exec cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await row(page, 'work').getByRole('link').click()
  const icons = page.locator('svg.lucide')
  await expect(page.getByRole('button', { name: 'Send' }).locator(icons)).toBeVisible()
  const faults = await icons.evaluateAll((all) =>
    all
      .filter((one) => one.ariaHidden !== 'true' || !one.querySelector('[d], [r], [width]'))
      .map((one) => one.outerHTML),
  )
  expect(faults).toEqual([])
})

test('links of the page stay in it, with a way back, unless another tab is asked for', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'first', command: 'exec cat' })
  await tmux.newSession({ name: 'second', command: 'exec cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await page.evaluate(() => Object.assign(window, { sameDocument: true }))
  const current = (name: string) =>
    expect(row(page, name).getByRole('link')).toHaveAttribute('aria-current', 'page')
  await row(page, 'first').getByRole('link').click()
  await current('first')
  await row(page, 'second').getByRole('link').click()
  await current('second')
  await page.goBack()
  await current('first')
  await page.goForward()
  await current('second')
  const opened = page.context().waitForEvent('page')
  await row(page, 'first')
    .getByRole('link')
    .click({ modifiers: ['ControlOrMeta'] })
  await (await opened).close()
  await current('second')
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true)
})
