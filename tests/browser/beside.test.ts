import { expect, type Locator, type Page, test } from 'playwright/test'
import { agent } from '../support/agent-view.ts'
import { tellAgents } from '../support/feed-agents.ts'
import { axeViolations, openApp, row } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { attached, openSession } from '../support/terminal-tab.ts'
import { STEADY_NAMES, startTmux, type Tmux } from '../support/tmux.ts'

const NAMES = ['one', 'two', 'three', 'four', 'five']

async function sessions(tmux: Tmux, sizes: [number, number][] = []): Promise<void> {
  for (const [index, name] of NAMES.entries()) {
    const [cols, rows] = sizes[index] ?? [80, 24]
    await tmux.newSession({ name, cols, rows, command: `echo I am ${name}; exec cat` })
  }
}

/** Opens one more beside what is in sight, with the keyboard alone. */
async function addBeside(
  page: Page,
  name: string,
  shows: string | RegExp = `I am ${name}`,
): Promise<void> {
  await page.keyboard.press('Control+Shift+B')
  const field = page.getByRole('combobox', { name: 'Show a session beside this one' })
  await expect(field).toBeFocused()
  await field.fill(name)
  await page.keyboard.press('Enter')
  await expect(part(page, name)).toContainText(shows)
}

function part(page: Page, name: string): Locator {
  return page.getByRole('region', { name, exact: true }).and(page.locator('.slot.part'))
}

function typing(page: Page, name: string): Locator {
  return part(page, name).locator('.xterm-helper-textarea')
}

test('terminals side by side change nothing in tmux: no size, no window, no option', async ({
  page,
}) => {
  await using tmux = await startTmux(STEADY_NAMES)
  await sessions(tmux, [
    [180, 44],
    [90, 25],
    [45, 60],
    [300, 80],
  ])
  const person = await tmux.attach({ cols: 132, rows: 43 })
  const before = await tmux.state()
  await using server = await startServer({ tmux })
  const { problems } = await openApp(page, server)
  await openSession(page, 'one')
  for (const name of ['two', 'three', 'four']) await addBeside(page, name)
  await expect(page.locator('.slot.part')).toHaveCount(4)
  // One more is the person's.
  await attached(tmux, 5)
  await page.setViewportSize({ width: 1100, height: 600 })
  for (let round = 0; round < 4; round += 1) await page.keyboard.press('Control+Shift+G')
  await expect(typing(page, 'four')).toBeFocused()
  const facts = async () => {
    const { user } = await tmux.state()
    // The viewers' own clients are there and gone; the person's is as it was.
    const clients = (user.clients ?? []).filter((line) => line.includes(` ${person.pid} `))
    return { ...user, clients }
  }
  expect(await facts()).toEqual(before.user)
  const clients = (await tmux.state()).user.clients ?? []
  const viewers = clients.filter((line) => !line.includes(` ${person.pid} `))
  expect(viewers).toHaveLength(4)
  for (const line of viewers) expect(line).toContain('ignore-size')
  expect(problems).toEqual([])
})

test('each has a viewer of its own, and what is typed goes to the one with the focus', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await sessions(tmux)
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await openSession(page, 'one')
  await addBeside(page, 'two')
  await addBeside(page, 'three')
  await expect(typing(page, 'three')).toBeFocused()
  await page.keyboard.press('Control+Shift+G')
  await expect(typing(page, 'one')).toBeFocused()
  await page.keyboard.type('to the first')
  await expect(part(page, 'one')).toContainText('to the first')
  await part(page, 'two').locator('.term-slot').click()
  await expect(typing(page, 'two')).toBeFocused()
  await expect(part(page, 'two')).toHaveClass(/current/)
  await expect(row(page, 'two').getByRole('link')).toHaveAttribute('aria-current', 'page')
  await page.keyboard.type('to the second')
  await expect(part(page, 'two')).toContainText('to the second')
  await expect(part(page, 'one')).not.toContainText('to the second')
  await expect(part(page, 'three')).not.toContainText('to the second')
  expect(await axeViolations(page)).toEqual([])

  // Buttons of another part act there, and do not throw the keyboard out of it.
  const more = part(page, 'three').getByRole('button', { name: 'More about three' })
  await more.focus()
  await expect(more).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menuitem', { name: 'Screen as text' })).toBeVisible()
})

test('the layout stays on the device; a session that is not in it shows alone', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await sessions(tmux)
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await openSession(page, 'one')
  await addBeside(page, 'two')
  await page.reload()
  await expect(part(page, 'one')).toContainText('I am one')
  await expect(part(page, 'two')).toContainText('I am two')
  // What loads later moves both.
  await expect(async () => {
    const [left, right] = [
      await part(page, 'one').boundingBox(),
      await part(page, 'two').boundingBox(),
    ]
    expect(left?.y).toBe(right?.y)
    expect(left?.x).toBeLessThan(right?.x ?? 0)
  }).toPass()

  await row(page, 'five').getByRole('link').click()
  await expect(page.locator('.slot.part')).toHaveCount(0)
  await expect(page.locator('.slot.current')).toContainText('I am five')
  await row(page, 'one').getByRole('link').click()
  await expect(page.locator('.slot.part')).toHaveCount(2)

  await page.setViewportSize({ width: 600, height: 900 })
  await expect(page.locator('.slot.part')).toHaveCount(0)
  await page.setViewportSize({ width: 1440, height: 900 })
  await expect(page.locator('.slot.part')).toHaveCount(2)
})

