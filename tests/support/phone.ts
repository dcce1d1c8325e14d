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
