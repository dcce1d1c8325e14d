import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Locator, type Page, test } from 'playwright/test'
import { agent } from '../support/agent-view.ts'
import { tellAgents } from '../support/feed-agents.ts'
import { axeViolations, openApp, row, rowNames } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'

async function focusedName(list: Locator): Promise<string | null> {
  return list
    .page()
    .evaluate(() => document.activeElement?.querySelector('bdi')?.textContent ?? null)
}

/** The agent of the session of that name, which waits for a prompt. */
const idle = (name: string) => agent({ id: name, session: name, activity: 'idle' })

/** The same where it asks for leave, since then (epoch milliseconds). */
const asking = (name: string, since: number) => {
  const ask = { id: name, kind: 'permission', text: 'make', since, hash: 'h' } as const
  return agent({ ...idle(name), activity: 'asking', since, ask })
}

/** Many sessions in few tmux commands, so that the machine is not the thing under test. */
async function newSessions(tmux: Tmux, names: string[]): Promise<void> {
  const one = (name: string) => ['new-session', '-d', '-s', name, '-x', '80', '-y', '24', 'cat']
  for (let from = 0; from < names.length; from += 40) {
    const some = names.slice(from, from + 40)
    await tmux.run(...some.flatMap((name, index) => [...(index > 0 ? [';'] : []), ...one(name)]))
  }
}

test('sessions made outside appear, change and vanish by themselves', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'first', cols: 80, rows: 24 })
  await using server = await startServer({ tmux })
  const { problems } = await openApp(page, server)
  await expect(row(page, 'first')).toBeVisible()

  const names = Array.from({ length: 100 }, (_, index) => `work-${index}`)
  for (let from = 0; from < 100; from += 20) await newSessions(tmux, names.slice(from, from + 20))
  await expect(page.locator('.rail .count')).toHaveText('101 sessions')
  await expect(row(page, 'work-0')).toBeVisible()

  await tmux.run('rename-session', '-t', 'first', 'renamed')
  await expect(row(page, 'renamed')).toBeVisible()
  await expect(row(page, 'first')).toHaveCount(0)

  await tmux.run(
    ...names.flatMap((name, index) => [...(index ? [';'] : []), 'kill-session', '-t', `=${name}`]),
  )
  await expect(page.locator('.rail .count')).toHaveText('1 session')
  await expect.poll(() => rowNames(page)).toEqual(['renamed'])
  expect(problems).toEqual([])
})

test('the second line of a row has all of its width, whatever the first one says', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const cwd = mkdtempSync(join(tmux.dir, 'a-folder-with-a-name-longer-than-the-rail-is-wide-'))
  await tmux.newSession({ name: 'api', cwd, command: 'exec cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  const api = row(page, 'api')
  await expect(api.locator('.what')).toContainText('a-folder-with')
  await expect(api.locator('.when')).toHaveText(/\S/)
  // Both lines end at the row's own edge, but for the gap to a side that says nothing here.
  const short = () =>
    api.evaluate((element) => {
      const right = (of: string) => element.querySelector(of)?.getBoundingClientRect().right
      return (right('.when') ?? Number.NaN) - (right('.what') ?? Number.NaN)
    })
  await expect.poll(short).toBeLessThanOrEqual(10)
})

test('a row shows program, place, windows and people, and when it last printed', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const session = await tmux.newSession({ name: 'api', cwd: '/usr/share', command: 'exec cat' })
  await tmux.run('new-window', '-d', '-t', `${session}:`, '-n', 'logs', 'cat')
  await using server = await startServer({ tmux })
  await openApp(page, server)
  const api = row(page, 'api')
  // tmux tells nobody when a shell becomes its command: the next listing shows it.
  await expect(api.locator('.name small')).toHaveText('cat', { timeout: 30_000 })
  await expect(api.locator('.what')).toHaveText('/usr/share')
  await expect(api.locator('.side')).toHaveText('2 windows')

  const person = await tmux.attach({ session })
  await expect(api.locator('.side')).toHaveText('2 windows, 1 attached')
  await person.kill()
  await expect(api.locator('.side')).toHaveText('2 windows')

  // What was printed is told for three seconds: a look that comes too late prints once more.
  await expect(async () => {
    await tmux.run('send-keys', '-t', `${session}:0`, 'hello', 'Enter')
    await expect(api.locator('.when')).toHaveText('printing', { timeout: 5_000 })
    await expect(api.locator('.glyph')).toHaveText('●', { timeout: 1_000 })
  }).toPass()
  await expect(api.locator('.when')).toHaveText(/^quiet \d+ s$/)
  await expect(api.locator('.glyph')).toHaveText('○')
})

test('names are data: markup, control and direction characters are shown, never obeyed', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const names = ['<img src=x onerror=alert(1)>', '0', ' a ', '=x', '$1', '日本', '-V']
  for (const name of names) await tmux.newSession({ name, command: 'cat' })
  await tmux.newSession({ name: 'evil\u202egnp', command: 'cat' })
  await using server = await startServer({ tmux })
  let dialogs = 0
  page.on('dialog', (dialog) => {
    dialogs += 1
    void dialog.dismiss()
  })
  const { problems } = await openApp(page, server)
  for (const name of names) await expect(row(page, name)).toBeVisible()
  await expect(row(page, 'evil<202E>gnp')).toBeVisible()
  await expect(page.locator('.list img')).toHaveCount(0)
  expect(dialogs).toBe(0)
  expect(problems).toEqual([])
  expect(await axeViolations(page)).toEqual([])
})

