import { expect, test } from 'playwright/test'
import { loseTmux, startTwo } from '../support/lost-story.ts'
import { axeViolations, openApp } from '../support/page.ts'
import { overflow, smallTargets } from '../support/phone.ts'
import { startTmux } from '../support/tmux.ts'

test('what was lost is brought back with two taps', async ({ page }) => {
  await using tmux = await startTmux()
  await using server = await startTwo(tmux)
  await loseTmux(tmux, server)
  await openApp(page, server)
  await page.getByRole('link', { name: 'Bring back' }).tap()
  await expect(page.locator('.lost-agent')).toHaveCount(2)
  await expect.poll(() => smallTargets(page)).toEqual([])
  await expect.poll(() => overflow(page)).toEqual({ x: 0, y: 0 })
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('button', { name: 'Rebuild and resume all' }).tap()
  await expect(page.locator('.step')).toHaveText(['resumed', 'resumed'], { timeout: 30_000 })
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('link', { name: 'Open its terminal' }).first().tap()
  await expect(page.locator('.slot:not(.hidden) .title')).toHaveText('one')
})
