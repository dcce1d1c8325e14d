import { expect as expectSoon, type Locator, type Page, test } from 'playwright/test'
import type { SnapshotView } from '../../server/protocol.ts'
import { THEME } from '../../web/terminal/theme.ts'
import { axeViolations, openApp, pressOf } from '../support/page.ts'
import { WorkingAgent } from '../support/working-agent.ts'

/** Snapshots are taken when their time has come, which a busy machine puts off. */
const expect = expectSoon.configure({ timeout: 30_000 })
test.setTimeout(180_000)

/** The agent's timeline by its address. */
async function openTimeline(
  page: Page,
  working: WorkingAgent,
): Promise<{ problems: string[]; shown: Locator; slider: Locator; turns: Locator }> {
  const { problems } = await openApp(page, working.server)
  await go(page, `/a/${await working.id()}/timeline`)
  const view = page.getByRole('region', { name: 'Timeline' })
  await expect(view).toBeVisible()
  return {
    problems,
    shown: page.getByRole('region', { name: 'What the terminal showed' }),
    slider: page.getByRole('slider', { name: 'Moment' }),
    turns: page.getByRole('list', { name: 'Turns' }).getByRole('button'),
  }
}

/** Goes to another address of the page without loading it anew. */
async function go(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(null, '', to)
    dispatchEvent(new PopStateEvent('popstate'))
  }, path)
}

const rgb = (hex = '') =>
  `rgb(${[1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(', ')})`

test('a moment is the picture that the terminal showed: boxes, colours, wide characters', async ({
  page,
}) => {
  await using working = await WorkingAgent.start()
  await working.begin()
  const long = 'wrapped '.repeat(30).trim()
  await working.print(
    [
      '┌──────────┐',
      '│日本語 ✅ │',
      '│\x1b[1;31mred\x1b[0m \x1b[48;5;17mon\x1b[0m é  │',
      '│\x1b[7minverse\x1b[0m   │',
      '└──────────┘',
      long,
      'last line',
    ].join('\r\n'),
    'last line',
  )
  await working.end()
  const { problems, shown } = await openTimeline(page, working)
  await expect(shown).toContainText('last line')
  const captured = await working.tmux.run('capture-pane', '-p', '-t', 'work')
  const trimmed = (text: string) => text.trimEnd().replace(/[ ]+$/gm, '')
  const rows = await shown.locator('.still-row').allTextContents()
  expect(trimmed(rows.join('\n'))).toBe(trimmed(captured))
  await page.evaluate(() => document.fonts.ready)

  const word = (text: string) => shown.locator('.still-row span', { hasText: text }).first()
  await expect(word('red')).toHaveCSS('color', rgb(THEME.red))
  await expect(word('red')).toHaveCSS('font-weight', '700')
  await expect(word('on')).toHaveCSS('background-color', 'rgb(0, 0, 95)')
  await expect(word('inverse')).toHaveCSS('background-color', rgb(THEME.foreground))
  // The right edges of the box stand one below the other, whatever stands before them.
  const edges = await shown.locator('.still-row').evaluateAll((all) =>
    all.slice(0, 5).map((row) => {
      const texts = document.createTreeWalker(row, NodeFilter.SHOW_TEXT)
      let last: Text | undefined
      while (texts.nextNode()) {
        const node = texts.currentNode as Text
        if (/[┐│┘]/.test(node.data)) last = node
      }
      const range = document.createRange()
      const at = last?.data.search(/[┐│┘](?!.*[┐│┘])/) ?? 0
      if (last) range.setStart(last, at)
      if (last) range.setEnd(last, at + 1)
      return range.getBoundingClientRect().right
    }),
  )
  expect(Math.max(...edges) - Math.min(...edges)).toBeLessThan(1)
  // What is seen can be taken away.
  await shown.getByText('last line').selectText()
  expect(await page.evaluate(() => `${getSelection()}`)).toContain('last line')
  expect(await axeViolations(page)).toEqual([])
  expect(problems).toEqual([])
  const shots = process.env.DOGWATCH_SHOTS
  if (shots) await page.screenshot({ path: `${shots}/timeline.png` })
})

