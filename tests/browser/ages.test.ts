import { expect, test } from 'playwright/test'
import { fleet, startFleet } from '../support/agent-fleet.ts'
import { tellAgents } from '../support/feed-agents.ts'
import { openApp, row } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

test('ages are told in short words, and the exact moment to whoever points at one', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await startFleet(tmux)
  await using server = await startServer({ tmux })
  const agents = fleet()
  await tellAgents(page, agents)
  await openApp(page, server)
  await expect(row(page, 'billing').locator('.when')).toHaveText('permission 2 min')
  for (const { session, since, endedAt, turn, title } of agents) {
    const when = row(page, title || session).locator('.when')
    // As this browser writes it, whatever its language.
    const exact = await page.evaluate(
      (at) => new Date(at).toLocaleString(),
      endedAt ?? turn?.startedAt ?? since,
    )
    await expect(when, session).toHaveAttribute('title', new RegExp(`^Since ${exact}\\.`))
  }
  // A figure stands under the figure above it.
  await expect(row(page, 'auth').locator('.when')).toHaveCSS('font-variant-numeric', 'tabular-nums')
  await expect(row(page, 'plain').locator('.when')).toHaveAttribute('title', /^Since .*\d/)
  await page.getByRole('button', { name: 'Why billing is asking' }).click()
  const box = page.getByRole('dialog')
  await expect(box.locator('time')).toHaveAttribute('title', /\d/)
  await page.keyboard.press('Escape')
  await row(page, 'billing').getByRole('link').click()
  const waits = page.locator('.slot.current .waiting-for')
  await expect(waits).toContainText(/for \d+ min/)
  await expect(waits).toHaveAttribute('title', /^Since .*\d/)
})
