import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, type Page, test } from 'playwright/test'
import { FakeAgent } from '../support/fake-agent.ts'
import { axeViolations, openApp, row } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'

const SIZES = [
  { width: 390, height: 844 },
  { width: 320, height: 568 },
  { width: 844, height: 390 },
]

/** What can be pressed and is too small for a finger, and how far the page can be moved sideways. */
async function misfits(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const dialog = document.querySelector('[role=dialog]')
    const small = [...(dialog?.querySelectorAll('button, select, input, textarea') ?? [])]
      .map((element) => element.closest('label') ?? element)
      .filter((element) => element.getBoundingClientRect().height < 43.5)
      .map((element) => `small: ${element.outerHTML.slice(0, 80)}`)
    const wide = [document.documentElement, dialog]
      .filter((element) => element && element.scrollWidth > element.clientWidth + 1)
      .map((element) => `wide: ${element?.tagName}`)
    return [...small, ...wide]
  })
}

const NAMES = ['billing', 'a session with a name that is longer than any phone is wide'] as const

async function agents(tmux: Tmux): Promise<void> {
  for (const name of NAMES) {
    const fake = new FakeAgent(tmux, 'claude', name)
    const command = `exec '${fake.script}'`
    await tmux.newSession({ name, cwd: tmux.dir, cols: 120, rows: 40, command })
    fake.show('00-idle-fresh')
  }
}

for (const size of SIZES) {
  test(`new sessions and group prompts fit ${size.width}x${size.height}`, async ({ page }) => {
    await page.setViewportSize(size)
    await using tmux = await startTmux()
    await agents(tmux)
    const bin = dirname(new FakeAgent(tmux, 'claude', 'bin').script)
    writeFileSync(join(tmux.dir, '.profile'), `PATH=${bin}:$PATH\n`)
    const long = join(tmux.dir, 'a-folder-with-a-rather-long-name', 'packages', 'importer')
    mkdirSync(long, { recursive: true })
    await using server = await startServer({ tmux, env: { PATH: `${bin}:${process.env.PATH}` } })
    const { problems } = await openApp(page, server)
    // Who is known when the dialog opens stands in it, and the second may be found later.
    for (const name of NAMES) {
      await expect(row(page, name)).toContainText('idle', { timeout: 40_000 })
    }
    await page.getByRole('button', { name: 'Prompt several agents' }).tap()
    const several = page.getByRole('dialog', { name: 'Prompt several agents' })
    // No keyboard covers the agents before somebody asks for one.
    await expect(several).toBeFocused()
    await several.getByRole('button', { name: /^Choose all .*\(2\)$/ }).tap()
    await several.getByLabel('Prompt', { exact: true }).fill('hello')
    await expect(several.getByRole('button', { name: 'Send to 2 agents' })).toBeEnabled()
    await expect.poll(() => misfits(page)).toEqual([])
    expect(await axeViolations(page)).toEqual([])
    await several.getByRole('button', { name: 'Close' }).last().tap()

    await page.getByRole('button', { name: 'New', exact: true }).tap()
    const dialog = page.getByRole('dialog', { name: 'New session' })
    await expect(dialog).toBeFocused()
    await dialog.getByRole('combobox', { name: 'Directory' }).fill(long)
    await dialog.getByRole('button', { name: 'Add another directory' }).tap()
    await dialog.getByText('In a new git worktree').tap()
    await dialog.getByLabel('Start', { exact: true }).selectOption('Claude Code')
    await expect.poll(() => misfits(page)).toEqual([])
    expect(await axeViolations(page)).toEqual([])
    await dialog.getByText('In a new git worktree').tap()
    await dialog.getByRole('button', { name: 'Start session' }).tap()
    await expect(dialog).toHaveCount(0)
    // Next time the long path is offered, and fits too.
    await expect(page.locator('.head').first()).toBeVisible()
    await page.goto(`${server.url}/`)
    await page.getByRole('button', { name: 'New', exact: true }).tap()
    await expect(dialog.getByRole('button', { name: '…/packages/importer' })).toBeVisible()
    await expect.poll(() => misfits(page)).toEqual([])
    expect(problems).toEqual([])
  })
}
