import { mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page, test } from 'playwright/test'
import { axeViolations, holdBack, openApp, row, rowNames } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

async function menu(page: Page, session: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `More about ${session}` }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

test('a session is made with name, completed directory and command, and opens', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const place = join(tmux.dir, 'projects')
  for (const name of ['alpha', 'alpine/inner']) mkdirSync(join(place, name), { recursive: true })
  await using server = await startServer({ tmux })
  const { problems } = await openApp(page, server)
  await page.locator('.find').getByRole('button', { name: 'New' }).click()
  const dialog = page.getByRole('dialog', { name: 'New session' })
  await expect(dialog.getByLabel('Name')).toBeFocused()
  await dialog.getByLabel('Name').fill('made here')
  const directory = dialog.getByRole('combobox', { name: 'Directory' })
  await directory.fill(join(place, 'al'))
  const options = dialog.getByRole('listbox', { name: 'Directories' }).getByRole('option')
  await expect(options).toHaveText([join(place, 'alpha'), join(place, 'alpine')])
  expect(await axeViolations(page)).toEqual([])
  await directory.press('ArrowDown')
  await directory.press('ArrowDown')
  await directory.press('Enter')
  await expect(directory).toHaveValue(join(place, 'alpine/'))
  await expect(options).toHaveText([join(place, 'alpine/inner')])
  await directory.press('Escape')
  await expect(dialog.getByRole('listbox')).toBeHidden()
  await expect(dialog).toBeVisible()
  await dialog.getByLabel('Command').fill('exec cat')
  await dialog.getByRole('button', { name: 'Start session' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(row(page, 'made here').getByRole('link')).toHaveAttribute('aria-current', 'page')
  const facts = () => tmux.run('list-panes', '-a', '-F', '#{session_name}|#{pane_current_path}')
  await expect
    .poll(async () => (await facts()).split('\n'))
    .toContain(`made here|${join(place, 'alpine')}`)
  expect(problems).toEqual([])
})

test('a retry after a lost answer makes no second session', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'there', command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  let lost = 0
  await page.route('**/api/starts', async (route) => {
    if (route.request().method() !== 'POST' || lost > 0) return route.continue()
    // The server acts, the answer never arrives.
    await route.fetch()
    lost += 1
    await route.abort()
  })
  await page.getByRole('button', { name: 'New', exact: true }).click()
  await page.getByLabel('Name').fill('once')
  await page.getByRole('button', { name: 'Start session' }).click()
  await expect(page.getByRole('alert')).toContainText('not made twice')
  await page.getByRole('button', { name: 'Start session' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect(lost).toBe(1)
  await expect(row(page, 'once')).toBeVisible()
  await expect.poll(() => rowNames(page)).toEqual(['there', 'once'])
})

test('a directory that is not there is refused in its place, and what was typed stays', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'there', command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await page.getByRole('button', { name: 'New', exact: true }).click()
  await page.getByLabel('Name').fill('nowhere')
  await page.getByRole('combobox', { name: 'Directory' }).fill('/no/such/place')
  await page.getByRole('button', { name: 'Start session' }).click()
  await expect(page.getByRole('alert')).not.toBeEmpty()
  await expect(page.getByLabel('Name')).toHaveValue('nowhere')
  await page.getByRole('combobox', { name: 'Directory' }).fill('/')
  // The folders that are offered stand above the button: they stay until it has been pressed.
  const folders = page.getByRole('listbox', { name: 'Directories' })
  await expect(folders).toBeVisible()
  await page.getByRole('button', { name: 'Start session' }).click()
  await expect(row(page, 'nowhere')).toBeVisible()
})

test('folders that are still asked for move nothing under a press', async ({ page }) => {
  await using tmux = await startTmux()
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await page.getByRole('button', { name: 'New', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'New session' })
  await dialog.getByLabel('Name').fill('pressed')
  const release = await holdBack(page, '**/api/directories?*')
  const asked = page.waitForRequest('**/api/directories?*')
  await dialog.getByRole('combobox', { name: 'Directory' }).fill('/')
  const request = await asked
  await dialog.getByRole('button', { name: 'Start session' }).hover()
  await page.mouse.down()
  const answered = Promise.race([
    page.waitForEvent('requestfinished', (one) => one === request),
    page.waitForEvent('requestfailed', (one) => one === request),
  ])
  release()
  await answered
  await page.mouse.up()
  await expect(row(page, 'pressed')).toBeVisible()
})

test('a folder that was chosen while others were asked for stays chosen', async ({ page }) => {
  await using tmux = await startTmux()
  const base = mkdtempSync(join(tmux.dir, 'choice-'))
  for (const name of ['alpha', 'alps', 'beta']) mkdirSync(join(base, name))
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await page.getByRole('button', { name: 'New', exact: true }).click()
  const field = page.getByRole('combobox', { name: 'Directory' })
  await field.fill(`${base}/`)
  const options = page.getByRole('listbox', { name: 'Directories' }).getByRole('option')
  await expect(options).toHaveCount(3)
  const release = await holdBack(page, '**/api/directories?*')
  const asked = page.waitForRequest('**/api/directories?*')
  await field.press('a')
  await asked
  await field.press('ArrowDown')
  await field.press('ArrowDown')
  release()
  await expect(options).toHaveCount(2)
  await expect(options.and(page.locator('[aria-selected="true"]'))).toHaveText(`${base}/alps`)
  await field.press('Enter')
  await expect(field).toHaveValue(`${base}/alps/`)
  await expect(page.getByRole('dialog', { name: 'New session' })).toBeVisible()
})

test('a name that tmux cannot keep is said to have changed', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'there', command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await page.getByRole('button', { name: 'New', exact: true }).click()
  await page.getByLabel('Name').fill('a::b')
  await page.getByRole('button', { name: 'Start session' }).click()
  await expect(page.locator('.toast')).toContainText('“a::b” became “a__b”')
  await expect(row(page, 'a__b')).toBeVisible()
})

