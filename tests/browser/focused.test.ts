import { expect, test } from 'playwright/test'
import { EveryPage } from '../support/every-page.ts'
import { openApp, row } from '../support/page.ts'

for (const [device, size] of [
  ['a desk', { width: 1440, height: 900 }],
  ['a phone', { width: 390, height: 844 }],
] as const) {
  test(`from the terminal in sight its turns, states, words, moments, changes and tokens are one press away on ${device}`, async ({
    page,
  }) => {
    test.setTimeout(180_000)
    await page.setViewportSize(size)
    await using pages = await EveryPage.start()
    // Numbers that the agent counts itself, as a real one writes them.
    await page.route('**/turns**', async (route) => {
      const answer = await route.fetch()
      const json = await answer.json()
      for (const turn of json.turns ?? []) turn.usage = { input: 41_000, output: 1_200 }
      await route.fulfill({ response: answer, json })
    })
    await openApp(page, pages.working.server)
    const list = page.getByRole('link', { name: 'Sessions', exact: true })
    if (size.width < 700) await list.click()
    await row(page, 'work').getByRole('link').first().click()
    await expect(page.locator('.slot.current .xterm-rows')).toContainText('the end')

    const why = page.locator('.slot.current .head').getByRole('button', { name: /^Why work is/ })
    await why.click()
    const box = page.getByRole('dialog')
    await expect(box).toContainText('42 k tokens')
    await expect(box).toContainText('idle')
    await page.keyboard.press('Escape')
    const views = page.getByRole('navigation', { name: 'Views' }).filter({ visible: true })
    await views.getByRole('link', { name: 'Conversation' }).click()
    await expect(page.getByText('41 k tokens in')).toBeVisible()
    await expect(page.getByText('It works.')).toBeVisible()
    await views.getByRole('link', { name: 'Timeline' }).click()
    await expect(
      page.getByRole('list', { name: 'Turns' }).getByRole('button').first(),
    ).toBeVisible()
    await expect(page.getByRole('slider', { name: 'Moment' })).toBeVisible()
    await views.getByRole('link', { name: 'Changes' }).click()
    await expect(page.getByRole('region', { name: 'Diff' })).toContainText('TWO')
    await views.getByRole('link', { name: 'Terminal' }).click()
    await expect(page.locator('.slot.current .xterm-rows')).toContainText('the end')
  })
}
