import type { Page } from 'playwright/test'

/** Starts to note in the page how long each of its frames takes; what is returned ends it and tells, milliseconds. */
export async function watchFrames(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const frames: number[] = []
    let last = performance.now()
    const note = () => {
      const now = performance.now()
      frames.push(now - last)
      last = now
      if (Object.hasOwn(window, 'frames_')) requestAnimationFrame(note)
    }
    Object.assign(window, { frames_: frames })
    requestAnimationFrame(note)
  })
  return () =>
    page.evaluate(() => {
      const { frames_ } = window as unknown as { frames_?: number[] }
      Reflect.deleteProperty(window, 'frames_')
      return frames_ ?? []
    })
}
