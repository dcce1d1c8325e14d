/** Whether a person is at this page and sees it: then no other device has to call them. */

/** Whoever did nothing for so long has perhaps left the desk (milliseconds). */
const GONE_MS = 60_000

let actedAt = Date.now()

/** The page is in front, and somebody did something in it within the last minute. */
export function isLookedAt(): boolean {
  return !document.hidden && Date.now() - actedAt < GONE_MS
}

/** Calls back when somebody comes to the page or leaves it; that they left the desk has no moment. */
export function onLook(callback: () => void, signal: AbortSignal): void {
  const options = { signal, capture: true, passive: true }
  const act = () => {
    const wasThere = isLookedAt()
    actedAt = Date.now()
    if (!wasThere) callback()
  }
  for (const type of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchmove'] as const) {
    window.addEventListener(type, act, options)
  }
  document.addEventListener(
    'visibilitychange',
    () => {
      if (!document.hidden) actedAt = Date.now()
      callback()
    },
    options,
  )
}
