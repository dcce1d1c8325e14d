import { onCleanup } from 'solid-js'

/**
 * Work that is wished for more often than it is done: the first wish is done at once, those that
 * follow it together once the pause (milliseconds) is over. Returns the wish. For the life of the
 * Solid owner.
 */
export function createThrottled(work: () => void, pauseMs: number): () => void {
  let doneAt = Number.NEGATIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | undefined
  const run = () => {
    timer = undefined
    doneAt = performance.now()
    work()
  }
  onCleanup(() => clearTimeout(timer))
  return () => {
    if (timer !== undefined) return
    const rest = doneAt + pauseMs - performance.now()
    if (rest > 0) timer = setTimeout(run, rest)
    else run()
  }
}
