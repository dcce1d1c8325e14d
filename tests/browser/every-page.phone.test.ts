import { expect, test } from 'playwright/test'
import { EveryPage } from '../support/every-page.ts'
import { overflow, smallTargets } from '../support/phone.ts'

/** A phone of today, a small one, and one that lies on its side. */
const SIZES = [
  { width: 320, height: 568 },
  { width: 844, height: 390 },
  { width: 390, height: 844 },
] as const

test('every page passes the accessibility check on a phone, fits each size and has room for a thumb', async ({
  page,
}) => {
  test.setTimeout(400_000)
  await using pages = await EveryPage.start()
  const problems = await pages.each(page, async (name) => {
    // A pull at the top reloads nothing.
    const root = page.locator('html')
    await expect.soft(root, name).toHaveCSS('overscroll-behavior-y', 'none')
    for (const size of SIZES) {
      await page.setViewportSize(size)
      const where = `${name}, ${size.width} by ${size.height}`
      await expect
        .soft(async () => expect(await overflow(page)).toEqual({ x: 0, y: 0 }), where)
        .toPass()
      await expect.soft.poll(() => smallTargets(page), where).toEqual([])
    }
  })
  expect(problems).toEqual([])
})
