import { expect, type Page, test } from 'playwright/test'
import { agent } from '../support/agent-view.ts'
import { tellAgents } from '../support/feed-agents.ts'
import { openApp, row } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { STEADY_NAMES, startTmux } from '../support/tmux.ts'

/** All that a screen reader is told from now on, in its order. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const said: string[] = []
    Object.assign(window, { said })
    const LIVE = '[role=status], [role=alert], [role=log], [role=timer], [aria-live]'
    new MutationObserver((records) => {
      for (const { target } of records) {
        const element = target instanceof Element ? target : target.parentElement
        const text = element?.closest(LIVE)?.textContent?.trim()
        if (text && text !== said.at(-1)) said.push(text)
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true })
  })
  return () => page.evaluate(() => (window as unknown as { said: string[] }).said)
}

test('a screen reader is told who has come to need somebody, and nothing of all else that changes', async ({
  page,
}) => {
  await using tmux = await startTmux(STEADY_NAMES)
  const first = await tmux.newSession({ name: 'work', command: 'exec cat' })
  await tmux.newSession({ name: 'other', command: 'exec cat' })
  await using server = await startServer({ tmux })
  const work = agent({ id: 'a1', session: 'work' })
  const told = await tellAgents(page, [work, agent({ id: 'a2', session: 'other' })])
  await openApp(page, server)
  await expect(row(page, 'work').locator('.when')).toContainText('working')
  const said = await listen(page)

  // Output, other words, other states that need nobody, sessions that come, change and go.
  await tmux.run('send-keys', '-t', first, 'some output', 'Enter')
  for (let at = 0; at < 20; at += 1) told.tell({ ...work, tool: `Bash step ${at}` })
  told.tell({ ...work, activity: 'retrying' })
  told.tell({ ...work, activity: 'unknown' })
  told.tell({ ...work, activity: 'idle', lastWords: 'Done.' })
  await tmux.newSession({ name: 'third', command: 'exec cat' })
  await tmux.run('rename-session', '-t', 'third', 'renamed')
  await expect(row(page, 'renamed')).toBeVisible()
  await tmux.run('kill-session', '-t', 'renamed')
  await expect(row(page, 'renamed')).toHaveCount(0)
  await expect(row(page, 'work').locator('.when')).toContainText('idle')
  expect(await said()).toEqual([])

  const ask = { id: 'q', kind: 'permission', text: 'rm -r build', since: Date.now() } as const
  told.tell({ ...work, activity: 'asking', ask })
  await expect.poll(said).toEqual(['work, Claude Code: Permission, rm -r build.'])
  // Told again of the same need, it is no news.
  told.tell({ ...work, activity: 'asking', ask, tool: 'Bash' })
  told.tell({ ...work, activity: 'working' })
  await expect.poll(said).toHaveLength(2)
  expect((await said())[1]).toBe('Nobody needs you now.')
})

test('who needed somebody before the page came is in the list, and is not read out', async ({
  page,
}) => {
  await using tmux = await startTmux(STEADY_NAMES)
  await tmux.newSession({ name: 'work', command: 'exec cat' })
  await using server = await startServer({ tmux })
  const ask = { id: 'q', kind: 'permission', text: 'rm -r build', since: Date.now() } as const
  const work = agent({ id: 'a1', session: 'work' })
  const told = await tellAgents(page, [{ ...work, activity: 'asking', ask }])
  await openApp(page, server)
  await expect(row(page, 'work').locator('.when')).toContainText('permission')
  await expect(page.getByTestId('attention')).toBeEmpty()
  told.tell({ ...work, activity: 'working' })
  await expect(page.getByTestId('attention')).toHaveText('Nobody needs you now.')
})
