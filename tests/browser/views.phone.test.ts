import { expect as expectSoon, type Page, test } from 'playwright/test'
import { ClaudeTalk } from '../support/claude-talk.ts'
import { axeViolations, openApp, row } from '../support/page.ts'
import { Repository } from '../support/repository.ts'
import { WorkingAgent } from '../support/working-agent.ts'

/** Snapshots are taken and git is asked when their time has come, which a busy machine puts off. */
const expect = expectSoon.configure({ timeout: 30_000 })
test.setTimeout(180_000)

const NAME = `日本語 🎉 שלום ${'very-long-name-'.repeat(6)}end`

/** Nothing of the page stands beside the screen, and no check finds a fault. */
async function expectFits(page: Page): Promise<void> {
  const wider = () =>
    page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement
      return scrollWidth - clientWidth
    })
  await expect.poll(wider).toBe(0)
  expect(await axeViolations(page)).toEqual([])
}

/** A picture for eyes, in both themes. */
async function shoot(page: Page, what: string): Promise<void> {
  const shots = process.env.DOGWATCH_SHOTS
  for (const colorScheme of shots ? (['light', 'dark'] as const) : []) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: `${shots}/phone-${what}-${colorScheme}.png` })
  }
}

test('on a phone each view of an agent is read with a thumb, whatever its name', async ({
  page,
}) => {
  await using repository = await Repository.open()
  await repository.write('lib/server/deep/folder/with/a/long/path/total.ts', 'one\ntwo\n')
  await repository.commit()
  await repository.write('lib/server/deep/folder/with/a/long/path/total.ts', 'one\nTWO\n')
  await repository.write('説明 🎉.md', `${'wide '.repeat(40)}\n`)
  await using working = await WorkingAgent.start({}, { name: NAME, cwd: repository.path })
  const { claude } = working
  const talk = new ClaudeTalk(claude, Date.now() - 60_000)
  talk.prompt('שלום, please sum up:\n\n- 日本語 🎉').tool('Bash', { command: 'npm test' }, 'ok')
  talk.words(
    'It **works**:\n\n```ts\nconst total = items.reduce((sum, { price }) => sum + price, 0)\n```',
  )
  talk.write()
  await working.begin(talk.conversation)
  await working.print(`│ 日本語 ✅ │\r\n${'words '.repeat(60)}\r\nthe end`, 'the end')
  await working.end(talk.conversation)

  const { problems } = await openApp(page, working.server)
  await row(page, NAME).locator('.name').tap()
  const views = page.getByRole('navigation', { name: 'Views' })
  await views.getByRole('link', { name: 'Conversation' }).tap()
  const said = page.getByRole('region', { name: 'What was said' })
  await expect(said.getByText('works')).toBeVisible()
  await said.locator('details.tool summary').tap()
  await expect(said.getByText('npm test').last()).toBeVisible()
  // Right to left words stand at the right.
  await expect(said.locator('.user .plain')).toHaveCSS('unicode-bidi', 'plaintext')
  // Keys are for the terminal, words for the agent.
  await expect(page.getByRole('textbox', { name: 'Message to the program' })).toBeVisible()
  await expect(page.getByRole('toolbar', { name: 'Keys' })).toHaveCount(0)
  await expectFits(page)
  await shoot(page, 'conversation')

  await views.getByRole('link', { name: 'Timeline' }).tap()
  const shown = page.getByRole('region', { name: 'What the terminal showed' })
  await expect(shown).toContainText('the end')
  // Small, but letters all the same; what does not fit is reached sideways.
  const size = () =>
    shown
      .locator('.still-rows')
      .evaluate((rows) => Number.parseFloat(getComputedStyle(rows).fontSize))
  await expect.poll(size).toBeGreaterThanOrEqual(8)
  await page.getByRole('button', { name: 'Moment before' }).tap()
  await expect(page.getByRole('button', { name: 'Newest' })).toBeVisible()
  const lowest = () =>
    page
      .locator('.timeline button:visible')
      .evaluateAll((all) => Math.min(...all.map((one) => one.getBoundingClientRect().height)))
  await expect.poll(lowest).toBeGreaterThanOrEqual(43.5)
  await expectFits(page)
  await shoot(page, 'timeline')

  await views.getByRole('link', { name: 'Changes' }).tap()
  await expect(page.getByRole('region', { name: 'Diff' })).toContainText('TWO')
  // There is no room for two halves.
  await expect(page.getByRole('button', { name: 'Side by side' })).toHaveCount(0)
  const file = page.getByRole('navigation', { name: 'Changed files' }).getByRole('button').first()
  await expect(file.locator('.file')).toHaveText('total.ts')
  await expectFits(page)
  await shoot(page, 'changes')

  await page.getByRole('button', { name: 'Back to the list' }).first().tap()
  await page.getByRole('link', { name: 'Wall', exact: true }).tap()
  await expect(page.locator('.tile .still')).toContainText('the end')
  await expectFits(page)
  await shoot(page, 'wall')
  expect(problems).toEqual([])
})
