import { expect, type Page, test } from 'playwright/test'
import { type Point, touch } from '../support/phone.ts'
import { type Server, startServer } from '../support/server.ts'
import { expectRow, openTerminal, rows } from '../support/terminal-tab.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'

const COLS = 150
/** Where the word at the end of each line begins, counted from 0. */
const END = 140

const viewer = (page: Page) => page.getByRole('dialog', { name: 'Scrollback' })
const drawn = (page: Page) => viewer(page).locator('.xterm-rows')
const boxOf = async (page: Page) => {
  const box = await drawn(page).boundingBox()
  if (!box) throw new Error('no scrollback is in sight')
  return box
}
const fontSize = (page: Page) =>
  drawn(page).evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize))

/** Number of the uppermost line in sight. */
async function topLine(page: Page): Promise<number> {
  const first = (await rows(page, drawn(page))).find((row) => row.startsWith('line '))
  return Number(first?.split(' ')[1])
}

const steps = (count: number, at: (step: number) => Point[]) =>
  Array.from({ length: count + 1 }, (_, step) => at(step))

/** Opens the scrollback of a window that is wider than a phone. Returns its uppermost line in sight. */
async function openHistory(page: Page, tmux: Tmux, server: Server): Promise<number> {
  const command = `for i in $(seq 600); do printf '%-${END}s%s\\n' "line $i" "end$i"; done; exec cat`
  await tmux.newSession({ name: 'work', cols: COLS, rows: 20, command })
  await openTerminal(page, server, 'work')
  await expectRow(page, /^line 600 /)
  await page.getByRole('button', { name: 'More about work' }).tap()
  await page.getByRole('menuitem', { name: 'Scrollback and search' }).tap()
  await expect(viewer(page)).toContainText('lines above the screen')
  let top = 0
  const look = async () => {
    top = await topLine(page)
    return top
  }
  await expect.poll(look).toBeGreaterThan(500)
  return top
}

test('a finger moves the scrollback sideways too, and two make its text larger', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await using server = await startServer({ tmux })
  await openHistory(page, tmux, server)
  // Turned or with the keyboard open too its text can be read: it need not show all columns.
  expect(await fontSize(page)).toBeGreaterThanOrEqual(9)
  const { x, width } = await boxOf(page)
  expect(width).toBeGreaterThan(390)
  await touch(
    page,
    steps(10, (step) => [[370 - step * 35, 400]]),
  )
  await expect.poll(async () => (await boxOf(page)).x).toBeLessThan(x - 200)
  await touch(
    page,
    steps(10, (step) => [[370 - step * 35, 400]]),
  )
  // As far as its last column, and no further.
  const right = async () => {
    const box = await boxOf(page)
    return box.x + box.width
  }
  await expect.poll(right).toBeLessThanOrEqual(390)
  expect(await right()).toBeGreaterThan(380)
  await touch(
    page,
    steps(10, (step) => [
      [180 - step * 6, 400],
      [210 + step * 6, 400],
    ]),
  )
  await expect.poll(async () => (await boxOf(page)).width).toBeGreaterThan(width * 1.5)
  await expect.poll(() => fontSize(page)).toBeGreaterThanOrEqual(13)
})

test('the scrollback glides on when a finger lets go of it', async ({ page }) => {
  await using tmux = await startTmux()
  await using server = await startServer({ tmux })
  const from = await openHistory(page, tmux, server)
  const { height } = await boxOf(page)
  const lineHeight = height / (await drawn(page).locator('> div').count())
  await touch(
    page,
    steps(10, (step) => [[200, 300 + step * 15]]),
  )
  // Its own way is 150 pixels.
  await expect.poll(() => topLine(page)).toBeLessThan(from - (2 * 150) / lineHeight)
})

test('what was found at the end of a long line is brought into sight', async ({ page }) => {
  await using tmux = await startTmux()
  await using server = await startServer({ tmux })
  await openHistory(page, tmux, server)
  await viewer(page).getByRole('searchbox').fill('end77')
  await expect(viewer(page).locator('.term-hits')).toHaveText('1 of 1')
  await expect.poll(() => topLine(page)).toBeLessThanOrEqual(77)
  const right = async () => {
    const { x, width } = await boxOf(page)
    return x + (width * (END + 'end77'.length)) / COLS
  }
  await expect.poll(right).toBeLessThanOrEqual(391)
  await expect.poll(right).toBeGreaterThan(0)
})
