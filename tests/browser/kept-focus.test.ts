import { expect, test } from 'playwright/test'
import { fleet, startFleet } from '../support/agent-fleet.ts'
import { tellAgents } from '../support/feed-agents.ts'
import { holdBack, openApp, row, rowNames } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

test('a row that takes another place keeps the focus', async ({ page }) => {
  await using tmux = await startTmux()
  await startFleet(tmux)
  await using server = await startServer({ tmux })
  const told = await tellAgents(page, fleet())
  await openApp(page, server)
  const docs = fleet().find(({ id }) => id === 'docs')
  if (!docs) throw new Error('the fleet is short')
  const place = async () => (await rowNames(page)).indexOf('docs')
  await expect.poll(place).toBe(5)
  const link = row(page, 'docs').locator('.row-main')
  await link.focus()
  told.tell({ ...docs, activity: 'failed' })
  await expect.poll(place).toBe(1)
  await expect(link).toBeFocused()
})

test('who goes to a session from the field of the list types into its terminal', async ({
  page,
}) => {
  await using tmux = await startTmux()
  for (const name of ['one', 'two']) {
    await tmux.newSession({ name, command: `echo I am ${name}; exec cat` })
  }
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await page.getByLabel('Find a session').focus()
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('combobox').fill('two')
  await page.keyboard.press('Enter')
  await expect(page.locator('.slot.current .xterm-rows')).toContainText('I am two')
  await expect(page.locator('.slot.current .xterm-helper-textarea')).toBeFocused()
})

test('a box to tick leaves single keys to the page', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'one', command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server, { path: '/wall' })
  await page.getByLabel('Only agents').focus()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
})

test('what is typed while the search and the palette load stands in their fields', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'one', command: 'exec cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await expect(row(page, 'one')).toBeVisible()
  // S asks for the page; C would open the dialog of new sessions, D that of devices.
  const search = await holdBack(page, '**/assets/Search-*.js')
  const box = page.getByRole('searchbox', { name: 'Search everything' })
  await page.keyboard.press('s')
  await page.keyboard.type('cd notes')
  await expect(page).toHaveURL(/\/search\?q=cd\+notes$/)
  search()
  await expect(box).toHaveValue('cd notes')
  await expect(box).toBeFocused()
  await page.keyboard.type(' x')
  await expect(box).toHaveValue('cd notes x')

  const dialogs = await holdBack(page, '**/assets/Dialogs-*.js')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('wal')
  await expect(page.getByLabel('Find and do anything').and(page.locator('input'))).toHaveValue(
    'wal',
  )
  dialogs()
  const field = page.getByRole('dialog').getByRole('combobox')
  await expect(field).toBeFocused()
  await expect(field).toHaveValue('wal')
  await page.keyboard.type('l')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Wall' })).toBeVisible()
})
