import { expect, type Locator, test } from 'playwright/test'
import { agent } from '../support/agent-view.ts'
import { tellAgents } from '../support/feed-agents.ts'
import { openApp, row } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

test('of all that leads somewhere, what leads to the place in sight says so, and nothing else', async ({
  page,
}) => {
  await using tmux = await startTmux()
  for (const name of ['one', 'two']) await tmux.newSession({ name, command: 'exec cat' })
  await using server = await startServer({ tmux })
  const ended = { liveness: 'ended', activity: 'unknown', session: '', title: 'over' } as const
  await tellAgents(page, [
    agent({ id: 'a1', session: 'one', activity: 'idle' }),
    agent({ id: 'a2', ...ended, endedAt: Date.now() }),
  ])
  await openApp(page, server)
  const list = page.getByRole('navigation', { name: 'Sessions' })
  const tabs = page.getByRole('navigation', { name: 'Open terminals' })
  const views = page.getByRole('navigation', { name: 'Views' }).filter({ visible: true })
  /** Presses it, and finds that it alone among those of its place is the current one. */
  const becomesCurrent = async (link: Locator, place: Locator, value = 'page') => {
    await link.click()
    await expect(link).toHaveAttribute('aria-current', value)
    await expect(place.locator('[aria-current]')).toHaveCount(1)
  }

  for (const name of ['one', 'two', 'one']) {
    await becomesCurrent(row(page, name).getByRole('link'), list)
  }
  await becomesCurrent(tabs.getByRole('link', { name: 'two' }), tabs)
  await becomesCurrent(tabs.getByRole('link', { name: 'one' }), tabs)
  for (const name of ['Conversation', 'Timeline', 'Changes', 'Terminal']) {
    await becomesCurrent(views.getByRole('link', { name }), views)
  }
  for (const name of ['Search everything', 'Wall of all sessions', 'Settings']) {
    await becomesCurrent(list.getByRole('button', { name }), list)
  }
  await becomesCurrent(row(page, 'over').getByRole('link'), list, 'true')
})