test('the list is walked, searched and opened with the keyboard alone', async ({ page }) => {
  await using tmux = await startTmux()
  for (const name of ['alpha', 'beta', 'gamma']) await tmux.newSession({ name, command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await expect(row(page, 'gamma')).toBeVisible()
  const list = page.locator('.list')

  await page.keyboard.press('/')
  await expect(page.getByRole('searchbox')).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect.poll(() => focusedName(list)).toBe('alpha')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await expect.poll(() => focusedName(list)).toBe('gamma')
  await page.keyboard.press('ArrowDown')
  await expect.poll(() => focusedName(list)).toBe('gamma')
  await page.keyboard.press('Home')
  await expect.poll(() => focusedName(list)).toBe('alpha')
  await page.keyboard.press('ArrowUp')
  await expect(page.getByRole('searchbox')).toBeFocused()

  await page.keyboard.type('GAM')
  await expect.poll(() => rowNames(page)).toEqual(['gamma'])
  await page.keyboard.press('Enter')
  await expect(row(page, 'gamma').getByRole('link')).toHaveAttribute('aria-current', 'page')
  // What is typed next is for the terminal.
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused()
  await page.getByRole('searchbox').focus()
  await page.keyboard.press('Escape')
  await expect.poll(() => rowNames(page)).toEqual(['alpha', 'beta', 'gamma'])
  await page.getByRole('searchbox').fill('no such thing')
  await expect(page.getByText('No session matches.')).toBeVisible()
})

test('the selection stays while sessions come, change and go around it', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'before', command: 'cat' })
  const session = await tmux.newSession({ name: 'mine', command: 'cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await row(page, 'mine').getByRole('link').click()
  await tmux.newSession({ name: 'after', command: 'cat' })
  await expect(row(page, 'after')).toBeVisible()
  await tmux.run('kill-session', '-t', '=before')
  await expect(row(page, 'before')).toHaveCount(0)
  await tmux.run('rename-session', '-t', session, 'mine too')
  await expect(row(page, 'mine too').getByRole('link')).toHaveAttribute('aria-current', 'page')
  await expect(page.locator('.head .title')).toHaveText('mine too')
  await page.reload()
  await expect(row(page, 'mine too').getByRole('link')).toHaveAttribute('aria-current', 'page')
})

test('windows and panes unfold, and choosing one moves nothing in tmux', async ({ page }) => {
  await using tmux = await startTmux()
  const session = await tmux.newSession({ name: 'work', command: 'cat' })
  await tmux.run('new-window', '-d', '-t', `${session}:`, '-n', 'editor', 'cat')
  await tmux.run('split-window', '-d', '-t', `${session}:editor`, 'cat')
  await using server = await startServer({ tmux })
  await openApp(page, server)
  const before = await tmux.run(
    'list-windows',
    '-t',
    session,
    '-F',
    '#{window_id} #{window_active}',
  )
  const toggle = page.getByRole('button', { name: 'Windows of work' })
  await toggle.click()
  await expect(toggle).toHaveAttribute('aria-expanded', 'true')
  await row(page, 'work').getByRole('button', { name: 'editor' }).click()
  const tab = page
    .getByRole('navigation', { name: 'Windows' })
    .getByRole('button', { name: 'editor' })
  await expect(tab).toHaveAttribute('aria-current', 'true')
  const after = await tmux.run('list-windows', '-t', session, '-F', '#{window_id} #{window_active}')
  expect(after).toBe(before)
  expect(await axeViolations(page)).toEqual([])
})

test('a long list draws what is in sight, and End reaches its last row', async ({ page }) => {
  await using tmux = await startTmux()
  const names = Array.from({ length: 160 }, (_, index) => `row-${index}`)
  await newSessions(tmux, names)
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await expect(page.locator('.rail .count')).toHaveText('160 sessions')
  await expect(row(page, 'row-0')).toBeVisible()
  expect(await page.locator('.row').count()).toBeLessThan(80)
  await row(page, 'row-0').getByRole('link').focus()
  await page.keyboard.press('End')
  await expect.poll(() => focusedName(page.locator('.list'))).toBe('row-159')
  await expect(row(page, 'row-159').locator('xpath=self::li')).toHaveAttribute(
    'aria-posinset',
    '160',
  )
  await page.keyboard.press('Home')
  await expect.poll(() => focusedName(page.locator('.list'))).toBe('row-0')
  expect(await axeViolations(page)).toEqual([])
})

/** Has the page note, for each row, how many frames later its acts came. Ends with what returns them. */
async function watchActs(page: Page): Promise<() => Promise<number[]>> {
  await page.addInitScript(() => {
    let frame = 0
    // Asked for in the frame before, so ahead of all that the page asks for meanwhile.
    const count = () => {
      frame += 1
      requestAnimationFrame(count)
    }
    requestAnimationFrame(count)
    const cameAt = new WeakMap<Element, number>()
    const waited: number[] = []
    Object.assign(window, { waited_: waited })
    const found = (node: Element, selector: string) =>
      node.matches(selector) ? [node] : [...node.querySelectorAll(selector)]
    new MutationObserver((records) => {
      const added = records.flatMap(({ addedNodes }) => [...addedNodes])
      for (const node of added.filter((one) => one instanceof Element)) {
        for (const row of found(node, '.row')) cameAt.set(row, frame)
        for (const act of found(node, '.dismiss')) {
          const row = act.closest('.row')
          waited.push(frame - ((row && cameAt.get(row)) ?? frame))
        }
      }
    }).observe(document, { childList: true, subtree: true })
  })
  return () => page.evaluate(() => (window as unknown as { waited_: number[] }).waited_)
}

test('the ends of a long list on a tall screen are reached, and every row offers its acts once it is drawn', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1280, height: 2_000 })
  await using tmux = await startTmux()
  const names = Array.from({ length: 120 }, (_, index) => `row-${index}`)
  await newSessions(tmux, names)
  await using server = await startServer({ tmux })
  const since = Date.now()
  await tellAgents(
    page,
    names.map((name) => asking(name, since)),
  )
  const waited = await watchActs(page)
  await openApp(page, server)
  for (const [place, key] of [
    ['1', 'End'],
    ['120', 'Home'],
    ['1', 'End'],
  ] as const) {
    const one = page.locator(`.row[aria-posinset="${place}"]`)
    await expect(one.getByRole('button', { name: 'Allow once' })).toBeVisible()
    await expect(one.getByRole('button', { name: 'Dismiss' })).toBeVisible()
    await one.getByRole('link').focus()
    await page.keyboard.press(key)
  }
  // What one frame asks for the next one has before it is drawn: the row alone is drawn in between.
  expect((await waited()).length).toBeGreaterThan(60)
  expect(Math.min(...(await waited()))).toBeGreaterThanOrEqual(2)
})

