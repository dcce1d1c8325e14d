import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, type Page, test } from 'playwright/test'
import { FakeAgent } from '../support/fake-agent.ts'
import { axeViolations, openApp, row } from '../support/page.ts'
import { Repository } from '../support/repository.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

const LONG = { timeout: 40_000 }

/** A machine on which `claude` is a program that draws what a test says. */
async function stage() {
  const tmux = await startTmux()
  await tmux.newSession({ name: 'there', command: 'cat' })
  const claude = new FakeAgent(tmux, 'claude', 'bin')
  const bin = dirname(claude.script)
  writeFileSync(join(tmux.dir, '.profile'), `PATH=${bin}:$PATH\n`)
  const server = await startServer({ tmux, env: { PATH: `${bin}:${process.env.PATH}` } })
  return {
    tmux,
    claude,
    server,
    folder(name: string): string {
      const path = join(tmux.dir, name)
      mkdirSync(path, { recursive: true })
      return path
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await tmux[Symbol.asyncDispose]()
    },
  }
}

/** tmux has the bytes before the program has read them. An Enter without effect is pressed twice. */
async function expectTyped(fake: FakeAgent, text: string): Promise<void> {
  await expect.poll(() => fake.typed().replace(/\r+$/, '')).toBe(text)
}

async function openDialog(page: Page) {
  await page.locator('.find').getByRole('button', { name: 'New', exact: true }).click()
  return page.getByRole('dialog', { name: 'New session' })
}

