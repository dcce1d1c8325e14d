import { expect, type Page, test } from 'playwright/test'
import { agent, dirty } from '../support/agent-view.ts'
import { tellAgents } from '../support/feed-agents.ts'
import { axeViolations, openApp, row, rowNames } from '../support/page.ts'
import { type Server, startServer } from '../support/server.ts'
import { STEADY_NAMES, startTmux, type Tmux } from '../support/tmux.ts'

let tmux: Tmux
let server: Server

test.beforeEach(async ({ page }) => {
  tmux = await startTmux(STEADY_NAMES)
  for (const name of ['api', 'web', 'post', 'plain']) {
    await tmux.newSession({ name, cwd: '/usr', command: 'exec cat' })
  }
  server = await startServer({ tmux })
  const shop = { ...dirty, repository: '/w/shop', worktree: '/w/shop' }
  const blog = { ...dirty, repository: '/w/blog', worktree: '/w/blog' }
  const ask = { id: 'q', kind: 'permission', text: 'npm test', since: Date.now() } as const
  await tellAgents(page, [
    agent({ id: 'a1', session: 'api', cwd: '/w/shop/api', git: shop }),
    agent({ id: 'a2', session: 'web', cwd: '/w/shop', git: shop, activity: 'asking', ask }),
    agent({ id: 'a3', session: 'post', cwd: '/w/blog', git: blog, kind: 'codex' }),
  ])
})

test.afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await tmux[Symbol.asyncDispose]()
})

const headings = (page: Page) => page.locator('.list .heading h2')
const grouping = (page: Page) => page.getByRole('combobox', { name: 'Group sessions' })
const find = (page: Page) => page.getByRole('searchbox', { name: 'Find a session' })

test('rows stand by need, repository, directory or in one list, as this device was told', async ({
  page,
}) => {
  const { problems } = await openApp(page, server)
  await expect(headings(page)).toHaveText(['Needs you 1', 'Working 2', 'Sessions 1'])
  await grouping(page).selectOption('By repository')
  await expect(headings(page)).toHaveText(['blog1', /^shop2.*1 needs you$/, 'In no repository1'])
  const urgent = page.locator('.list .heading').getByText('◆ 1 needs you')
  await expect(urgent).toHaveAttribute('title', /^Most urgent: permission/)
  // Who needs somebody is first in its group.
  await expect.poll(() => rowNames(page)).toEqual(['post', 'web', 'api', 'plain'])
  expect(await axeViolations(page)).toEqual([])

  await page.reload()
  await expect(grouping(page)).toHaveValue('repository')
  await expect(headings(page)).toHaveText(['blog1', /^shop2/, 'In no repository1'])
  await grouping(page).selectOption('By directory')
  await expect(headings(page)).toHaveText(['api1', 'blog1', /^shop1/, 'usr1'])
  await grouping(page).selectOption('By batch')
  await expect(headings(page)).toHaveText([/^In no batch4/])
  await grouping(page).selectOption('One list')
  await expect(headings(page)).toHaveCount(0)
  await expect.poll(() => rowNames(page)).toEqual(['web', 'api', 'post', 'plain'])
  await grouping(page).selectOption('By need')
  await expect(headings(page)).toHaveText(['Needs you 1', 'Working 2', 'Sessions 1'])
  expect(problems).toEqual([])
})

test('words with a colon narrow the list by state and agent, and the field says so', async ({
  page,
}) => {
  await openApp(page, server)
  await expect(find(page)).toHaveAccessibleDescription(/state:asking agent:codex/)
  const hint = page.getByText('Also state:asking agent:codex')
  await expect(hint).toBeHidden()
  await page.keyboard.press('/')
  await expect(hint).toBeVisible()
  expect(await axeViolations(page)).toEqual([])
  for (const [query, names] of [
    ['state:asking', ['web']],
    ['agent:codex', ['post']],
    ['agent:claude state:working', ['api']],
    ['agent:none', ['plain']],
    ['state:needs shop', ['web']],
    ['state:wor', ['api', 'post']],
  ] as const) {
    await find(page).fill(query)
    await expect(page.locator('.row .name bdi')).toHaveText([...names])
  }
  await find(page).fill('state:nonsense')
  await expect(page.getByText('No session matches.')).toBeVisible()
  await expect(page.locator('.row')).toHaveCount(0)
})

