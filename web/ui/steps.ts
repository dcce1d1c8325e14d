import { onCleanup } from 'solid-js'

/** A view that can be walked through: the prompts of a conversation, the moments of a timeline. */
interface Walk {
  element(): HTMLElement | undefined
  step(by: 1 | -1): void
}

const walks = new Set<Walk>()

/** The view can be walked with the keys of the page, for the life of the Solid owner. */
export function offerSteps(walk: Walk): void {
  walks.add(walk)
  onCleanup(() => walks.delete(walk))
}

/** The walk of the view in sight; of several side by side, of the one that has the focus. */
export function walkInSight(): Walk | undefined {
  return [...walks].find(({ element }) => {
    const slot = element()?.closest('.slot')
    return slot && (!slot.matches('.part') || slot.matches('.current'))
  })
}
