import { clamp } from './fit.ts'
import { keyText } from './keys.ts'
import { type MouseAct, mouseReport, wantsReport } from './mouse.ts'
import type { Owner } from './owner.ts'
import type { Screen } from './screen.ts'

/**
 * Mouse and wheel over the live screen: to the program when it owns the mouse, else selecting
 * text and opening the scrollback viewer.
 */

/** Wheel travel that makes one step, CSS pixels: a notch is about 100, a touchpad sends small ones. */
const STEP_PX = 33
/** Steps of one event at most: a fling must not fill the program's input. */
const MAX_STEPS = 8

export interface PointerOptions {
  owner: Owner
  /** Types a report or a key, as text. */
  onReport(text: string): void
  /** The wheel asks for what scrolled away. */
  onHistory(): void
  /** Moves the picture; returns what could not be used because an edge was reached. */
  onPan(dx: number, dy: number): { x: number; y: number }
}

/** Binds mouse and wheel to `host`, which holds the screen, until the signal aborts. */
export function bindPointer(
  screen: Screen,
  host: HTMLElement,
  options: PointerOptions,
  signal: AbortSignal,
): void {
  const { terminal, mouseModes } = screen
  const { owner } = options
  /** Button held for the program, or undefined. */
  let held: number | undefined

  const report = (act: MouseAct, button: number, event: MouseEvent): boolean => {
    const box = screen.grid()?.getBoundingClientRect()
    if (!box || !wantsReport(act, mouseModes)) return false
    const col = Math.floor(((event.clientX - box.left) / box.width) * terminal.cols)
    const row = Math.floor(((event.clientY - box.top) / box.height) * terminal.rows)
    const { shiftKey: shift, altKey: alt, ctrlKey: ctrl } = event
    options.onReport(
      mouseReport({
        act,
        button,
        col: clamp(col, 0, terminal.cols - 1),
        row: clamp(row, 0, terminal.rows - 1),
        shift,
        alt,
        ctrl,
      }),
    )
    return true
  }

  host.addEventListener(
    'mousedown',
    (event) => {
      // Shift selects text here even where the program owns the mouse, as in every terminal.
      if (event.shiftKey || event.button > 2 || !owner.known.mouse) return
      if (!report('down', event.button, event)) return
      held = event.button
      terminal.focus()
      event.preventDefault()
      event.stopPropagation()
    },
    { capture: true, signal },
  )
  // On the window: a drag may end outside.
  window.addEventListener(
    'mousemove',
    (event) => {
      if (held !== undefined) report('drag', held, event)
      else if (mouseModes.has(1003) && insideOf(host, event) && owner.known.mouse) {
        report('move', 0, event)
      }
    },
    { capture: true, signal },
  )
  window.addEventListener(
    'mouseup',
    (event) => {
      if (held === undefined || event.button !== held) return
      report('up', held, event)
      held = undefined
    },
    { capture: true, signal },
  )

  // A press must be decided at once, so the question is asked while the pointer comes.
  const learn = () => {
    if (mouseModes.size > 0) void owner.fresh()
  }
  host.addEventListener('pointerenter', learn, { signal })
  host.addEventListener('pointermove', learn, { signal, passive: true })

  /** Wheel travel in the direction of its sign that made no step yet, CSS pixels. */
  let travel = 0
  const turn = async (event: WheelEvent, steps: number): Promise<void> => {
    const { alternate, mouse } = await owner.fresh()
    if (signal.aborted) return
    const up = steps < 0
    if (!alternate && !mouse) {
      if (up) options.onHistory()
      return
    }
    for (let i = 0; i < Math.min(Math.abs(steps), MAX_STEPS); i += 1) {
      // A full-screen program without the mouse gets arrow keys, as pagers understand them.
      if (mouse && report(up ? 'wheel-up' : 'wheel-down', 0, event)) continue
      const { applicationCursorKeysMode } = terminal.modes
      const none = { ctrl: false, alt: false }
      options.onReport(keyText(up ? 'Up' : 'Down', none, applicationCursorKeysMode))
    }
  }
  terminal.attachCustomWheelEventHandler((event) => {
    if (event.ctrlKey) return true
    event.preventDefault()
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : STEP_PX
    // First what is out of sight: only a screen that does not fit moves at all.
    const left = options.onPan(-event.deltaX * unit, -event.deltaY * unit)
    const isUsed = Math.abs(left.y) + 0.5 < Math.abs(event.deltaY * unit)
    if (event.deltaY === 0 || isUsed) return false
    if (Math.sign(travel) !== Math.sign(event.deltaY)) travel = 0
    travel += event.deltaY * unit
    const steps = Math.trunc(travel / STEP_PX)
    if (steps === 0) return false
    travel -= steps * STEP_PX
    void turn(event, steps)
    return false
  })
}

function insideOf(host: HTMLElement, event: MouseEvent): boolean {
  return event.target instanceof Node && host.contains(event.target)
}
