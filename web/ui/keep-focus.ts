import { type Accessor, createComputed, createEffect, on, untrack } from 'solid-js'

/**
 * Gives the focus back to what had it in the list when `places` change: a browser takes it from an
 * element that moves to another place. For the life of the Solid owner.
 */
export function keepFocus(list: Accessor<HTMLElement | null>, places: Accessor<unknown>): void {
  let focused: Element | null = null
  // Before anything moves.
  createComputed(
    on(places, () => {
      const { activeElement } = document
      focused = untrack(list)?.contains(activeElement) ? activeElement : null
    }),
  )
  // After it has.
  createEffect(
    on(places, () => {
      if (!(focused instanceof HTMLElement) || !focused.isConnected) return
      if (document.activeElement === document.body) focused.focus({ preventScroll: true })
    }),
  )
}
