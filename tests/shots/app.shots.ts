import { join } from 'node:path'
import { expect, type Page, test } from 'playwright/test'
import type { AgentsResponse, AgentView } from '../../server/protocol.ts'
import { Demo } from '../support/demo.ts'
import { expectLive, expectStill, openApp, type PageServer, row } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

const ROOT = join(import.meta.dirname, '../..')

/** The plays of the demo take half a minute until each state was there. */
test.setTimeout(240_000)
const SLOW = { timeout: 90_000 }

/** Pages that have an address of their own, shown with the agents of the demo. */
const PAGES: Readonly<Record<string, string>> = {
  wall: '/wall',
  search: '/search?q=injected+clock',
  settings: '/settings',
}

/** Dialogs and the keys that open them where nothing is typed. */
const DIALOGS: Readonly<Record<string, string>> = {
  palette: 'Control+k',
  'new-session': 'c',
  'prompt-several': 'p',
  devices: 'd',
  shortcuts: '?',
}

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, serviceWorkers: 'allow' })

    test('the demo, page by page', async ({ page }, info) => {
      await using demo = await Demo.start()
      const shoot = shooter(page, info.project.name, colorScheme)
      await openApp(page, demo)
      const agents = await readyAgents(demo)
      await shoot('list')
      await row(page, 'billing-api').locator('.name').click()
      await expect(page.locator('.xterm-rows')).toContainText('Do you want to proceed?')
      // A row that is pointed at shows more than the others.
      await page.mouse.move(0, 0)
      await shoot('permission')
      const device = deviceOf(info.project.name)
      // The pictures of the README: they say since when, which is told from the first minute on.
      if (colorScheme === 'dark') {
        await expect(row(page, 'docs-site').locator('.when')).toContainText(/\d/, SLOW)
        await save(page, `docs/${device}.png`)
      }
      const working = agents.find(({ cwd }) => cwd.endsWith('/auth-refactor'))
      for (const view of ['conversation', 'timeline', 'changes']) {
        await visit(page, demo, `/s/${working?.session}/${view}`)
        await settled(page)
        await shoot(view)
      }
      const ended = agents.find(({ cwd }) => cwd.endsWith('/data-import'))
      await visit(page, demo, `/a/${ended?.id}/changes`)
      await expect(page.locator('main')).toContainText('import.py')
      await shoot('ended')
      for (const [name, path] of Object.entries(PAGES)) {
        await visit(page, demo, path)
        await settled(page)
        await shoot(name)
      }
      await visit(page, demo, `/s/${working?.session}`)
      await expect(page.locator('.xterm-rows')).not.toBeEmpty()
      await page.locator('.slot.current .btn.state').click()
      await expect(page.getByRole('dialog')).toBeVisible()
      await shoot('why')
      await page.keyboard.press('Escape')
      await visit(page, demo, '/settings')
      for (const [name, keys] of Object.entries(DIALOGS)) {
        await page.keyboard.press(keys)
        await expect(page.getByRole('dialog')).toBeVisible()
        await settled(page)
        await shoot(name)
        await page.keyboard.press('Escape')
        await expect(page.getByRole('dialog')).toHaveCount(0)
      }
      if (device === 'desk') {
        await row(page, 'billing-api').locator('.name').click()
        for (const name of ['auth-refactor', 'infra']) {
          await page.keyboard.press('Control+Shift+B')
          await page.getByRole('dialog').getByRole('combobox').fill(name)
          await page.keyboard.press('Enter')
          await expect(page.getByRole('dialog')).toHaveCount(0)
        }
        await expect(page.locator('.slot .xterm-rows:visible')).toHaveCount(3)
        await shoot('split')
      }
    })

    test('with nothing to show, without leave to type, without a server', async ({
      page,
    }, info) => {
      await using tmux = await startTmux()
      await using server = await startServer({ tmux, env: { HOME: tmux.dir } })
      const shoot = shooter(page, info.project.name, colorScheme)
      await page.goto(server.url)
      await expect(page.locator('#root')).toContainText('paired')
      await shoot('unpaired')
      await openApp(page, server, { scope: 'watch' })
      await expect(page.locator('#root')).toContainText(/no tmux server|No tmux server/)
      await shoot('no-server')
      const name = 'a name that is rather longer than any list is wide, 名前も長い'
      await tmux.newSession({ name, command: 'exec sh' })
      await row(page, name).locator('.name').click()
      await expect(page.locator('.xterm-rows')).toContainText('#')
      await shoot('watch-only')
      await server.stop()
      await expect(page.getByTestId('link-banner')).toContainText(/\d/)
      await shoot('offline')
      await server.start()
      await openApp(page, server, { scope: 'full' })
      await tmux.newSession({ name: 'stays', command: 'exec sh' })
      await expect(row(page, 'stays')).toBeVisible()
      await tmux.run('kill-server')
      await visit(page, server, '/recovery')
      await settled(page)
      await shoot('recovery')
    })
  })
}

/** Waits until every agent of the demo has come to where its play leads. */
async function readyAgents(demo: Demo): Promise<AgentView[]> {
  const token = await demo.pair()
  const list = async () =>
    (await demo.api(token).get<AgentsResponse>('/api/agents')).json.agents.sort((a, b) =>
      a.cwd < b.cwd ? -1 : 1,
    )
  await expect
    .poll(async () => (await list()).filter(({ liveness }) => liveness === 'ended').length, SLOW)
    .toBe(2)
  const turns = async () => {
    const auth = (await list()).find(({ cwd }) => cwd.endsWith('/auth-refactor'))
    return auth?.turn?.generation ?? 0
  }
  await expect.poll(turns, SLOW).toBeGreaterThan(2)
  return list()
}

async function visit(page: Page, server: PageServer, path: string): Promise<void> {
  await page.goto(`${server.url}${path}`)
  await expectLive(page)
}

/** Waits until nothing on the page says any more that it is on its way. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle')
  await expect(page.getByText(/^(Reading|Looking|Loading|Searching)/)).toHaveCount(0)
}

function deviceOf(project: string): 'desk' | 'phone' {
  return project === 'phone' ? 'phone' : 'desk'
}

function shooter(page: Page, project: string, theme: string): (what: string) => Promise<void> {
  return (what) => save(page, `shots/${deviceOf(project)}-${theme}-${what}.png`)
}

async function save(page: Page, path: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready)
  await expectStill(page)
  await page.screenshot({ path: join(ROOT, path), scale: 'css' })
}
