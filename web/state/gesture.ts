/** A swipe to the side is at least so long, CSS pixels. */
const LENGTH = 80
/** And so many times as long as it is high. */
const SHARE = 2

/** Whether a finger's whole way, in CSS pixels, is a swipe to the side. */
export function isSideways({ x, y }: { x: number; y: number }): boolean {
  return Math.abs(x) >= LENGTH && Math.abs(x) >= SHARE * Math.abs(y)
}
