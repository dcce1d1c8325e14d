import type { LostAgent, RecoveryResponse } from '../../server/protocol.ts'
import { counted } from './words.ts'

/** What is lost, in words. Pure. */

/** An agent that nobody has brought back yet. */
export function isLost({ state }: LostAgent): boolean {
  return state.state === 'waiting' || state.state === 'failed'
}

/** `2 sessions and 1 agent`; empty where nothing is lost. */
export function lostText({ lost, agents }: RecoveryResponse): string {
  const sessions = lost.flatMap((one) => one.sessions).filter(({ isBack }) => !isBack).length
  const waiting = agents.filter(isLost).length
  const parts = [
    sessions > 0 ? counted(sessions, 'session') : '',
    waiting > 0 ? counted(waiting, 'agent') : '',
  ]
  return parts.filter(Boolean).join(' and ')
}