test('four stand beside each other at most; one leaves, one stays alone', async ({ page }) => {
  await using tmux = await startTmux()
  await sessions(tmux)
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await openSession(page, 'one')
  for (const name of ['two', 'three', 'four']) await addBeside(page, name)
  await page.keyboard.press('Control+Shift+K')
  await page.getByRole('dialog').getByRole('combobox').fill('five')
  await page.keyboard.press('Shift+Enter')
  await expect(page.locator('.toast')).toContainText('4 terminals stand beside each other at most.')
  await page.keyboard.press('Control+Shift+L')
  await page.keyboard.press('o')
  await expect(page.locator('.slot.part')).toHaveCount(3)
  await expect(part(page, 'four')).toHaveCount(0)
  await tmux.run('kill-session', '-t', '=three')
  await expect(part(page, 'three').locator('.head .ended')).toHaveText('ended')
  await part(page, 'three').locator('.term-slot').click()
  await page.keyboard.press('Control+Shift+L')
  await page.keyboard.press('q')
  await expect(page.locator('.slot.part')).toHaveCount(2)
  await expect(part(page, 'two')).toHaveClass(/current/)
  await page.keyboard.press('Control+Shift+L')
  await page.keyboard.press('z')
  await expect(page.locator('.slot.part')).toHaveCount(0)
  await expect(page.locator('.slot.current')).toContainText('I am two')
  expect(await tmux.run('has-session', '-t', '=four')).toBe('')
})

test('the menu of a session puts another beside it', async ({ page }) => {
  await using tmux = await startTmux()
  await sessions(tmux)
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await openSession(page, 'one')
  await page.getByRole('button', { name: 'More about one' }).click()
  await page.getByRole('menuitem', { name: 'Show a session beside this one' }).click()
  const options = page.getByRole('dialog').getByRole('option')
  await expect(options).toHaveCount(4)
  expect(await axeViolations(page)).toEqual([])
  await options.filter({ hasText: 'three' }).click()
  await expect(part(page, 'three')).toContainText('I am three')
  await expect(part(page, 'one')).toBeVisible()
})

test('of all terminals in sight only the one with the focus uses the graphics card', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await sessions(tmux)
  await using server = await startServer({ tmux })
  await page.addInitScript(() => {
    // The test's browser draws in software; the page is to believe in a card.
    const { getParameter } = WebGL2RenderingContext.prototype
    WebGL2RenderingContext.prototype.getParameter = function (name) {
      const info = this.getExtension('WEBGL_debug_renderer_info')
      return name === info?.UNMASKED_RENDERER_WEBGL ? 'A card' : getParameter.call(this, name)
    }
  })
  await openApp(page, server)
  // On a card a terminal has no rows in the document to wait for.
  await row(page, 'one').locator('a').first().click()
  await expect(page.locator('.term-host:visible .xterm-screen canvas').first()).toBeVisible()
  await addBeside(page, 'two', /two/)
  await addBeside(page, 'three', /three/)
  const drawn = (name: string) => part(page, name).locator('.xterm-screen canvas')
  await expect(drawn('three')).not.toHaveCount(0)
  await expect(drawn('one')).toHaveCount(0)
  await expect(drawn('two')).toHaveCount(0)
  await page.keyboard.press('Control+Shift+G')
  await expect(drawn('one')).not.toHaveCount(0)
  await expect(drawn('two')).toHaveCount(0)
  await expect(drawn('three')).toHaveCount(0)
})

test('windows too large for their part stay readable; what is in sight follows the cursor until the wheel moves it', async ({
  page,
}) => {
  await using tmux = await startTmux(STEADY_NAMES)
  for (const name of NAMES.slice(0, 4)) {
    const command = `printf 'top of ${name}'; printf '\\033[50;1Hhere is ${name}'; exec cat`
    await tmux.newSession({ name, cols: 200, rows: 50, command })
  }
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await page.setViewportSize({ width: 1440, height: 900 })
  await openSession(page, 'one')
  for (const name of ['two', 'three', 'four']) await addBeside(page, name, `here is ${name}`)
  await expect(page.locator('.slot.part')).toHaveCount(4)
  /** Text size, and how far the cursor's row and the first are out of the part's sight (CSS pixels). */
  const look = (name: string) =>
    part(page, name).evaluate((element) => {
      const rows = element.querySelector<HTMLElement>('.xterm-rows')
      const slot = element.querySelector('.term-slot')?.getBoundingClientRect()
      const first = rows?.firstElementChild?.getBoundingClientRect()
      const last = [...(rows?.children ?? [])]
        .find((row) => row.textContent?.includes('here is'))
        ?.getBoundingClientRect()
      if (!rows || !slot || !first || !last) return undefined
      return {
        size: Number.parseFloat(getComputedStyle(rows).fontSize),
        below: Math.max(0, Math.round(last.bottom - slot.bottom)),
        above: Math.max(0, Math.round(slot.top - first.top)),
      }
    })
  for (const name of NAMES.slice(0, 4)) {
    await expect.poll(async () => (await look(name))?.size).toBeGreaterThanOrEqual(9)
    await expect.poll(async () => (await look(name))?.below).toBe(0)
    await expect.poll(async () => (await look(name))?.above).toBeGreaterThan(100)
  }
  await part(page, 'one').locator('.term-slot').hover()
  await page.mouse.wheel(0, -5_000)
  await expect.poll(async () => (await look('one'))?.above).toBe(0)
  await expect(part(page, 'one').locator('.term-slot')).toContainText('top of one')
  // What is written meanwhile takes nobody away from where he looks.
  await tmux.run('send-keys', '-t', 'one:', 'x', 'Enter')
  await expect(part(page, 'one').locator('.xterm-rows')).toContainText('here is onex')
  await expect.poll(async () => (await look('one'))?.above).toBe(0)
  await part(page, 'one').locator('.term-slot').click()
  await page.keyboard.type('y')
  await expect.poll(async () => (await look('one'))?.below).toBe(0)
})

