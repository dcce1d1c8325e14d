import { expect, test } from 'playwright/test'
import { EveryPage } from '../support/every-page.ts'
import { overflow } from '../support/phone.ts'

test('every page passes the accessibility check in light and dark, and fits', async ({ page }) => {
  test.setTimeout(400_000)
  await using pages = await EveryPage.start()
  const problems = await pages.each(page, async (name) => {
    await expect.soft.poll(() => overflow(page), name).toEqual({ x: 0, y: 0 })
  })
  expect(problems).toEqual([])
})
