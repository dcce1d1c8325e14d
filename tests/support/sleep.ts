import { expect, type Page } from 'playwright/test'

/** From the end of a sleep to what has to be back, milliseconds of the page's clock. */
const BACK_MS = 3_000
const STEP_MS = 200
const SLEEP_MS = 31 * 60_000

/**
 * The page, whose clock is installed, sleeps for half an hour and wakes without any event. Then its
 * time passes only as this says, and the network has its own between, for three seconds at most:
 * `isBack` has to come true by what was begun in these. Afterwards the clock runs by itself again.
 */
export async function sleepAndWake(page: Page, isBack: () => boolean): Promise<void> {
  const since = await page.evaluate(() => Date.now())
  await page.clock.pauseAt(since + SLEEP_MS)
  for (let passed = 0; passed < BACK_MS && !isBack(); passed += STEP_MS) {
    await page.clock.runFor(STEP_MS)
    await page.evaluate(() => fetch('/api/health').then(() => {}))
  }
  await expect.poll(isBack).toBe(true)
  await page.clock.resume()
}
