import { createSignal } from 'solid-js'
import type { Modifiers } from './keys.ts'

/** Ctrl and Alt for keyboards without them: a tap holds for one key, a second tap until released. */
export type StickyState = 'off' | 'once' | 'locked'

export interface Sticky {
  state(modifier: keyof Modifiers): StickyState
  /** off -> once -> locked -> off. */
  tap(modifier: keyof Modifiers): void
  /** What holds for the next key; a modifier that held once is let go. */
  take(): Modifiers
}

const NEXT: Record<StickyState, StickyState> = { off: 'once', once: 'locked', locked: 'off' }

export function createSticky(): Sticky {
  const [ctrl, setCtrl] = createSignal<StickyState>('off')
  const [alt, setAlt] = createSignal<StickyState>('off')
  return {
    state: (modifier) => (modifier === 'ctrl' ? ctrl() : alt()),
    tap(modifier) {
      if (modifier === 'ctrl') setCtrl((now) => NEXT[now])
      else setAlt((now) => NEXT[now])
    },
    take() {
      const held = { ctrl: ctrl() !== 'off', alt: alt() !== 'off' }
      if (ctrl() === 'once') setCtrl('off')
      if (alt() === 'once') setAlt('off')
      return held
    },
  }
}
