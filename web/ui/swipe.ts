import { nextNeed } from '../state/attention.ts'
import { isSideways } from '../state/gesture.ts'
import type { AppContext } from './context.ts'

/** A touch that begins so near to the edge of the screen belongs to the browser, CSS pixels. */
const EDGE = 24
/** What has sideways moves of its own. */
const OWN = '.xterm, .term-slot, input, textarea, select, [role="slider"]'

/** Calls back for a finger that sweeps to the side over `area`, until the signal aborts. */
export function bindSwipe(
  area: HTMLElement,
  onSwipe: (to: 'left' | 'right') => void,
  signal: AbortSignal,
): void {
  let from: { x: number; y: number } | undefined
  const options = { signal, passive: true }
  area.addEventListener(
    'touchstart',
    ({ touches, target }) => {
      const touch = touches.length === 1 ? touches[0] : undefined
      const away = touch && touch.clientX > EDGE && touch.clientX < window.innerWidth - EDGE
      from = away && isFree(target, area) ? { x: touch.clientX, y: touch.clientY } : undefined
    },
    options,
  )
  area.addEventListener(
    'touchend',
    ({ changedTouches: [touch] }) => {
      const start = from
      from = undefined
      if (!start || !touch) return
      const way = { x: touch.clientX - start.x, y: touch.clientY - start.y }
      if (isSideways(way) && !hasSelection()) onSwipe(way.x < 0 ? 'left' : 'right')
    },
    options,
  )
  const forget = () => {
    from = undefined
  }
  area.addEventListener('touchcancel', forget, options)
}

/** A long press that grew into a selection is no swipe. */
function hasSelection(): boolean {
  return getSelection()?.isCollapsed === false
}

/** Whether nothing between the finger and the area can itself be moved sideways. */
function isFree(target: EventTarget | null, area: HTMLElement): boolean {
  if (!(target instanceof Element) || target.closest(OWN)) return false
  for (let one: Element | null = target; one && one !== area; one = one.parentElement) {
    if (one.scrollWidth > one.clientWidth && /auto|scroll/.test(getComputedStyle(one).overflowX)) {
      return false
    }
  }
  return true
}

/** Goes to the need after the place in sight (a sweep to the left), or to the one before it. */
export function swipeToNeed(
  app: AppContext,
  here: { session: string; agent: string | undefined },
  to: 'left' | 'right',
): void {
  const next = nextNeed(app.needPlaces(), here, to === 'left' ? 1 : -1)
  if (next) app.openNeed(next)
  else app.say('Nothing else needs you.')
}
