import { createSignal } from 'solid-js'

/**
 * The server's clock as far as this page knows it. Ages are reckoned by it, because the phone's
 * clock may be minutes off; they are never negative.
 */

const [offsetMs, setOffset] = createSignal(0)
const [tick, setTick] = createSignal(Date.now())

// One timer for every age on the page. Where the browser slows timers down in the background,
// nobody looks at the ages either.
setInterval(() => setTick(Date.now()), 1_000)

/** Learns from `now` (epoch milliseconds of the server) at the moment it arrived. */
export function learnClock(now: number): void {
  setOffset(now - Date.now())
  setTick(Date.now())
}

/** Epoch milliseconds of the server's clock; changes once a second. */
export function serverNow(): number {
  return tick() + offsetMs()
}

/** Milliseconds since `at` on the server's clock, at least 0; changes once a second. */
export function since(at: number): number {
  return Math.max(0, serverNow() - at)
}
