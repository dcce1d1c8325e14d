import { expect, type Page } from 'playwright/test'

/** What the page of a conversation tells of itself. */
export interface WatchedTalk {
  /** Waits until an entry with these words has the focus. */
  focused(words: string): Promise<void>
  /** Waits until an entry with these words was added. */
  added(words: string): Promise<void>
  /** Milliseconds from each key to the frame after the focus that it moved. */
  jumps(): number[]
}

/**
 * Has the page tell when an entry gets the focus and when one is added: to ask it again and again
 * would take part in its frames, because each question looks through thousands of elements.
 */
export async function watchTalk(page: Page): Promise<WatchedTalk> {
  const jumps: number[] = []
  let focused = ''
  let added = ''
  await page.exposeFunction('focused_', (words: string, ms: number) => {
    focused = words
    jumps.push(ms)
  })
  await page.exposeFunction('added_', (words: string) => {
    if (words) added = words
  })
  await page.evaluate(() => {
    const { focused_, added_ } = window as unknown as {
      focused_: (words: string, ms: number) => void
      added_: (words: string) => void
    }
    let pressedAt = 0
    addEventListener(
      'keydown',
      () => {
        pressedAt = performance.now()
      },
      true,
    )
    addEventListener('focusin', ({ target }) => {
      const words = target instanceof HTMLElement && target.matches('.said') && target.textContent
      if (words) requestAnimationFrame(() => focused_(words, performance.now() - pressedAt))
    })
    const talk = document.querySelector('.talk-page')
    if (!talk) throw new Error('invariant: no conversation')
    new MutationObserver((changes) => {
      const nodes = changes.flatMap(({ target, addedNodes }) => [target, ...addedNodes])
      for (const node of nodes)
        if (node instanceof HTMLElement) added_(node.closest('.said')?.textContent ?? '')
    }).observe(talk, { childList: true, subtree: true })
  })
  return {
    focused: (words) => expect.poll(() => focused, { intervals: [5] }).toContain(words),
    added: (words) => expect.poll(() => added, { intervals: [5] }).toContain(words),
    jumps: () => jumps,
  }
}
