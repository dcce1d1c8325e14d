import type { AgentView, AttentionView } from '../../server/protocol.ts'
import { MARKS, standing } from './agents.ts'
import { REASON_MARKS } from './attention.ts'
import { kindName } from './kinds.ts'

/** What "Find a session" was asked for. Pure. */
export interface Find {
  /** Words that occur somewhere. */
  text: string
  /** Beginnings of what it does or needs, and of the agent's kind: `state:asking agent:codex`. */
  states: readonly string[]
  agents: readonly string[]
}

/** Reads what was typed; `state:` with nothing after it asks for nothing yet. */
export function readFind(query: string): Find {
  const words = query.split(/\s+/)
  const after = (name: string) =>
    words.filter((word) => isFilter(word, name)).map((word) => word.slice(name.length + 1))
  const given = (name: string) =>
    after(name)
      .map((word) => word.toLowerCase())
      .filter((word) => word !== '')
  const text = words.filter((word) => !isFilter(word, 'state') && !isFilter(word, 'agent'))
  return { text: text.join(' '), states: given('state'), agents: given('agent') }
}

function isFilter(word: string, name: string): boolean {
  return word.toLowerCase().startsWith(`${name}:`)
}

/** The words that `state:` finds an agent by: what it does, what it needs, and that it needs somebody. */
function stateWords(agent: AgentView, need: AttentionView | undefined): string[] {
  const { word } = MARKS[standing(agent)]
  return need ? [word, 'needs-you', dashed(REASON_MARKS[need.reason].word)] : [word]
}

/** Whether the agent is one of those asked for. Several of one kind of word are alternatives. */
export function findsAgent(
  agent: AgentView,
  need: AttentionView | undefined,
  { states, agents }: Find,
): boolean {
  if (states.length === 0 && agents.length === 0) return true
  const starts = (own: readonly string[], asked: readonly string[]) =>
    asked.length === 0 || asked.some((word) => own.some((name) => name.startsWith(word)))
  return (
    starts(stateWords(agent, need), states) &&
    starts([agent.kind, dashed(kindName(agent.kind))], agents)
  )
}

/** Whether a session without an agent is one of those asked for. */
export function findsPlain({ states, agents }: Find): boolean {
  return states.length === 0 && (agents.length === 0 || agents.includes('none'))
}

function dashed(text: string): string {
  return text.toLowerCase().replaceAll(' ', '-')
}
