import type { ObservedFacts } from './adapter.ts'
import type { Meaning } from './meaning.ts'

/** News of one subagent; what is absent leaves what was known. */
export type SubagentNews = Omit<NonNullable<ObservedFacts['subagent']>, 'id'>

/** What a record of a subagent's own says of it: it goes on, is over, or neither. */
export function newsOf({ says, facts = {} }: Pick<Meaning, 'says' | 'facts'>): SubagentNews {
  const isOver = says?.type === 'idle' || says?.type === 'failed'
  const isOn = says !== undefined && !isOver && says.type !== 'started' && says.type !== 'ended'
  const { title, tool, lastWords } = facts
  return {
    ...(isOver || isOn ? { running: isOn } : {}),
    ...(title === undefined ? {} : { title }),
    ...(tool === undefined ? {} : { tool }),
    ...(lastWords === undefined ? {} : { lastWords }),
  }
}
