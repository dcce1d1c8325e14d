import { isSideways } from '../state/gesture.ts'
import { clamp } from './fit.ts'

/**
 * Fingers on the live screen: pinch changes the text size, so letters stay sharp; one finger pans
 * what does not fit; a swipe down at the top shows what scrolled away, a swipe to the side at that
 * edge goes elsewhere; two taps show all again; one tap asks for the keyboard.
 */

/** Movement until a touch is no tap, CSS pixels. */
const SLOP = 10
/** Between two taps, milliseconds. */
const DOUBLE_MS = 300
/** A swipe down of this length opens the scrollback, CSS pixels. */
const SWIPE = 48

export interface TouchOptions {
  onTap(): void
  onReset(): void
  /** `factor` multiplies the zoom; the point under the fingers stays there (client coordinates). */
  onPinch(factor: number, x: number, y: number): void
  /** Moves the picture; returns what could not be used because an edge was reached. */
  onPan(dx: number, dy: number): { x: number; y: number }
  onSwipeDown(): void
  /** A finger that moved nothing went this way, and was lifted. */
  onSwipeSide(to: 'left' | 'right'): void
}

interface Finger {
  x: number
  y: number
}

/** Binds touch to `host` until the signal aborts. Mouse and pen stay with xterm. */
export function bindTouch(host: HTMLElement, options: TouchOptions, signal: AbortSignal): void {
  const fingers = new Map<number, Finger>()
  let moved = 0
  let overshoot = 0
  let way = { x: 0, y: 0 }
  let panned = false
  let pinched = false
  let lastTap = 0

  const on = <K extends 'pointerdown' | 'pointermove' | 'pointerup' | 'pointercancel'>(
    type: K,
    listener: (event: PointerEvent) => void,
  ) =>
    host.addEventListener(
      type,
      (event) => {
        if (event.pointerType === 'touch') listener(event)
      },
      { capture: true, signal },
    )

  on('pointerdown', (event) => {
    if (fingers.size === 0) {
      moved = 0
      overshoot = 0
      way = { x: 0, y: 0 }
      panned = false
      pinched = false
    }
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY })
    host.setPointerCapture(event.pointerId)
  })

  on('pointermove', (event) => {
    const finger = fingers.get(event.pointerId)
    if (!finger) return
    const dx = event.clientX - finger.x
    const dy = event.clientY - finger.y
    const before = spread(fingers)
    finger.x = event.clientX
    finger.y = event.clientY
    moved += Math.abs(dx) + Math.abs(dy)
    if (fingers.size === 1 && !pinched) {
      if (moved < SLOP) return
      const unused = options.onPan(dx, dy)
      overshoot += unused.y
      way = { x: way.x + dx, y: way.y + dy }
      panned ||= Math.abs(dx - unused.x) > 1
      if (overshoot > SWIPE) {
        overshoot = Number.NEGATIVE_INFINITY
        options.onSwipeDown()
      }
    } else if (fingers.size === 2 && before && before.distance > 0) {
      pinched = true
      const after = spread(fingers)
      if (!after) return
      const factor = clamp(after.distance / before.distance, 0.5, 2)
      options.onPan(after.x - before.x, after.y - before.y)
      options.onPinch(factor, after.x, after.y)
    }
  })

  on('pointerup', (event) => {
    const known = fingers.delete(event.pointerId)
    if (!known || fingers.size > 0 || pinched) return
    if (!panned && isSideways(way)) return options.onSwipeSide(way.x < 0 ? 'left' : 'right')
    if (moved >= SLOP) return
    if (event.timeStamp - lastTap < DOUBLE_MS) {
      lastTap = 0
      options.onReset()
    } else {
      lastTap = event.timeStamp
      options.onTap()
    }
  })
  on('pointercancel', (event) => fingers.delete(event.pointerId))
}

function spread(
  fingers: Map<number, Finger>,
): { x: number; y: number; distance: number } | undefined {
  const [a, b] = fingers.values()
  if (!a || !b) return undefined
  return {
    x: (a.x + b.x) / 2,
    y: (a.y + b.y) / 2,
    distance: Math.hypot(a.x - b.x, a.y - b.y),
  }
}
