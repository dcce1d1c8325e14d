/** Waits between attempts, milliseconds: quick enough for a blink of the network, slow enough for a night. */
export const LADDER_MS = [200, 400, 800, 1_500, 3_000, 6_000, 10_000] as const

/** Share of a wait that is random, so that a hundred pages do not return in the same instant. */
const JITTER = 0.2

/**
 * Milliseconds to wait before an attempt. `attempt` counts from 1; beyond the ladder the last rung
 * repeats. `random` is in [0, 1).
 */
export function retryDelay(attempt: number, random: number): number {
  const rung = Math.min(Math.max(attempt, 1), LADDER_MS.length) - 1
  const base = LADDER_MS[rung] ?? 10_000
  return Math.round(base * (1 - JITTER / 2 + JITTER * random))
}