test('the way to group takes no line from the list, and is reached with keys', async ({ page }) => {
  await openApp(page, server)
  await expect(row(page, 'api')).toBeVisible()
  const field = await find(page).boundingBox()
  const list = await page.locator('.rail .list').boundingBox()
  expect(list?.y).toBeLessThan((field?.y ?? 0) + (field?.height ?? 0) + 12)
  await page.getByRole('button', { name: 'Search everything' }).focus()
  await page.keyboard.press('Shift+Tab')
  await expect(grouping(page)).toBeFocused()
})

test('a repository has its own colour, the same in every row, readable in light and dark', async ({
  page,
}) => {
  await openApp(page, server)
  const colour = (name: string) =>
    row(page, name)
      .locator('.repo')
      .evaluate((element) => getComputedStyle(element).color)
  await expect(row(page, 'api').locator('.repo')).toHaveText('shop')
  expect(await colour('api')).toBe(await colour('web'))
  expect(await colour('api')).not.toBe(await colour('post'))
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    const worst = await row(page, 'api')
      .locator('.repo')
      .evaluate((element) => {
        const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
        const light = (value: string) => {
          if (!canvas) return 0
          canvas.fillStyle = value
          canvas.fillRect(0, 0, 1, 1)
          const [red = 0, green = 0, blue = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map(
            (part) => {
              const share = part / 255
              return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
            },
          )
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue
        }
        const probe = document.createElement('i')
        document.body.append(probe)
        const surfaces = ['--panel', '--raised', '--bg'].map((name) => {
          probe.style.color = `var(${name})`
          return light(getComputedStyle(probe).color)
        })
        probe.remove()
        let least = Number.POSITIVE_INFINITY
        for (let hue = 0; hue < 360; hue += 24) {
          element.style.setProperty('--hue', `${hue}`)
          const own = light(getComputedStyle(element).color)
          for (const other of surfaces) {
            const [high, low] = own > other ? [own, other] : [other, own]
            least = Math.min(least, (high + 0.05) / (low + 0.05))
          }
        }
        return least
      })
    expect(worst, scheme).toBeGreaterThan(4.5)
  }
})

test('a row names its repository where its session is not named after it', async ({ page }) => {
  await openApp(page, server)
  await expect(row(page, 'post').locator('.repo')).toHaveText('blog')
  await tmux.run('rename-session', '-t', '=post', 'blog')
  await expect(row(page, 'blog')).toContainText('Codex')
  await expect(row(page, 'blog').locator('.repo')).toHaveCount(0)
})

test('the whole list is grouped on a phone as well; what it shows first stays by need', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await openApp(page, server)
  await expect(headings(page)).toHaveText(['Needs you 1'])
  await expect(grouping(page)).toHaveCount(0)
  await page.getByRole('link', { name: 'Sessions', exact: true }).click()
  await grouping(page).selectOption('By repository')
  await expect(headings(page)).toHaveText(['blog1', /^shop2.*1 needs you$/, 'In no repository1'])
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('link', { name: /Needs you/ }).click()
  await expect(headings(page)).toHaveText(['Needs you 1'])
})

test('a dialog that was open leaves the list as it looked', async ({ page }) => {
  await openApp(page, server)
  await expect(headings(page)).toHaveText(['Needs you 1', 'Working 2', 'Sessions 1'])
  const look = (of: string) =>
    page
      .locator(of)
      .first()
      .evaluate((element) => {
        const { padding, border, display, gap, flex, minHeight, backgroundColor } =
          getComputedStyle(element)
        return { padding, border, display, gap, flex, minHeight, backgroundColor }
      })
  const faces = [':has(> [aria-label="Group sessions"])', ':has(> [aria-label="Snooze"])']
  const before = await Promise.all(faces.map(look))
  // Its style comes with it, and stays.
  await page.getByRole('button', { name: 'New', exact: true }).click()
  await expect(page.getByLabel('Name')).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.mouse.move(720, 450)
  expect(await Promise.all(faces.map(look))).toEqual(before)
})