test('terminals stand side by side as before once a conversation was in sight', async ({
  page,
}) => {
  await using tmux = await startTmux(STEADY_NAMES)
  await sessions(tmux)
  await using server = await startServer({ tmux })
  await tellAgents(page, [agent({ session: 'one' })])
  await openApp(page, server)
  await page.setViewportSize({ width: 1024, height: 700 })
  await openSession(page, 'one')
  const views = page.locator('.slot.current .views')
  // All four are in sight, however little room there is beside them.
  await expect.poll(() => views.evaluate((list) => list.scrollWidth - list.clientWidth)).toBe(0)
  await views.getByRole('link', { name: 'Conversation' }).click()
  await expect(page.getByRole('heading', { name: /conversation|transcript/ })).toBeVisible()
  await views.getByRole('link', { name: 'Terminal' }).click()
  await expect(page.locator('.slot.current .xterm-rows')).toContainText('I am one')
  await addBeside(page, 'two')
  for (const name of ['one', 'two']) {
    const reach = () =>
      part(page, name).evaluate((element) => {
        const end = element.getBoundingClientRect().right
        const buttons = [...element.querySelectorAll('.head button, .composer button')]
        return buttons.filter((button) => button.getBoundingClientRect().right > end).length
      })
    await expect(part(page, name).getByRole('button', { name: 'Send' })).toBeVisible()
    await expect.poll(reach).toBe(0)
  }
})

test('a part shows where lines begin again as soon as its cursor comes back to there', async ({
  page,
}) => {
  await using tmux = await startTmux(STEADY_NAMES)
  const command = `stty -echo; printf '\\033[5;190Hfar away'; read x; printf '\\033[5;20Hback'; exec cat`
  await tmux.newSession({ name: 'long', cols: 200, rows: 30, command })
  await tmux.newSession({ name: 'other', command: 'echo I am other; exec cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await openSession(page, 'other')
  await addBeside(page, 'long', 'far away')
  /** How far the first column is out of sight, CSS pixels. */
  const hidden = () =>
    part(page, 'long').evaluate((element) => {
      const slot = element.querySelector('.term-slot')?.getBoundingClientRect()
      const rows = element.querySelector('.xterm-rows')?.getBoundingClientRect()
      return slot && rows ? Math.max(0, Math.round(slot.left - rows.left)) : undefined
    })
  await expect.poll(hidden).toBeGreaterThan(100)
  await tmux.run('send-keys', '-t', 'long:', 'Enter')
  await expect(part(page, 'long').locator('.xterm-rows')).toContainText('back')
  await expect.poll(hidden).toBe(0)
})

test('a window that was fitted to the screen keeps its size when others are shown beside it', async ({
  page,
}) => {
  await using tmux = await startTmux(STEADY_NAMES)
  await sessions(tmux)
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await openSession(page, 'one')
  // What stands below takes its room from the terminal, which would ask for the new size.
  await expect(page.getByRole('textbox', { name: 'Message to the program' })).toBeVisible()
  const size = () =>
    tmux.run('display-message', '-p', '-t', 'one:', '#{window_width}x#{window_height}')
  const alone = await size()
  const fit = page.locator('.slot.current .head .fit')
  await fit.click()
  await expect(fit).toHaveAttribute('aria-pressed', 'true')
  await expect.poll(size).not.toBe(alone)
  const fitted = await size()
  await addBeside(page, 'two')
  // A new size would be asked for a moment after the part has got its own.
  await page.keyboard.type('typed later')
  await expect(part(page, 'two')).toContainText('typed later')
  await addBeside(page, 'three')
  await page.keyboard.type('and later')
  await expect(part(page, 'three')).toContainText('and later')
  expect(await size()).toBe(fitted)
  await expect(part(page, 'one').locator('.head .fit')).toHaveAttribute('aria-pressed', 'true')
})