test('turns are a strip to go through by keys, step by step and as a film, while it grows', async ({
  page,
}) => {
  await using working = await WorkingAgent.start()
  for (const turn of ['one', 'two']) {
    await working.begin()
    for (const part of ['a', 'b']) await working.print(`${turn} ${part}\r\n`, `${turn} ${part}`)
    await working.end()
  }
  const { shown, slider, turns } = await openTimeline(page, working)
  await expect(turns).toHaveCount(2)
  await expect(turns.first()).toHaveAccessibleName(/^Turn 1, done, \d+:\d\d, began/)
  await expect(turns.last()).toHaveAttribute('aria-current', 'true')
  await expect(shown).toContainText('two b')
  const count = (await working.memory.list()).length
  const at = () => slider.evaluate((element: HTMLInputElement) => element.valueAsNumber)
  await expect.poll(at).toBe(count - 1)

  await slider.focus()
  await page.keyboard.press('Home')
  await expect(shown).not.toContainText('one a')
  await expect(turns.first()).toHaveAttribute('aria-current', 'true')
  await page.keyboard.press('ArrowRight')
  await expect(shown).toContainText('one a')
  await expect(slider).toHaveAttribute('aria-valuetext', /\d/)
  // Time goes on, and the one who is there keeps the place.
  await turns.first().focus()
  await expect(turns.first()).toBeFocused()
  const before = await turns.first().getAttribute('aria-label')
  // An age of minutes moves once a minute.
  const told = () => turns.first().getAttribute('aria-label')
  await expect.poll(told, { timeout: 70_000 }).not.toBe(before)
  await expect(turns.first()).toBeFocused()
  await page.keyboard.press('>')
  await expect(shown).toContainText('one b')
  await page.getByRole('button', { name: 'Play' }).click()
  await expect(shown).toContainText('two b')
  await expect(page.getByRole('button', { name: 'Play' })).toBeVisible()

  // It follows what is newest, until a moment is chosen.
  await page.getByRole('button', { name: 'Newest' }).or(slider).first().click()
  await working.begin()
  await working.print('three a\r\n', 'three a')
  await expect(turns).toHaveCount(3)
  await expect(turns.last()).toHaveAccessibleName(/^Turn 3, working/)
  await page.getByRole('button', { name: 'Newest' }).click()
  await expect(shown).toContainText('three a')
  await expect.poll(at).toBe((await working.memory.list()).length - 1)
  await working.print('three b\r\n', 'three b')
  await expect(shown).toContainText('three b')
  await expect(page.getByRole('button', { name: 'Newest' })).toHaveCount(0)
  expect(await axeViolations(page)).toEqual([])
})

test('two moments are compared, also with the last one this device saw; a turn is one text', async ({
  page,
}) => {
  await using working = await WorkingAgent.start()
  await working.begin()
  await working.print('kept\r\nold words\r\n', 'old words')
  const seenAt = Date.now()
  await working.print('\x1b[2;1H\x1b[Knew words\r\n', 'new words')
  await working.end()
  await openApp(page, working.server)
  const looked = { [`${await working.id()}`]: { before: seenAt, last: Date.now() } }
  await page.evaluate(
    (value) => localStorage.setItem('dogwatch.looked', value),
    JSON.stringify(looked),
  )
  await go(page, `/a/${await working.id()}/timeline`)
  const shown = page.getByRole('region', { name: 'What the terminal showed' })
  // A commit and fewer changed files, as git tells them of a worktree.
  await page.route(/\/snapshots\/[^/]+\/diff\?/, async (route) => {
    const answer = await route.fetch()
    const json = await answer.json()
    Object.assign(json.from ?? {}, { head: 'aaa1111', changes: 3 })
    Object.assign(json.to ?? {}, { head: 'bbb2222', changes: 1 })
    await route.fulfill({ response: answer, json })
  })
  await page.getByRole('button', { name: 'Since you last looked' }).click()
  const age = String.raw`(\d+ (s|min) ago|just now)`
  await expect(shown).toContainText(new RegExp(`Since you looked ${age}`))
  await expect(shown).toContainText('new commit bbb2222, 1 changed file instead of 3')
  const when = new Date(seenAt).getFullYear()
  const ago = shown.getByText(new RegExp(`^${age}$`))
  await expect(ago).toHaveAttribute('title', new RegExp(`${when}`))
  await expect(shown.locator('.diff-line.removed')).toHaveText('−old words')
  await expect(shown.locator('.diff-line.added')).toHaveText('+new words')
  expect(await axeViolations(page)).toEqual([])

  await page.getByRole('button', { name: 'Back to the screen' }).click()
  await page.getByRole('button', { name: 'Compare from here' }).click()
  await expect(shown).toContainText('Choose another moment')
  await page.getByRole('slider', { name: 'Moment' }).focus()
  // Going back in time, the older moment is still the one that lost its words.
  while (!(await shown.locator('.diff-line.removed').count())) {
    await page.keyboard.press('ArrowLeft')
    await expect(shown.locator('.hint').first()).toContainText('From')
  }
  await expect(shown.locator('.diff-line.removed')).toHaveText('−old words')

  await page.getByRole('button', { name: 'Back to the screen' }).click()
  await page.getByRole('button', { name: 'Read the whole turn' }).click()
  await expect(shown.locator('.turn-block')).toHaveText('kept\nnew words')
  expect(await axeViolations(page)).toEqual([])
})

