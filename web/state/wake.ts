/**
 * Calls back when the page may have slept: it becomes visible, gets the focus, comes back from the
 * page cache, the network changes, or the clock jumped. The last one needs no event at all: a
 * closed lid or a frozen tab tells nobody, but a timer that was due seconds ago does.
 */

/** A step of the clock that a busy page alone does not explain, milliseconds. */
const JUMP_MS = 4_000
const TICK_MS = 1_000

export function onWake(callback: () => void, signal: AbortSignal): void {
  const options = { signal }
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState === 'visible') callback()
    },
    options,
  )
  for (const type of ['online', 'offline', 'pageshow', 'focus'] as const) {
    window.addEventListener(type, callback, options)
  }
  let last = Date.now()
  const timer = setInterval(() => {
    const now = Date.now()
    // Backwards too: a clock that was set back says nothing about how long we slept.
    const jumped = now - last > TICK_MS + JUMP_MS || now < last
    last = now
    if (jumped) callback()
  }, TICK_MS)
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
}
