import { createEffect, on, onCleanup } from 'solid-js'
import { serverNow } from '../state/clock.ts'
import { noteLook } from '../state/looked.ts'

/** While an agent is in sight that is noted so often (milliseconds): a page may end without a word. */
const NOTE_MS = 15_000

/** Notes on this device that the agent is in sight, whichever of its views that is. */
export function createLooking(agent: () => string | undefined): void {
  createEffect(
    on(agent, (id) => {
      if (id === undefined) return
      const note = () => {
        if (!document.hidden) noteLook(id, serverNow())
      }
      note()
      const timer = setInterval(note, NOTE_MS)
      document.addEventListener('visibilitychange', note)
      onCleanup(() => {
        clearInterval(timer)
        document.removeEventListener('visibilitychange', note)
        note()
      })
    }),
  )
}
