import type { AgentView } from '../protocol.ts'
import type { ActivityState } from './activity.ts'
import { isEventSource } from './claims.ts'

type Spoke = NonNullable<AgentView['spoke']>

/** A turn's end that is told so much later than the one we know is of a turn that nobody saw begin. */
const OTHER_TURN_MS = 60_000

/**
 * Who spoke last to whom: the user by a prompt, by an interruption, or by what was typed
 * (`typedAt`); the agent by the end of a turn or by asking. Undefined where neither is known.
 */
export function speakerOf(
  state: ActivityState,
  lastTurn: AgentView['lastTurn'],
  typedAt: number | undefined,
): Spoke | undefined {
  const words: (Spoke | undefined)[] = [
    lastTurn && { who: 'user', at: lastTurn.startedAt },
    lastTurn && endOf(lastTurn),
    state.turn ? { who: 'user', at: state.turn.startedAt } : unseenEnd(state, lastTurn),
    state.ask && state.activity === 'asking' ? { who: 'agent', at: state.ask.since } : undefined,
    typedAt === undefined ? undefined : { who: 'user', at: typedAt },
  ]
  let last: Spoke | undefined
  for (const word of words) if (word && (!last || word.at >= last.at)) last = word
  return last
}

/** Whoever interrupts a turn speaks; one that was lost ended without a word. */
function endOf({ end, endedAt: at }: NonNullable<AgentView['lastTurn']>): Spoke | undefined {
  if (end === 'lost') return undefined
  return { who: end === 'interrupted' ? 'user' : 'agent', at }
}

/** A turn that began and ended while nobody watched: its end alone is on record. */
function unseenEnd({ claims }: ActivityState, lastTurn: AgentView['lastTurn']): Spoke | undefined {
  const known = lastTurn ? lastTurn.endedAt + OTHER_TURN_MS : 0
  for (const one of Object.values(claims)) {
    if (!isEventSource(one.source) || one.says.type !== 'idle' || one.at <= known) continue
    if (one.says.end) return { who: one.says.end === 'interrupted' ? 'user' : 'agent', at: one.at }
  }
  return undefined
}
