import { expect, type Page, test } from 'playwright/test'
import { axeViolations } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { expectRow, openTerminal } from '../support/terminal-tab.ts'
import { startTmux } from '../support/tmux.ts'

async function expectAccessible(page: Page, state: string): Promise<void> {
  expect(await axeViolations(page), state).toEqual([])
}

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme })

    test('an accessibility check finds nothing in any state of a terminal', async ({ page }) => {
      await using tmux = await startTmux()
      await tmux.newSession({ name: 'work', cols: 100, rows: 30, command: 'seq 300; exec cat' })
      await using server = await startServer({ tmux })
      await openTerminal(page, server, 'work')
      await expectRow(page, /^300$/)
      await expectAccessible(page, 'live')
      await page.keyboard.press('Shift+PageUp')
      const history = page.getByRole('dialog', { name: 'Scrollback' })
      await expect(history).toContainText('lines above')
      await history.getByRole('searchbox').fill('29')
      await expect(history.locator('.term-hits')).toContainText('of')
      await expectAccessible(page, 'scrollback with hits')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'More about work' }).click()
      await page.getByRole('menuitem', { name: 'Screen as text' }).click()
      const text = page.getByRole('dialog', { name: 'Screen as text' })
      await expect(text).toContainText('300')
      await expectAccessible(page, 'text')
      await page.keyboard.press('Escape')
      await server.kill9()
      await expect(page.locator('.term-view.stale:visible')).toBeVisible()
      await page.keyboard.type('held')
      await expect(page.getByLabel('Held input').getByRole('button').first()).toBeVisible()
      await expectAccessible(page, 'held input')
    })
  })
}
