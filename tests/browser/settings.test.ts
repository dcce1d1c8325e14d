import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page, test } from 'playwright/test'
import type { SettingsResponse } from '../../server/protocol.ts'
import { axeViolations, openApp, row } from '../support/page.ts'
import { type Server, startServer } from '../support/server.ts'
import { grid, openTerminal } from '../support/terminal-tab.ts'
import { STEADY_NAMES, startTmux } from '../support/tmux.ts'

const every = (page: Page) => page.getByLabel('While a turn runs, keep its screen every')

async function held(server: Server, token: string): Promise<SettingsResponse> {
  return (await server.api(token).get<SettingsResponse>('/api/settings')).json
}

test('what the server keeps is changed together, checked before, and saved for every device', async ({
  page,
  browser,
}) => {
  await using server = await startServer()
  const token = await server.pair()
  const { problems } = await openApp(page, server)
  await page.getByRole('button', { name: 'Settings' }).click()
  await expect(page).toHaveURL(/\/settings$/)
  await expect(every(page)).toHaveValue('30')
  expect(await axeViolations(page)).toEqual([])

  await every(page).fill('2')
  await expect(page.getByText('A whole number from 5 to 3,600.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled()
  expect(await axeViolations(page)).toEqual([])
  await every(page).fill('')
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled()
  await every(page).fill('30')
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0)

  await every(page).fill('60')
  const folders = page.getByLabel('Never remember agents in these folders')
  await folders.fill('relative')
  await expect(page.getByText('“relative” does not begin with a slash.')).toBeVisible()
  await folders.fill('/home/ada/private\n\n  /srv/x  ')
  await page.getByLabel('Start agents again by themselves').check()
  await expect(page.getByText('3 changes not saved')).toBeVisible()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Settings saved.')).toBeVisible()
  expect((await held(server, token)).settings).toMatchObject({
    snapshotSeconds: 60,
    doNotRecord: ['/home/ada/private', '/srv/x'],
    resumeByItself: true,
  })

  const other = await browser.newContext()
  try {
    const second = await other.newPage()
    await openApp(second, server, { path: '/settings' })
    await expect(every(second)).toHaveValue('60')
    await every(second).fill('90')
    await second.getByRole('button', { name: 'Save' }).click()
    await expect(every(page)).toHaveValue('90')
  } finally {
    await other.close()
  }
  expect(problems).toEqual([])
})

test('the size of text in terminals is a choice of the device, within what can be read', async ({
  page,
}) => {
  await using tmux = await startTmux(STEADY_NAMES)
  await tmux.newSession({ name: 'work', cols: 40, rows: 8, command: 'echo ready; exec cat' })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  await expect(grid(page)).toContainText('ready')
  await expect(grid(page)).toHaveCSS('font-size', '13px')
  await page.getByRole('button', { name: 'Settings' }).click()
  for (const size of ['14', '15']) {
    await page.getByRole('button', { name: 'Larger' }).click()
    await expect(page.getByLabel('Largest text in terminals')).toHaveValue(size)
  }
  await page.goBack()
  await expect(grid(page)).toHaveCSS('font-size', '15px')
  await page.reload()
  await expect(grid(page)).toContainText('ready')
  await expect(grid(page)).toHaveCSS('font-size', '15px')
  await page.getByRole('button', { name: 'Settings' }).click()
  const field = page.getByLabel('Largest text in terminals')
  await field.fill('99')
  await field.press('Enter')
  await expect(field).not.toHaveValue('99')
  await expect(page.getByRole('button', { name: 'Larger' })).toBeDisabled()
})

test('a change made on another device meanwhile is said, and nobody’s is lost unseen', async ({
  page,
}) => {
  await using server = await startServer()
  const token = await server.pair()
  const elsewhere = async (settings: object) => {
    const { version } = await held(server, token)
    const reply = await server.api(token).send('PUT', '/api/settings', { version, settings })
    expect(reply.status).toBe(200)
  }
  await openApp(page, server, { path: '/settings' })
  const days = page.getByLabel('Keep moments for')
  await expect(days).toHaveValue('30')
  await days.fill('10')
  await elsewhere({ snapshotSeconds: 45 })
  const conflict = page.getByTestId('settings-conflict')
  await expect(conflict).toContainText('changed on another device')
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled()
  expect(await axeViolations(page)).toEqual([])
  await conflict.getByRole('button', { name: 'Keep my changes' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Settings saved.')).toBeVisible()
  expect((await held(server, token)).settings).toMatchObject({
    snapshotDays: 10,
    snapshotSeconds: 45,
  })

  await days.fill('20')
  await elsewhere({ snapshotDays: 5 })
  await conflict.getByRole('button', { name: 'Load what holds now' }).click()
  await expect(days).toHaveValue('5')
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0)
})

test('what is changed while a save is on its way stays, and that save is no other device’s', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await using server = await startServer({ tmux })
  const token = await server.pair()
  await openApp(page, server, { path: '/settings' })
  const days = page.getByLabel('Keep moments for')
  await expect(days).toHaveValue('30')
  let letAnswer = () => {}
  const answered = new Promise<void>((done) => {
    letAnswer = done
  })
  await page.route('**/api/settings', async (route) => {
    const response = await route.fetch()
    // The feed tells in the order in which things happen: after the session, of the settings too.
    await tmux.newSession({ name: 'later', command: 'cat' })
    await expect(row(page, 'later')).toBeVisible()
    await answered
    await route.fulfill({ response })
  })
  await days.fill('10')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(row(page, 'later')).toBeVisible()
  await expect(page.getByTestId('settings-conflict')).toHaveCount(0)
  await every(page).fill('60')
  letAnswer()
  await expect(page.getByText('Settings saved.')).toBeVisible()
  await expect(page.getByText('1 change not saved')).toBeVisible()
  await expect(page.getByTestId('settings-conflict')).toHaveCount(0)
  await expect(every(page)).toHaveValue('60')
  await expect(days).toHaveValue('10')
  await page.unroute('**/api/settings')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0)
  const saved = { snapshotDays: 10, snapshotSeconds: 60 }
  expect((await held(server, token)).settings).toMatchObject(saved)
})

