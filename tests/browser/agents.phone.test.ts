import { expect, test } from 'playwright/test'
import { fleet, startFleet } from '../support/agent-fleet.ts'
import { tellAgents } from '../support/feed-agents.ts'
import { axeViolations, openApp, row, rowNames } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

test('the phone’s list stands by need, and the head of a session answers why', async ({ page }) => {
  await using tmux = await startTmux()
  await startFleet(tmux)
  await using server = await startServer({ tmux })
  await tellAgents(page, fleet())
  const { problems } = await openApp(page, server)
  await expect(row(page, 'billing')).toBeVisible()
  await expect.poll(() => rowNames(page)).toEqual(['billing', 'search'])
  await page.getByRole('link', { name: 'Sessions', exact: true }).tap()
  await expect(row(page, 'perf')).toBeVisible()
  await expect
    .poll(async () => (await rowNames(page)).slice(0, 4))
    .toEqual(['billing', 'search', 'auth', 'perf'])
  expect(await axeViolations(page)).toEqual([])
  const wider = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  await expect.poll(wider).toBe(0)
  const shots = process.env.DOGWATCH_SHOTS
  if (shots) await page.screenshot({ path: `${shots}/phone-list.png` })

  await row(page, 'billing').getByRole('link').tap()
  const why = page.getByRole('button', { name: 'Why billing is asking' }).last()
  await expect(why).toBeVisible()
  const box = await why.boundingBox()
  expect(box?.height).toBeGreaterThanOrEqual(43.5)
  await why.tap()
  await expect(page.getByRole('dialog', { name: 'Claude Code is asking' })).toBeVisible()
  await expect(page.getByTestId('evidence')).toContainText('Do you want to proceed?')
  expect(await axeViolations(page)).toEqual([])
  await expect.poll(wider).toBe(0)
  if (shots) await page.screenshot({ path: `${shots}/phone-why.png` })
  expect(problems).toEqual([])
})
