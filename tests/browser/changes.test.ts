import { expect as expectSoon, type Locator, type Page, test } from 'playwright/test'
import type { AgentsResponse } from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { axeViolations, openApp, pressOf, row } from '../support/page.ts'
import { Repository } from '../support/repository.ts'
import { type Server, startServer } from '../support/server.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'

/** Git is asked every few seconds, and a busy machine takes its time. */
const expect = expectSoon.configure({ timeout: 30_000 })
test.setTimeout(120_000)

let tmux: Tmux
let server: Server
let repository: Repository

test.beforeEach(async () => {
  tmux = await startTmux()
  repository = await Repository.open()
  server = await startServer({ tmux })
})

test.afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await tmux[Symbol.asyncDispose]()
  await repository[Symbol.asyncDispose]()
})

/** An agent that runs in the repository, or elsewhere, and its changes. */
async function openChanges(
  page: Page,
  folder = repository.path,
): Promise<{ problems: string[]; files: Locator; diff: Locator; view: Locator }> {
  const claude = new FakeAgent(tmux, 'claude', 'work')
  await claude.start(folder)
  await claude.writeLive('idle')
  const { problems } = await openApp(page, server)
  await row(page, 'work').locator('.name').click()
  await page.getByRole('link', { name: 'Changes' }).click()
  return {
    problems,
    files: page.getByRole('navigation', { name: 'Changed files' }).getByRole('button'),
    diff: page.getByRole('region', { name: 'Diff' }),
    view: page.getByRole('region', { name: 'Changes' }),
  }
}

test('files and their lines stand inline or side by side, and appear as they change', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await repository.write('src/total.ts', 'one\ntwo\nthree\n')
  await repository.write('gone.txt', 'bye\n')
  await repository.commit()
  const index = await repository.indexHash()
  const { problems, files, diff, view } = await openChanges(page)
  await expect(view.getByRole('heading')).toHaveText('Nothing changed since the last commit')
  expect(await axeViolations(page)).toEqual([])

  await repository.write('src/total.ts', 'one\nTWO\nthree\n')
  await expect(files).toHaveText([/M\s*src\/total\.ts\s*\+1\s*−1/])
  await expect(diff.locator('.diff-line.removed')).toHaveText(/2\s*−two/)
  await expect(diff.locator('.diff-line.added')).toHaveText(/2\s*\+TWO/)
  // The same file once more: git's own sums are as before.
  await repository.write('src/total.ts', 'one\nSecond\nthree\n')
  await expect(diff.locator('.diff-line.added')).toHaveText(/\+Second/)
  await repository.write('new file.md', 'hello\n')
  await expect(files).toHaveCount(2)
  await expect(view.locator('.changes-bar')).toContainText('main')
  await expect(view.locator('.changes-bar')).toContainText(/2 files\s*\+2\s*−1/)

  await page.getByRole('button', { name: 'Side by side' }).click()
  const pair = diff.locator('.diff-pair', { hasText: 'Second' })
  await expect(pair.locator('.diff-line')).toHaveText([/2\s*−two/, /2\s*\+Second/])
  expect(await axeViolations(page)).toEqual([])
  const shots = process.env.DOGWATCH_SHOTS
  if (shots) await page.screenshot({ path: `${shots}/changes-beside.png` })
  await page.getByRole('button', { name: 'Inline' }).click()
  await page.getByRole('button', { name: 'Copy the path src/total.ts' }).click()
  await expect(page.getByText('Path copied.')).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('src/total.ts')
  const head = diff.getByRole('button', { name: 'src/total.ts', exact: true })
  await head.click()
  await expect(head).toHaveAttribute('aria-expanded', 'false')
  await expect(diff.locator('.diff-line.removed')).toHaveCount(0)
  // Looking wrote nothing, not even git's own index.
  expect(await repository.indexHash()).toBe(index)
  expect(problems).toEqual([])
})

