import { onCleanup } from 'solid-js'

/**
 * Work that is wished for more often than it is done: at most once per pause (milliseconds), never
 * twice at the same time, and not while nobody can see the page. Returns the wish. `work` tells its
 * failures itself and never rejects; its signal aborts with the Solid owner.
 */
export function createPaced(
  work: (signal: AbortSignal) => Promise<void>,
  pauseMs: number,
): () => void {
  const life = new AbortController()
  const { signal } = life
  let timer: number | undefined
  let isRunning = false
  let isDue = false
  let startedAt = Number.NEGATIVE_INFINITY

  const run = async () => {
    timer = undefined
    if (document.hidden) return
    isDue = false
    isRunning = true
    startedAt = performance.now()
    await work(signal)
    isRunning = false
    if (isDue) wish()
  }
  const wish = () => {
    isDue = true
    if (isRunning || timer !== undefined || document.hidden || signal.aborted) return
    timer = window.setTimeout(run, Math.max(0, startedAt + pauseMs - performance.now()))
  }
  const onSight = () => {
    if (isDue) wish()
  }
  document.addEventListener('visibilitychange', onSight, { signal })
  onCleanup(() => {
    life.abort()
    clearTimeout(timer)
  })
  return wish
}
