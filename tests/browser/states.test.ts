import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page, test } from 'playwright/test'
import { axeViolations, openApp, row, rowNames } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

async function expectEmpty(page: Page, state: string, words: RegExp): Promise<void> {
  const empty = page.locator('main').getByTestId('empty')
  await expect(empty).toHaveAttribute('data-state', state)
  await expect(empty).toContainText(words)
  expect(await axeViolations(page)).toEqual([])
}

test('without a tmux server the page says so and shows the first session by itself', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await expectEmpty(page, 'no-server', /No tmux server yet.*tmux new -s work/s)
  await expect(page.locator('main').getByRole('button', { name: 'New session' })).toBeVisible()
  const session = await tmux.newSession({ name: 'hello', command: 'cat' })
  await expect(row(page, 'hello')).toBeVisible()
  await expect(page.getByTestId('empty')).toHaveCount(0)
  await tmux.run('kill-session', '-t', session)
  await expect(page.locator('main').getByTestId('empty')).toHaveAttribute('data-state', 'no-server')
})

test('who may only watch is sent to a terminal to start the first session', async ({ page }) => {
  await using tmux = await startTmux()
  await using server = await startServer({ tmux })
  await openApp(page, server, { scope: 'watch' })
  await expectEmpty(page, 'no-server', /Start one in any terminal of this machine/)
  await expect(page.getByRole('button', { name: 'New session' })).toHaveCount(0)
})

test('a tmux server that stays without sessions is told from one that is not there', async ({
  page,
}) => {
  await using tmux = await startTmux({ config: 'set -s exit-empty off' })
  const session = await tmux.newSession({ command: 'cat' })
  await tmux.run('kill-session', '-t', session)
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await expectEmpty(page, 'no-sessions', /No sessions yet/)
})

test('without tmux the page says how to install it', async ({ page }) => {
  await using tmux = await startTmux()
  const bin = join(tmux.dir, 'bin')
  mkdirSync(bin)
  symlinkSync('/bin/sh', join(bin, 'sh'))
  await using server = await startServer({ tmux, env: { PATH: bin } })
  await openApp(page, server)
  await expectEmpty(page, 'missing', /tmux is not installed/)
  await expect(page.locator('main').getByRole('button', { name: 'New session' })).toHaveCount(0)
})

test('a tmux that is too old is named with its version', async ({ page }) => {
  await using tmux = await startTmux()
  const bin = join(tmux.dir, 'bin')
  mkdirSync(bin)
  symlinkSync('/bin/sh', join(bin, 'sh'))
  writeFileSync(join(bin, 'tmux'), '#!/bin/sh\necho tmux 2.9a\n', { mode: 0o755 })
  await using server = await startServer({ tmux, env: { PATH: bin } })
  await openApp(page, server)
  await expectEmpty(page, 'too-old', /2\.9a is too old.*3\.2/s)
})

test('while tmux does not answer its rows stay, marked, with the reason and the time', async ({
  page,
}) => {
  test.setTimeout(120_000)
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'held', command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await expect(row(page, 'held')).toBeVisible()
  const pid = await tmux.serverPid()
  if (pid === undefined) throw new Error('no tmux server')
  process.kill(pid, 'SIGSTOP')
  try {
    const note = page.getByTestId('server-note')
    await expect(note).toBeVisible({ timeout: 60_000 })
    await expect(note.locator('.age')).toHaveText(/now|\d+ (s|min)/)
    await expect.poll(() => rowNames(page)).toEqual(['held'])
    expect(await axeViolations(page)).toEqual([])
  } finally {
    process.kill(pid, 'SIGCONT')
  }
  await expect(page.getByTestId('server-note')).toHaveCount(0, { timeout: 60_000 })
  await expect(row(page, 'held').locator('.glyph')).not.toHaveText('◌')
})

test('several tmux servers have headings of their own, and an empty one says so', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'on the first', command: 'cat' })
  const args = ['--tmux-socket', 'default', '--tmux-socket', 'second']
  await using server = await startServer({ tmux, args })
  await openApp(page, server)
  await expect(row(page, 'on the first')).toBeVisible()
  await expect(page.locator('.heading h2')).toHaveText([/^default/, /^second/])
  await expect(page.locator('.note')).toHaveText('No tmux server is running.')
  expect(await axeViolations(page)).toEqual([])
})
