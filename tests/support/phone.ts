import type { Page } from 'playwright/test'

/** Buttons, links and fields in sight that are too small for a finger: name and size. */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = []
    for (const element of document.querySelectorAll<HTMLElement>('button, a, input, select')) {
      // A terminal's own hidden field is no target.
      if (element.closest('.xterm') || !element.checkVisibility({ visibilityProperty: true }))
        continue
      const { width, height } = (element.closest('label') ?? element).getBoundingClientRect()
      if (width < 43.5 || height < 43.5) {
        found.push(`${element.ariaLabel ?? element.textContent} ${width}x${height}`)
      }
    }
    return found
  })
}

/** Whether the page is wider than its screen or can be scrolled as a whole. */
export function overflow(page: Page): Promise<{ x: number; y: number }> {
  return page.evaluate(() => {
    const root = document.documentElement
    return { x: root.scrollWidth - root.clientWidth, y: root.scrollHeight - root.clientHeight }
  })
}

export type Point = readonly [x: number, y: number]

/**
 * Fingers that go from place to place and are lifted, way after way. They take a step each 10 ms by
 * their own clock, so that how soon a busy machine hears of it makes no other gesture of it.
 */
export async function touch(
  page: Page,
  ...ways: readonly (readonly (readonly Point[])[])[]
): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  let at = Date.now() / 1_000
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: readonly Point[]) => {
    at += 0.01
    const touchPoints = points.map(([x, y], id) => ({ x, y, id }))
    return cdp.send('Input.dispatchTouchEvent', { type, touchPoints, timestamp: at })
  }
  for (const steps of ways) {
    for (const [index, points] of steps.entries()) {
      await send(index === 0 ? 'touchStart' : 'touchMove', points)
    }
    await send('touchEnd', [])
  }
  await cdp.detach()
}