test('this device knows when it last had an agent in sight, one visit from the next', async ({
  page,
}) => {
  await using working = await WorkingAgent.start()
  await openApp(page, working.server)
  const id = `${await working.id()}`
  const read = () => page.evaluate(() => localStorage.getItem('dogwatch.looked'))
  const looked = async () => JSON.parse((await read()) ?? '{}')[id]
  const view = page.getByRole('region', { name: 'Timeline' })
  const visit = async () => {
    await go(page, `/a/${id}/timeline`)
    await expect(view).toBeVisible()
    await go(page, '/')
    await expect(view).toHaveCount(0)
  }
  expect(await looked()).toBeUndefined()
  await visit()
  expect(await looked()).toMatchObject({ before: 0 })
  // Whoever comes back after two minutes asks what changed since the end of the visit before.
  const end = (await looked()).last - 120_000
  await page.evaluate(
    (value) => localStorage.setItem('dogwatch.looked', value),
    JSON.stringify({ [id]: { before: 0, last: end } }),
  )
  await visit()
  expect(await looked()).toMatchObject({ before: end })
  expect((await looked()).last).toBeGreaterThan(end)
  // A look aside is no visit of its own.
  await visit()
  expect(await looked()).toMatchObject({ before: end })
})

test('an address leads to a moment, also a much older one, and says so where it is gone', async ({
  page,
}) => {
  await using working = await WorkingAgent.start()
  await working.begin()
  await working.print('first words\r\n', 'first words')
  const [, early] = await working.memory.list()
  await working.print('later words\r\n', 'later words')
  await working.end()
  const { shown } = await openTimeline(page, working)
  await expect(shown).toContainText('later words')
  const path = `/a/${await working.id()}/timeline`
  await go(page, `${path}#${early?.id}`)
  await expect(shown).toContainText('first words')
  await expect(shown).not.toContainText('later words')
  await go(page, `${path}#999999`)
  await expect(page.getByText('That moment is not kept any more.')).toBeVisible()
  await expect(shown).toContainText('later words')

  // A long life: pages of two hundred, of which the wanted moment stands in the third.
  const sample = early as SnapshotView
  let refuses = true
  await page.route(/\/snapshots(\?|$)/, (route) => {
    const before = Number(new URL(route.request().url()).searchParams.get('before') ?? 501)
    if (refuses && before < 501) {
      const error = { code: 'internal', message: 'The memory cannot be read.' }
      return route.fulfill({ status: 500, json: { error } })
    }
    const ids = Array.from({ length: Math.min(200, before - 1) }, (_, at) => before - 1 - at)
    const snapshots = ids.map((id) => ({ ...sample, id: `${id}`, at: 1e12 + id * 1e4 }))
    return route.fulfill({ json: { snapshots } })
  })
  await page.route(/\/snapshots\/\d+$/, (route) => {
    const id = route.request().url().split('/').at(-1) ?? ''
    const snapshot = { ...sample, id }
    const nothing = { scrollback: '', cut: 0, title: '', cwd: '', alternate: false }
    const cursor = { x: 0, y: 0, visible: true }
    return route.fulfill({ json: { snapshot, screen: `moment ${id}`, cursor, ...nothing } })
  })
  await page.reload()
  await go(page, `${path}#8`)
  await expect(page.getByText('The memory cannot be read.')).toBeVisible()
  await expect(page.getByText('not kept any more')).toHaveCount(0)
  refuses = false
  await go(page, `${path}#7`)
  await expect(shown).toContainText('moment 7')
  await expect(page.getByText('7 / 500')).toBeVisible()
})

test('nothing remembered and what cannot be read are said', async ({ page }) => {
  await using working = await WorkingAgent.start()
  await openTimeline(page, working)
  const view = page.getByRole('region', { name: 'Timeline' })
  await expect(view.getByRole('heading')).toHaveText('Nothing is remembered of this agent yet')
  expect(await axeViolations(page)).toEqual([])
  const refusal = { error: { code: 'internal', message: 'The memory cannot be read.' } }
  let isPressed = async () => false
  await page.route('**/snapshots**', async (route) => {
    if (await isPressed()) await route.continue()
    else await route.fulfill({ status: 500, json: refusal })
  })
  await page.reload()
  await expect(view.getByRole('heading')).toHaveText('What is remembered cannot be read now')
  await expect(view).toContainText('The memory cannot be read.')
  expect(await axeViolations(page)).toEqual([])
  const again = view.getByRole('button', { name: 'Try again' })
  isPressed = await pressOf(again)
  await again.click()
  await expect(view.getByRole('heading')).toHaveText('Nothing is remembered of this agent yet')
})
