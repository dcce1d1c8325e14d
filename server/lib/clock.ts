import { uptime } from 'node:os'

/** The two clocks that times are told by, in milliseconds; tests bring their own. */
export interface Clock {
  /** Epoch time: for display, and for what people fix by the clock. People and networks set it. */
  now(): number
  /** Only ever grows, also while the machine sleeps: for how long something has lasted. */
  steady(): number
}

/** The machine's clocks. `performance.now()` stands still while a laptop sleeps, its uptime does not. */
export const systemClock: Clock = {
  now: () => Date.now(),
  steady: () => uptime() * 1_000,
}
