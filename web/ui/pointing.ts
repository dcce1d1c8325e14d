import { createEffect, createSignal, onCleanup } from 'solid-js'

/** A pointer that has not moved for so long points at nothing any more; milliseconds. */
const RESTING_MS = 30_000

/** Whether somebody points at the element: the pointer is over it and has moved lately. */
export function followPointer(element: () => HTMLElement | null): () => boolean {
  const [pointing, setPointing] = createSignal(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  const leave = () => {
    clearTimeout(timer)
    setPointing(false)
  }
  const move = () => {
    clearTimeout(timer)
    timer = setTimeout(leave, RESTING_MS)
    setPointing(true)
  }
  createEffect(() => {
    const target = element()
    if (!target) return
    const life = new AbortController()
    const { signal } = life
    for (const type of ['pointerenter', 'pointermove', 'pointerdown'] as const) {
      target.addEventListener(type, move, { signal, passive: true })
    }
    // A finger that has left the glass points no more, though the browser tells no leaving of it.
    for (const type of ['pointerleave', 'pointercancel'] as const) {
      target.addEventListener(type, leave, { signal })
    }
    window.addEventListener('blur', leave, { signal })
    onCleanup(() => life.abort())
  })
  onCleanup(leave)
  return pointing
}