test('a session is renamed in place; a name that is taken is refused there', async ({ page }) => {
  await using tmux = await startTmux()
  const session = await tmux.newSession({ name: 'old', command: 'cat' })
  await tmux.newSession({ name: 'taken', command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await row(page, 'old').getByRole('link').click()
  await menu(page, 'old', 'Rename')
  const field = page.getByLabel('New name of the session')
  await expect(field).toBeFocused()
  await field.fill('taken')
  await field.press('Enter')
  await expect(page.getByRole('alert')).not.toBeEmpty()
  expect(await axeViolations(page)).toEqual([])
  await field.fill('=new $(name)')
  await field.press('Enter')
  await expect(row(page, '=new $(name)')).toBeVisible()
  await expect(field).toHaveCount(0)
  expect(await tmux.run('display-message', '-p', '-t', session, '#{session_name}')).toBe(
    '=new $(name)',
  )

  await menu(page, '=new $(name)', 'Rename')
  await field.press('Escape')
  await expect(field).toHaveCount(0)
})

test('what is being written as a name outlives a name from elsewhere, and a late answer', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const session = await tmux.newSession({ name: 'old', command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await row(page, 'old').getByRole('link').click()
  await menu(page, 'old', 'Rename')
  const field = page.getByLabel('New name of the session')
  await expect(field).toBeFocused()
  await field.fill('a::b')
  await tmux.run('rename-session', '-t', session, 'elsewhere')
  await expect(row(page, 'elsewhere')).toBeVisible()
  await expect(field).toHaveValue('a::b')

  const release = await holdBack(page, '**/api/sessions/*')
  const asked = page.waitForRequest('**/api/sessions/*')
  await field.press('Enter')
  await asked
  await field.press('Escape')
  await expect(field).toHaveCount(0)
  await menu(page, 'elsewhere', 'Rename')
  await expect(field).toBeFocused()
  await field.fill('second')
  release()
  // The answer has been taken in by then.
  await expect(page.locator('.toast')).toContainText('“a__b”')
  await expect(field).toHaveValue('second')
  await field.press('Enter')
  await expect(row(page, 'second')).toBeVisible()
})

test('ending a session asks first, names what ends, and leaves the others', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'stays', command: 'cat' })
  await tmux.newSession({ name: 'goes', command: 'exec sleep 1000' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await row(page, 'goes').getByRole('link').click()
  await menu(page, 'goes', 'End session')
  const dialog = page.getByRole('dialog', { name: 'End goes?' })
  await expect(dialog).toContainText('1 pane in 1 window')
  await expect(dialog.locator('code')).toHaveText(/sleep/)
  expect(await axeViolations(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog).toHaveCount(0)
  expect(await tmux.run('has-session', '-t', '=goes')).toBe('')

  await menu(page, 'goes', 'End session')
  await dialog.getByRole('button', { name: 'End session' }).click()
  // Words that go by themselves first.
  await expect(page.locator('.toast')).toContainText('Ended goes.')
  await expect(row(page, 'goes')).toHaveCount(0)
  await expect(page.locator('.head .ended')).toBeVisible()
  await expect.poll(() => rowNames(page)).toEqual(['stays'])
})

test('processes that outlive their session are named', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'stays', command: 'cat' })
  await tmux.newSession({
    name: 'goes',
    command:
      'setsid sh -c \'trap "" HUP TERM; echo it stays; while :; do sleep 1; done\' & exec cat',
  })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await row(page, 'goes').getByRole('link').click()
  await expect(page.locator('.xterm-rows')).toContainText('it stays')
  await menu(page, 'goes', 'End session')
  await page.getByRole('dialog').getByRole('button', { name: 'End session' }).click()
  await expect(page.getByRole('alert')).toContainText('outlived it', { timeout: 30_000 })
  const pids = await page.locator('.facts .path').allTextContents()
  for (const text of pids) process.kill(Number(text.replace('pid ', '')), 'SIGKILL')
  expect(pids.length).toBeGreaterThan(0)
})

test('the attach command names the session by an id that nothing else matches', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await using tmux = await startTmux()
  const session = await tmux.newSession({ name: 'api', command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await row(page, 'api').getByRole('link').click()
  await menu(page, 'api', 'Copy attach command')
  await expect(page.locator('.toast')).toContainText('Copied')
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toBe(`tmux attach -t '${session}'`)
})

test('a device that may only watch is offered nothing that changes anything', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'seen', command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server, { scope: 'watch' })
  await row(page, 'seen').getByRole('link').click()
  await expect(page.getByRole('button', { name: 'New', exact: true })).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Devices' })).toHaveCount(0)
  await expect(page.getByText('This device may only watch.')).toBeVisible()
  await page.getByRole('button', { name: 'More about seen' }).click()
  await expect(page.getByRole('menuitem', { name: 'Copy attach command' })).toBeVisible()
  await expect(page.getByRole('menuitem', { name: /End|Rename/ })).toHaveCount(0)
})
