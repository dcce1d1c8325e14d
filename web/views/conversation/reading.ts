import { createEffect, createSignal, on, onCleanup } from 'solid-js'
import type { Conversation } from './conversation.ts'
import { entryId } from './parts.ts'

/** So near to its end (CSS pixels) the page follows what comes. */
const NEAR = 80
/** What comes into sight is drawn and may be higher than was guessed: so many frames it is put right. */
const SETTLE_FRAMES = 6

export interface Reading {
  /** Whether the newest words stay in sight. */
  follows(): boolean
  /** How the search for the entry of the address goes; undefined once it is in sight. */
  lookup(): 'looking' | 'missing' | undefined
  onScroll(): void
  /** Watches the page's height. */
  follow(page: HTMLElement): void
  toEnd(): void
  /** To the prompt before or after the one at the top. */
  jump(step: 1 | -1): void
  showOlder(): Promise<void>
}

/** Where somebody reads in a conversation, and how that place moves. Ends with the Solid owner. */
export function createReading(
  scroller: () => HTMLElement | undefined,
  talk: Conversation,
  address: () => string | undefined,
): Reading {
  const [follows, setFollows] = createSignal(address() === undefined)
  const [lookup, setLookup] = createSignal<'looking' | 'missing'>()

  /** What is being brought into sight; what somebody goes to next begins from there. */
  let reached: HTMLElement | undefined

  /** Where the end was when it was last in sight. */
  let endTop = 0

  const toEnd = () => {
    setFollows(true)
    const element = scroller()
    if (!element) return
    element.scrollTop = element.scrollHeight
    endTop = element.scrollTop
  }
  // Not only new words move the end: what comes near is drawn, and is higher than was guessed.
  const grown = new ResizeObserver(() => {
    if (follows()) toEnd()
  })
  onCleanup(() => grown.disconnect())

  const bringIntoSight = (element: HTMLElement, frames = SETTLE_FRAMES) => {
    if (element !== reached) return
    element.scrollIntoView({ block: 'start' })
    if (frames > 0) requestAnimationFrame(() => bringIntoSight(element, frames - 1))
    else reached = undefined
  }
  const reach = (element: HTMLElement) => {
    reached = element
    setFollows(false)
    element.focus({ preventScroll: true })
    bringIntoSight(element)
  }
  createEffect(
    on([address, () => talk.parts.length > 0], async ([entry, isRead]) => {
      if (entry === undefined || !isRead) return
      setLookup('looking')
      const isThere = await talk.find(entry)
      if (entry !== address()) return
      setLookup(isThere ? undefined : 'missing')
      const element = document.getElementById(entryId(entry))
      if (element) reach(element)
      else toEnd()
    }),
  )

  return {
    follows,
    lookup,
    onScroll() {
      const element = scroller()
      if (!element) return
      const { scrollTop, scrollHeight, clientHeight } = element
      const isNear = scrollHeight - scrollTop - clientHeight < NEAR
      // A move is told a frame later, and more may be there by then: only who goes up leaves the end.
      if (!isNear && scrollTop >= endTop && follows()) return
      if (isNear) endTop = scrollTop
      setFollows(isNear)
    },
    follow: (page) => grown.observe(page),
    toEnd,
    jump(step) {
      const box = scroller()?.getBoundingClientRect()
      if (!box) return
      const prompts = [...(scroller()?.querySelectorAll<HTMLElement>('.said.prompt') ?? [])]
      // Of its part, which has the same top: to ask for the prompt itself lays out all that is skipped
      // because nobody sees it, and that is a tenth of a second in a long conversation.
      const topOf = (prompt: HTMLElement) =>
        (prompt.closest('.talk-part') ?? prompt).getBoundingClientRect().top - box.top
      // Near the end several prompts are in sight and none of them can stand at the top.
      const here = prompts.findIndex(
        (prompt) =>
          prompt === reached ||
          (prompt === document.activeElement &&
            topOf(prompt) > -NEAR &&
            topOf(prompt) < box.height),
      )
      const target =
        here >= 0
          ? prompts[here + step]
          : step > 0
            ? prompts.find((prompt) => topOf(prompt) > NEAR / 4)
            : prompts.findLast((prompt) => topOf(prompt) < 0)
      if (target) reach(target)
    },
    async showOlder() {
      const element = scroller()
      const held = element?.querySelector<HTMLElement>('.said')
      let before = 0
      await talk.loadOlder(() => {
        before = held?.getBoundingClientRect().top ?? 0
      })
      // What was in sight stays where it is; its element may be another one now.
      const same = held && document.getElementById(held.id)
      if (element && same) element.scrollTop += same.getBoundingClientRect().top - before
    },
  }
}
