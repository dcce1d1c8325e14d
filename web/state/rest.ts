import type { AgentView } from '../../server/protocol.ts'

/** How an agent rests, for its look alone: never stored, never a reason to hide anything. */
export type Rest = 'active' | 'drowsy' | 'asleep' | 'gone'

/** Idle for so long is drowsy (milliseconds). */
export const DROWSY_MS = 30_000

/**
 * The rest of an agent at a time (epoch milliseconds of the server's clock). Only an agent that is
 * proven to wait sleeps: for that its own files or its words must say so, a quiet screen does not.
 * Whatever begins in the future is active.
 */
export function restOf({ activity, liveness, since, evidence }: AgentView, now: number): Rest {
  if (liveness !== 'live') return 'gone'
  if (activity !== 'idle' || now - since < DROWSY_MS) return 'active'
  const isProven = evidence.confidence === 'high' && evidence.source !== 'silence'
  return isProven ? 'asleep' : 'drowsy'
}