test('places move at once, and those that change again and again twice a second', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await newSessions(tmux, ['ada', 'ben', 'cleo'])
  await using server = await startServer({ tmux })
  const told = await tellAgents(page, [idle('ada'), idle('ben'), idle('cleo')])
  await page.clock.install()
  await openApp(page, server)
  await expect.poll(() => rowNames(page)).toEqual(['ada', 'ben', 'cleo'])
  const now = await page.evaluate(() => Date.now() + 1_000)
  await page.clock.pauseAt(now)

  // A page that opens shows what it hears; its sockets need the clock to move, but less than a pause.
  await page.reload()
  const names = async () => {
    await page.clock.runFor(1)
    return rowNames(page)
  }
  await expect.poll(names, { intervals: [50] }).toEqual(['ada', 'ben', 'cleo'])
  await page.clock.runFor(1_000)

  told.tell(asking('cleo', now + 1_000))
  await expect.poll(() => rowNames(page)).toEqual(['cleo', 'ada', 'ben'])
  told.tell(asking('ben', now + 1_001))
  await page.clock.runFor(450)
  await expect(row(page, 'ben').locator('.when')).toHaveText(/^permission/)
  expect(await rowNames(page)).toEqual(['cleo', 'ada', 'ben'])
  await page.clock.runFor(100)
  await expect.poll(() => rowNames(page)).toEqual(['cleo', 'ben', 'ada'])
})

test('a long list whose rows run draws only what is in sight, and more of it once they stand', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const names = Array.from({ length: 120 }, (_, index) => `row-${index}`)
  await newSessions(tmux, names)
  await using server = await startServer({ tmux })
  const since = Date.now()
  const told = await tellAgents(page, [...names.slice(1).map(idle), asking('row-0', since)])
  await page.clock.install()
  await openApp(page, server)
  await expect(row(page, 'row-0').getByRole('button', { name: 'Dismiss' })).toBeVisible()
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 2_000))
  const drawn = () => page.locator('.row').count()
  const inAll = await drawn()

  let turn = 0
  const drawnAfterTurn = async () => {
    told.tell(idle(`row-${turn}`))
    turn += 1
    told.tell(asking(`row-${turn}`, since))
    const first = async () => {
      await page.clock.runFor(20)
      return (await rowNames(page))[0]
    }
    await expect.poll(first, { intervals: [50] }).toBe(`row-${turn}`)
    return drawn()
  }
  // Two turns that come soon after each other are enough, and the clock stands between them.
  await expect.poll(drawnAfterTurn).toBeLessThan(inAll - 3)
  const [list, last] = await Promise.all([
    page.locator('.list').boundingBox(),
    page.locator('.row').last().boundingBox(),
  ])
  const bottom = (box: typeof list) => (box ? box.y + box.height : Number.NaN)
  expect(bottom(last)).toBeGreaterThanOrEqual(bottom(list))

  await page.clock.runFor(700)
  await expect.poll(drawn).toBe(inAll)
})