test('an agent is started with a first prompt, and its receipt is shown', async ({ page }) => {
  await using scene = await stage()
  const { problems } = await openApp(page, scene.server)
  const dialog = await openDialog(page)
  await dialog.getByRole('combobox', { name: 'Directory' }).fill(scene.folder('api'))
  await dialog.getByLabel('Start', { exact: true }).selectOption('Claude Code')
  await dialog.getByLabel('First prompt').fill('fix the tests\nthen stop')
  expect(await axeViolations(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Start session' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(row(page, 'api').getByRole('link')).toHaveAttribute('aria-current', 'page')
  const strip = page.locator('.start-strip')
  await expect(strip).toContainText('waits until Claude Code is ready', LONG)
  await expect(strip).toContainText('fix the tests then stop')
  expect(scene.claude.typed()).toBe('')
  expect(await axeViolations(page)).toEqual([])
  scene.claude.show('80x24-startup-trusted')
  await expect(strip).toHaveAttribute('data-state', 'done', LONG)
  // This agent draws nothing when Enter comes, and that is not called submitted.
  await expect(strip).toContainText('The first prompt was typed, but Enter showed no effect')
  await expectTyped(scene.claude, 'fix the tests\nthen stop')
  await strip.getByRole('button', { name: /Dismiss/ }).click()
  await expect(strip).toHaveCount(0)
  // It was delivered, so the box is empty again.
  const next = await openDialog(page)
  await next.getByLabel('Start', { exact: true }).selectOption('Claude Code')
  await expect(next.getByLabel('First prompt')).toHaveValue('')
  expect(problems).toEqual([])
})

test('a prompt that waits for a trust dialog says so, and is sent by a tap after it', async ({
  page,
}) => {
  await using scene = await stage()
  scene.claude.show('80x24-startup-startup')
  await openApp(page, scene.server)
  const dialog = await openDialog(page)
  await dialog.getByRole('combobox', { name: 'Directory' }).fill(scene.folder('new'))
  await dialog.getByLabel('Start', { exact: true }).selectOption('Claude Code')
  await dialog.getByLabel('First prompt').fill('hello')
  await dialog.getByRole('button', { name: 'Start session' }).click()
  const strip = page.locator('.start-strip')
  await expect(strip).toContainText('asks something first, so the prompt was not typed', LONG)
  await expect(strip).toContainText('hello')
  expect(await axeViolations(page)).toEqual([])
  await strip.getByRole('button', { name: 'Send it now' }).click()
  await expect(strip).toContainText('It asks something first.')
  expect(scene.claude.typed()).toBe('')
  // What was not typed is still told after a reload.
  await page.reload()
  await expect(strip).toContainText('was not typed')
  scene.claude.show('80x24-startup-trusted')
  await expect(row(page, 'new')).toContainText('idle', LONG)
  await strip.getByRole('button', { name: 'Send it now' }).click()
  await expect(strip).toHaveAttribute('data-state', 'done', LONG)
  await expectTyped(scene.claude, 'hello')
})

test('several directories give a row each, with what went wrong and a way to try again', async ({
  page,
}) => {
  await using scene = await stage()
  await openApp(page, scene.server)
  const dialog = await openDialog(page)
  const directory = dialog.getByRole('combobox', { name: 'Directory' })
  for (const path of [scene.folder('one'), '/no/such/place', scene.folder('three')]) {
    await directory.fill(path)
    await dialog.getByRole('button', { name: 'Add another directory' }).click()
  }
  await expect(directory).toBeFocused()
  await expect(dialog.getByLabel('Name')).toHaveCount(0)
  await dialog.getByLabel('Batch').fill('try it all')
  expect(await axeViolations(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Start 3 sessions' }).click()
  await expect(dialog.getByText('3 of 3 sessions done, 1 not as asked for')).toBeVisible(LONG)
  const rows = dialog.getByRole('list', { name: 'Sessions' }).getByRole('listitem')
  await expect(rows).toHaveText([
    /one.*Started/,
    /place.*Failed\. The folder \/no\/such\/place does not exist/,
    /three.*Started/,
  ])
  expect(await axeViolations(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Try failed again' }).click()
  await expect(directory).toHaveValue('/no/such/place')
  await directory.fill(scene.folder('two'))
  await dialog.getByRole('button', { name: 'Start session' }).click()
  await expect(dialog).toHaveCount(0)
  for (const name of ['one', 'three']) await expect(row(page, name)).toBeVisible()
  // What was tried again stands with the others.
  await page.getByRole('combobox', { name: 'Group sessions' }).selectOption('By batch')
  await expect(page.locator('.list .heading h2')).toHaveText(['try it all3', /^In no batch/])
})

test('a session is made in a new worktree, and a branch that is taken is said', async ({
  page,
}) => {
  await using repository = await Repository.open()
  await repository.write('a', 'one\n')
  await repository.commit()
  await using scene = await stage()
  await openApp(page, scene.server)
  const dialog = await openDialog(page)
  await dialog.getByRole('combobox', { name: 'Directory' }).fill(repository.path)
  await dialog.getByLabel('In a new git worktree').check()
  await dialog.getByLabel('Branch').fill('main')
  await dialog.getByRole('button', { name: 'Start session' }).click()
  await expect(dialog.getByRole('alert')).toHaveText(
    `The branch main is checked out in ${repository.path}.`,
  )
  expect(await axeViolations(page)).toEqual([])
  await dialog.getByLabel('Branch').fill('fix-login')
  await dialog.getByRole('button', { name: 'Start session' }).click()
  await expect(dialog).toHaveCount(0, LONG)
  await expect(row(page, 'work-fix-login')).toBeVisible()
  // Where it was made is offered the next time.
  await openDialog(page)
  const recent = dialog.getByRole('list', { name: 'Recent directories' }).getByRole('button')
  await expect(recent).toHaveText([repository.path])
  await dialog.getByRole('combobox', { name: 'Directory' }).fill('')
  await recent.click()
  await expect(dialog.getByRole('combobox', { name: 'Directory' })).toHaveValue(repository.path)
})

test('one prompt goes to the agents that wait for one, with a result for each', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const fakes = ['busy', 'first', 'second'].map((name) => new FakeAgent(tmux, 'claude', name))
  const [busy, first, second] = fakes
  if (!first || !second || !busy) throw new Error('no agents')
  for (const fake of fakes) await fake.start()
  first.show('00-idle-fresh')
  second.show('00-idle-fresh')
  busy.show('02-working-stream')
  await using server = await startServer({ tmux })
  await openApp(page, server, { scope: 'reply' })
  for (const name of ['first', 'second']) await expect(row(page, name)).toContainText('idle', LONG)
  await expect(row(page, 'busy')).toContainText('working', LONG)
  await page.getByRole('button', { name: 'Prompt several agents' }).click()
  const dialog = page.getByRole('dialog', { name: 'Prompt several agents' })
  const box = (name: string) => dialog.getByRole('checkbox', { name: new RegExp(name) })
  await expect(box('busy')).toBeDisabled()
  // Who can be chosen stands first.
  await expect(dialog.getByRole('listitem')).toContainText(['first', 'second', 'busy'])
  await dialog.getByLabel('Prompt', { exact: true }).fill('run the tests')
  await dialog.getByRole('button', { name: 'Choose all that wait for a prompt (2)' }).click()
  expect(await axeViolations(page)).toEqual([])
  // One of them begins to work before the prompt is sent.
  second.show('02-working-stream')
  await expect(dialog.getByRole('listitem').filter({ hasText: 'second' })).toContainText(
    'working',
    LONG,
  )
  await expect(box('second')).toBeChecked()
  await dialog.getByRole('button', { name: 'Send to 2 agents' }).click()
  const told = (name: string) => dialog.getByRole('listitem').filter({ hasText: name })
  await expect(told('second')).toContainText('Not sent. It is at work.')
  await expect(told('first')).toHaveAttribute('data-sent', 'receipt', LONG)
  expect(await axeViolations(page)).toEqual([])
  expect(second.typed() + busy.typed()).toBe('')
  second.show('00-idle-fresh')
  await expect(told('second')).toContainText('idle', LONG)
  await dialog.getByRole('button', { name: 'Try again with 1 agent' }).click()
  await expect(told('second')).toHaveAttribute('data-sent', 'receipt', LONG)
  await expect(dialog.locator('.form-acts').getByRole('button', { name: 'Close' })).toBeFocused()
  for (const fake of [first, second]) await expectTyped(fake, 'run the tests')
})

test('a lost answer of a group prompt is asked for again and types nothing twice', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const fakes = ['first', 'second'].map((name) => new FakeAgent(tmux, 'claude', name))
  for (const fake of fakes) {
    await fake.start()
    fake.show('00-idle-fresh')
  }
  await using server = await startServer({ tmux })
  await openApp(page, server)
  for (const name of ['first', 'second']) await expect(row(page, name)).toContainText('idle', LONG)
  let lost = 0
  await page.route('**/prompt', async (route) => {
    if (lost > 0) return route.continue()
    lost += 1
    await route.fetch()
    await route.abort()
  })
  await page.keyboard.press('p')
  const dialog = page.getByRole('dialog', { name: 'Prompt several agents' })
  await dialog.getByRole('button', { name: /^Choose all .*\(2\)$/ }).click()
  await dialog.getByLabel('Prompt', { exact: true }).fill('once')
  await dialog.getByRole('button', { name: 'Send to 2 agents' }).click()
  await expect(dialog.getByText(/types nothing twice/)).toHaveCount(1, LONG)
  await dialog.getByRole('button', { name: 'Try again with 1 agent' }).click()
  await expect(dialog.locator('li[data-sent=receipt]')).toHaveCount(2, LONG)
  for (const fake of fakes) await expectTyped(fake, 'once')
})

test('a device that may only watch is offered neither', async ({ page }) => {
  await using scene = await stage()
  await openApp(page, scene.server, { scope: 'watch' })
  await expect(row(page, 'there')).toBeVisible()
  await page.keyboard.press('c')
  await page.keyboard.press('p')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(page.getByRole('button', { name: /Prompt several|^New$/ })).toHaveCount(0)
})
