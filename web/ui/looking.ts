import { createEffect, createSignal, onCleanup, untrack } from 'solid-js'
import { serverNow } from '../state/clock.ts'
import { noteLook } from '../state/looked.ts'

/** While an agent is in sight that is noted so often (milliseconds): a page may end without a word. */
const NOTE_MS = 15_000

const [isPageSeen, setPageSeen] = createSignal(!document.hidden)
document.addEventListener('visibilitychange', () => setPageSeen(!document.hidden))

/** The page is in front of somebody, not in a tab behind others. */
export { isPageSeen }

/** Notes on this device that the agent is in sight, whichever of its views that is. */
export function createLooking(agent: () => string | undefined): void {
  createEffect(() => {
    const id = agent()
    if (id === undefined || !isPageSeen()) return
    const note = () => noteLook(id, untrack(serverNow))
    note()
    const timer = setInterval(note, NOTE_MS)
    onCleanup(() => {
      clearInterval(timer)
      note()
    })
  })
}
