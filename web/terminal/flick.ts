/** Only the end of a finger's way says how fast it went, milliseconds. */
const TRAIL_MS = 100
/** Share of its speed that what glides keeps for a millisecond; phones do the same. */
const KEPT = 0.998
/** A finger that is lifted slower than this only put it down, CSS pixels per millisecond. */
const SLOWEST_FLICK = 0.2
/** What glides slower stands still, CSS pixels per millisecond. */
const SLOWEST = 0.02
/** A frame that comes late moves no further than this one, milliseconds. */
const LONGEST_FRAME_MS = 50

interface Point {
  at: number
  y: number
}

/** How fast a finger went up or down that left at `at`, CSS pixels per millisecond. */
export function speedOf(trail: readonly Point[], at: number): number {
  const recent = trail.filter((point) => at - point.at <= TRAIL_MS)
  const [first, last] = [recent[0], recent.at(-1)]
  return first && last && last.at > first.at ? (last.y - first.y) / (last.at - first.at) : 0
}

/** What one finger lets go of while it moves glides on: `move` gets CSS pixels, until the signal aborts. */
export function bindFlick(
  host: HTMLElement,
  move: (dy: number) => void,
  signal: AbortSignal,
): void {
  let trail: Point[] = []
  let fingers = 0
  let frame = 0

  const glide = (speed: number, from: number) => {
    frame = requestAnimationFrame((now) => {
      const ms = Math.min(LONGEST_FRAME_MS, Math.max(0, now - from))
      move(speed * ms)
      const left = speed * KEPT ** ms
      if (Math.abs(left) > SLOWEST) glide(left, now)
    })
  }
  const stop = () => cancelAnimationFrame(frame)
  signal.addEventListener('abort', stop, { once: true })

  const on = (
    type: 'touchstart' | 'touchmove' | 'touchend',
    listener: (event: TouchEvent) => void,
  ) => host.addEventListener(type, listener, { passive: true, signal })
  on('touchstart', ({ touches }) => {
    stop()
    fingers = Math.max(fingers, touches.length)
    trail = []
  })
  on('touchmove', ({ touches: [touch], timeStamp }) => {
    if (touch) trail = [...trail.slice(-20), { at: timeStamp, y: touch.clientY }]
  })
  on('touchend', ({ touches, timeStamp }) => {
    if (touches.length > 0) return
    const speed = fingers === 1 ? speedOf(trail, timeStamp) : 0
    fingers = 0
    if (Math.abs(speed) > SLOWEST_FLICK) glide(speed, performance.now())
  })
}