test('twenty thousand lines cost as many rows as are in sight, and files are jumped to', async ({
  page,
}) => {
  const lines = (count: number, word: string) =>
    Array.from({ length: count }, (_, at) => `${word} ${at}\n`).join('')
  for (let at = 0; at < 10; at += 1) await repository.write(`big${at}.txt`, lines(2_200, 'line'))
  await repository.write('small.txt', 'small\n')
  await repository.commit()
  for (let at = 0; at < 10; at += 1) await repository.write(`big${at}.txt`, lines(1_100, 'new'))
  await repository.write('small.txt', `${'wide '.repeat(200)}the end\n`)
  const { files, diff } = await openChanges(page)
  await expect(files).toHaveCount(11)
  const drawn = () => diff.locator('.diff-item').count()
  const height = () => diff.evaluate((element) => element.scrollHeight)
  await expect.poll(height).toBeGreaterThan(20_000 * 20)
  expect(await drawn()).toBeLessThan(200)
  await diff.evaluate((element) => element.scrollTo({ top: 44_000 }))
  // Far from its head a file's name is still there.
  await expect(diff.locator('.diff-stuck')).toHaveText('big0.txt')
  await files.filter({ hasText: 'small.txt' }).click()
  await expect(diff.getByText(/^small$/)).toBeInViewport()
  expect(await drawn()).toBeLessThan(200)
  // The end of a long line is reached sideways, with its head and in both layouts.
  const added = diff.locator('.diff-line.added').last()
  const endShows = () =>
    added.evaluate((line) => {
      // How far that is shows once its rows are drawn, which comes after what leads to them.
      const all = line.closest('.diff')
      all?.scrollTo({ left: all.scrollWidth })
      const code = line.querySelector('code')
      const right = code?.getBoundingClientRect().right ?? 0
      const box = all?.getBoundingClientRect()
      return box !== undefined && right <= box.right + 1 && right > box.left
    })
  await expect.poll(endShows).toBe(true)
  await expect(diff.getByRole('button', { name: 'small.txt', exact: true })).toBeInViewport()
  await page.getByRole('button', { name: 'Side by side' }).click()
  await files.filter({ hasText: 'small.txt' }).click()
  await expect.poll(endShows).toBe(true)
  await expect(diff.locator('.diff-line.removed').last()).toBeInViewport()
  expect(await axeViolations(page)).toEqual([])
})

test('odd names, hidden signs, binary and cut files are shown for what they are', async ({
  page,
}) => {
  await repository.write('.env', 'a\n')
  await repository.write('photo.png', Buffer.from([0x89, 0, 1, 2, 0]))
  await repository.commit()
  await repository.write('.env', 'b\n')
  await repository.write('photo.png', Buffer.from([0x89, 0, 9, 9, 0]))
  await repository.write('日本/名前 🎉.txt', 'x\n')
  await repository.write('שלום.txt', 'y\n')
  await repository.write('<img src=x onerror=alert(1)>.md', '<script>alert(1)</script>\n')
  await repository.write('new\nline\u202e.txt', 'if (admin\u202e) {\u2066}\n')
  await repository.write('huge.txt', 'x'.repeat(80).concat('\n').repeat(4_000))
  const { problems, files, diff } = await openChanges(page)
  await expect(files).toHaveCount(7)
  const names = await files.locator('.path').allTextContents()
  expect(names.sort()).toEqual(
    [
      ...['.env', '<img src=x onerror=alert(1)>.md', 'huge.txt', 'new␊line<202E>.txt'],
      ...['photo.png', 'שלום.txt', '日本/名前 🎉.txt'],
    ].sort(),
  )
  const shows = async (name: string, words: string | RegExp) => {
    await files.filter({ hasText: name }).click()
    await expect(diff.getByText(words).first()).toBeVisible()
  }
  await shows('photo.png', 'A binary file: its lines are not shown.')
  await shows('new␊line', 'if (admin<202E>) {<2066>}')
  await shows('<img', '<script>alert(1)</script>')
  await files.filter({ hasText: 'huge.txt' }).click()
  await expect(diff.getByRole('button', { name: 'huge.txt', exact: true })).toBeVisible()
  const cut = diff.getByText(/^Cut here: \d+ bytes more\.$/)
  // From the end upwards, and once more where the jump to the file came in between.
  await expect
    .poll(async () => {
      await diff.evaluate((element) => {
        if (element.scrollTop < 400) element.scrollTo(0, element.scrollHeight)
        else element.scrollBy(0, -400)
      })
      return cut.count()
    })
    .toBe(1)
  expect(await axeViolations(page)).toEqual([])
  expect(problems).toEqual([])
  const shots = process.env.DOGWATCH_SHOTS
  if (shots) await page.screenshot({ path: `${shots}/changes-odd.png` })
})

test('no repository, and a git that cannot be asked, are not shown as clean', async ({ page }) => {
  const { view } = await openChanges(page, tmux.dir)
  await expect(view.getByRole('heading')).toHaveText('The changes are not known')
  await expect(view).toContainText('This agent does not run in a git worktree here.')
  expect(await axeViolations(page)).toEqual([])
  const { agents } = (await server.api(await server.pair()).get<AgentsResponse>('/api/agents')).json
  const git = {
    ...{ worktree: '/w', repository: '/w', linked: false, branch: 'main', head: 'abc' },
    ...{ state: 'unknown', staged: 0, modified: 0, untracked: 0, conflicts: 0 },
    ...{ at: Date.now(), detail: 'Git did not answer within 5 seconds.' },
  }
  const again = view.getByRole('button', { name: 'Try again' })
  const isPressed = await pressOf(again)
  await page.route(`**/agents/${agents[0]?.id}/diff`, async (route) => {
    if (await isPressed()) await route.fulfill({ json: { git, files: [], omitted: 0 } })
    else await route.continue()
  })
  await again.click()
  await expect(view.getByRole('heading')).toHaveText('Whether anything changed is not known')
  await expect(view).toContainText('Git did not answer within 5 seconds.')
  expect(await axeViolations(page)).toEqual([])
})