test('what was saved stands there before the feed tells of it', async ({ page }) => {
  await using server = await startServer()
  await page.routeWebSocket(/\/ws\/feed$/, (socket) => {
    const feed = socket.connectToServer()
    feed.onMessage((data) => {
      if (JSON.parse(`${data}`).type !== 'settings') socket.send(data)
    })
  })
  await openApp(page, server, { path: '/settings' })
  await every(page).fill('60')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Settings saved.')).toBeVisible()
  await expect(every(page)).toHaveValue('60')
  await every(page).fill('90')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0)
  await expect(every(page)).toHaveValue('90')
})

test('a save that comes too late is refused by the server, and said', async ({ page }) => {
  await using server = await startServer()
  // The word of the other device's change is still on its way when this one saves.
  await page.route('**/api/settings', async (route) => {
    const body = route.request().postDataJSON() as { version: number }
    await route.continue({ postData: JSON.stringify({ ...body, version: body.version - 1 }) })
  })
  await openApp(page, server, { path: '/settings' })
  await every(page).fill('60')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('alert')).toContainText('changed somewhere else')
  await expect(every(page)).toHaveValue('60')
  await page.getByRole('button', { name: 'Discard' }).click()
  await expect(every(page)).toHaveValue('30')
})

test('a device that may only look sees everything and changes nothing', async ({ page }) => {
  await using server = await startServer()
  await openApp(page, server, { path: '/settings', scope: 'watch' })
  await expect(page.getByText('This device may look.')).toBeVisible()
  await expect(every(page)).toBeDisabled()
  await expect(page.getByText('This device may not change them')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Devices, and a link for one more' })).toHaveCount(
    0,
  )
  expect(await axeViolations(page)).toEqual([])
})

test('hooks, storage, devices and the version are told, with the commands that change them', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await using server = await startServer()
  mkdirSync(join(server.home, '.claude'))
  mkdirSync(join(server.home, '.codex'))
  await server.command('hooks', 'install', 'claude')
  await openApp(page, server, { path: '/settings' })
  const hooks = page.getByRole('region', { name: 'Hooks of the agents' })
  const of = (name: string) => hooks.getByRole('listitem').filter({ hasText: name })
  await expect(of('Claude Code')).toContainText('Installed')
  await expect(of('Codex')).toContainText('Not installed')
  await expect(of('Codex')).toContainText('full-screen review of new hooks')
  await expect(of('Gemini')).toContainText('not used here so far')
  await of('Codex').getByRole('button', { name: 'Copy dogwatch hooks install codex' }).click()
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toBe('dogwatch hooks install codex')
  await expect(page.getByRole('region', { name: 'Storage' })).toContainText('Everything is saved')
  const about = page.getByRole('region', { name: 'About' })
  await expect(about).toContainText(/dogwatch \d+\.\d+\.\d+/)
  await expect(about).toContainText('127.0.0.1')
  await page.getByRole('button', { name: 'Devices, and a link for one more' }).click()
  await expect(page.getByRole('dialog', { name: 'Devices' })).toBeVisible()
})

test('hooks that cannot be asked for are tried again', async ({ page }) => {
  await using server = await startServer()
  let fails = true
  await page.route('**/api/hooks', (route) => (fails ? route.abort() : route.continue()))
  await openApp(page, server, { path: '/settings' })
  const hooks = page.getByRole('region', { name: 'Hooks of the agents' })
  await expect(hooks).toContainText('did not answer')
  fails = false
  await hooks.getByRole('button', { name: 'Try again' }).click()
  await expect(hooks.getByRole('listitem').first()).toBeVisible()
})
