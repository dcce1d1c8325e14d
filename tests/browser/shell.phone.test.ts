import { expect, test } from 'playwright/test'
import { axeViolations, openApp, row } from '../support/page.ts'
import { overflow, smallTargets } from '../support/phone.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

test('the list comes first, a tap opens the terminal full screen, back returns', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const session = await tmux.newSession({ name: 'work', cols: 100, rows: 30, command: 'cat' })
  await tmux.run('new-window', '-d', '-t', `${session}:`, '-n', 'logs', 'cat')
  await tmux.newSession({ name: 'other', command: 'cat' })
  await using server = await startServer({ tmux })
  const { problems } = await openApp(page, server)
  await expect(page.getByRole('navigation', { name: 'Sessions' })).toBeVisible()
  await expect(page.locator('.stage')).toBeHidden()
  await expect.poll(() => smallTargets(page)).toEqual([])
  await expect.poll(() => overflow(page)).toEqual({ x: 0, y: 0 })
  expect(await axeViolations(page)).toEqual([])

  await row(page, 'work').getByRole('link').tap()
  await expect(page.locator('.xterm-rows')).toBeVisible()
  await expect(page.locator('.rail')).toBeHidden()
  await expect(page.getByRole('toolbar', { name: 'Keys' })).toBeVisible()
  await expect.poll(() => smallTargets(page)).toEqual([])
  await expect.poll(() => overflow(page)).toEqual({ x: 0, y: 0 })
  expect(await axeViolations(page)).toEqual([])

  await page.getByRole('button', { name: 'Back to the list' }).tap()
  await expect(row(page, 'work')).toBeVisible()
  await row(page, 'other').getByRole('link').tap()
  await expect(page.locator('.slot:not(.hidden) .title')).toHaveText('other')
  await page.goBack()
  await expect(row(page, 'other')).toBeVisible()
  expect(problems).toEqual([])
})

for (const [width, height] of [
  [320, 568],
  [568, 320],
  [844, 390],
] as const) {
  test(`everything fits ${width} by ${height}`, async ({ page }) => {
    await page.setViewportSize({ width, height })
    await using tmux = await startTmux()
    const session = await tmux.newSession({ name: 'a rather long name of a session' })
    for (const name of ['editor', 'server', 'logs', 'tests']) {
      await tmux.run('new-window', '-d', '-t', `${session}:`, '-n', name, 'cat')
    }
    await using server = await startServer({ tmux })
    await openApp(page, server)
    await expect.poll(() => overflow(page)).toEqual({ x: 0, y: 0 })
    await row(page, 'a rather long name of a session').getByRole('link').tap()
    await expect(page.locator('.xterm-rows')).toBeVisible()
    await expect(page.getByRole('toolbar', { name: 'Keys' })).toBeVisible()
    await expect(page.getByLabel('Message to the program')).toBeVisible()
    await expect.poll(() => overflow(page)).toEqual({ x: 0, y: 0 })
    const places = () =>
      page.evaluate(() =>
        ['.head', '.slot:not(.hidden) > .term', '.dock'].map((selector) => {
          const box = document.querySelector(selector)?.getBoundingClientRect()
          return {
            selector,
            top: box?.top ?? -1,
            bottom: box?.bottom ?? -1,
            height: box?.height ?? 0,
          }
        }),
      )
    // Parts that load when they are first wanted take room from the others.
    await expect(async () => {
      const all = await places()
      for (const { selector, top, bottom } of all) {
        expect(top, selector).toBeGreaterThanOrEqual(0)
        expect(bottom, selector).toBeLessThanOrEqual(height + 0.5)
      }
      expect(all[1]?.height).toBeGreaterThan(100)
    }).toPass()
    await page.getByRole('button', { name: /More about/ }).tap()
    await page.getByRole('menuitem', { name: 'End session' }).tap()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Cancel' }).tap()
    await expect(dialog).toHaveCount(0)
  })
}

test('a soft keyboard shortens the page instead of covering it', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await row(page, 'work').getByRole('link').tap()
  await expect(page.getByLabel('Message to the program')).toBeVisible()
  // Where the keyboard covers the layout (iOS), only the visual viewport tells of it.
  await page.evaluate(() => {
    const viewport = window.visualViewport
    if (!viewport) throw new Error('no visual viewport')
    Object.defineProperty(viewport, 'height', { value: 500, configurable: true })
    viewport.dispatchEvent(new Event('resize'))
  })
  const bottom = () =>
    page.locator('.dock').evaluate((element) => element.getBoundingClientRect().bottom)
  await expect.poll(bottom).toBeLessThanOrEqual(500.5)
  expect(await page.evaluate(() => window.scrollY)).toBe(0)
})

test('without a session the phone shows why, and makes one', async ({ page }) => {
  await using tmux = await startTmux()
  await using server = await startServer({ tmux })
  await openApp(page, server)
  const empty = page.locator('.list').getByTestId('empty')
  await expect(empty).toContainText('No tmux server yet')
  expect(await axeViolations(page)).toEqual([])
  await empty.getByRole('button', { name: 'New session' }).tap()
  await page.getByLabel('Name').fill('first')
  await expect.poll(() => smallTargets(page)).toEqual([])
  await page.getByRole('button', { name: 'Start session' }).tap()
  await expect(page.locator('.head .title')).toHaveText('first')
  expect(await tmux.run('has-session', '-t', '=first')).toBe('')
})
