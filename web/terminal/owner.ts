import type { ScreenResponse } from '../../server/protocol.ts'

/** Who owns the wheel and the mouse of a pane, asked when it matters and remembered for a moment. */

/** A program starts and ends in the time between two gestures, milliseconds. */
const FRESH_MS = 1_000

export type Ownership = Pick<ScreenResponse, 'alternate' | 'mouse'>

export interface Owner {
  /** The last answer; nobody, before the first. */
  readonly known: Ownership
  /** An answer of the last second, or a new one. When the server does not answer: the last. */
  fresh(): Promise<Ownership>
}

export function makeOwner(ask: () => Promise<Ownership>): Owner {
  let known: Ownership = { alternate: false, mouse: false }
  let askedAt = Number.NEGATIVE_INFINITY
  let asking: Promise<Ownership> | undefined
  const look = async (): Promise<Ownership> => {
    try {
      const { alternate, mouse } = await ask()
      known = { alternate, mouse }
      askedAt = performance.now()
    } catch {
      // Offline or gone: the terminal's own strip says so, and the last answer is the best guess.
    } finally {
      asking = undefined
    }
    return known
  }
  return {
    get known() {
      return known
    },
    fresh() {
      if (performance.now() - askedAt < FRESH_MS) return Promise.resolve(known)
      asking ??= look()
      return asking
    },
  }
}
