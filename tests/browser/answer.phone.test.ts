import { expect, type Page, test } from 'playwright/test'
import type { AgentsResponse } from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { axeViolations, openApp, row } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'

async function startAsking(tmux: Tmux, name = 'work'): Promise<FakeAgent> {
  const agent = new FakeAgent(tmux, 'claude', name)
  await agent.start()
  agent.show('03-permission-bash')
  return agent
}

const allow = (page: Page) =>
  page.getByRole('button', { name: 'Allow once' }).filter({ visible: true })

test('one tap answers from the list, and one from the session that a link opens', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const one = await startAsking(tmux, 'one')
  const two = await startAsking(tmux, 'two')
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await expect(row(page, 'two').getByRole('button', { name: 'Allow once' })).toBeVisible()
  await row(page, 'one').getByRole('button', { name: 'Allow once' }).tap()
  await expect.poll(() => one.typed()).toBe('\r')
  one.show('05-after-approve')
  await expect(row(page, 'one').getByRole('button', { name: 'Allow once' })).toHaveCount(0)
  expect(two.typed()).toBe('')

  const api = server.api(await server.pair())
  const asking = async () => {
    const { json } = await api.get<AgentsResponse>('/api/agents')
    return json.agents.filter(({ activity }) => activity === 'asking').map(({ session }) => session)
  }
  // What was answered asks until its screen is another.
  await expect.poll(async () => (await asking()).length).toBe(1)
  await page.goto(`${server.url}/s/${(await asking())[0]}`)
  await allow(page).tap()
  await expect.poll(() => two.typed()).toBe('\r')
  two.show('05-after-approve')
  await expect(allow(page)).toHaveCount(0)
  expect(await axeViolations(page)).toEqual([])
})

test('a dialog that changes between the look and the tap is not answered, and it is said', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const agent = await startAsking(tmux)
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await row(page, 'work').getByRole('link').tap()
  await expect(allow(page)).toBeVisible()
  // The tap is on its way while the screen becomes another: what was seen goes along.
  await page.route('**/answer', async (route) => {
    agent.show('07-permission-edit')
    await expect
      .poll(() => tmux.run('capture-pane', '-p', '-t', 'work'))
      .not.toContain('touch made-by-agent.txt')
    await route.continue()
  })
  await allow(page).tap()
  // It depends on the moment whether the new dialog is known by then.
  await expect(page.locator('.toasts')).toContainText(/changed|does not ask that any more/)
  expect(agent.typed()).toBe('')
  // The new dialog is answered as itself.
  await page.unroute('**/answer')
  await expect(allow(page)).toBeEnabled()
  // It may take another tap until the page knows it; a key that is on its way must not be doubled.
  await expect(async () => {
    if (agent.typed() === '') await allow(page).tap()
    await expect.poll(() => agent.typed(), { timeout: 8_000 }).toBe('\r')
  }).toPass({ timeout: 40_000 })
})

test('a tap that is doubled presses one key', async ({ page }) => {
  await using tmux = await startTmux()
  const agent = await startAsking(tmux)
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await row(page, 'work').getByRole('link').tap()
  const requests: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/answer')) requests.push(request.postData() ?? '')
  })
  await allow(page).evaluate((button) => {
    if (!(button instanceof HTMLElement)) throw new Error('no button')
    button.click()
    button.click()
  })
  await expect.poll(() => agent.typed()).toBe('\r')
  agent.show('05-after-approve')
  await expect(allow(page)).toHaveCount(0)
  expect(requests).toHaveLength(1)
  expect(agent.typed()).toBe('\r')
})

test('what was answered at the desk cannot be answered here any more', async ({ page }) => {
  await using tmux = await startTmux()
  const agent = await startAsking(tmux)
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await row(page, 'work').getByRole('link').tap()
  await expect(allow(page)).toBeVisible()
  await tmux.run('send-keys', '-t', 'work', 'Enter')
  agent.show('05-after-approve')
  await expect(allow(page)).toHaveCount(0)
})
