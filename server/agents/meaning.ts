import type { Confidence, EvidenceSource } from '../protocol.ts'
import type { Observation, ObservedFacts, Statement } from './adapter.ts'
import { known } from './json.ts'
import { argumentOf, oneLine } from './words.ts'

/** What one record of an agent means: a statement, facts, both, or nothing. */
export interface Meaning {
  says?: Statement
  facts?: ObservedFacts
}

export interface Evidenced {
  source: EvidenceSource
  at: number
  line: string
  confidence: Confidence
}

/** The observation of a meaning; none where it means nothing. */
export function observe(evidence: Evidenced, { says, facts = {} }: Meaning): Observation[] {
  const all = known(facts)
  if (!says && Object.keys(all).length === 0) return []
  return [known({ ...evidence, line: oneLine(evidence.line), says, facts: all })]
}

/** A tool that waits for the user's word. */
export function asks(
  kind: 'permission' | 'question',
  tool: string | undefined,
  input: unknown,
  id?: string,
): Statement {
  return { type: 'asking', ask: known({ kind, text: argumentOf(input), tool, id }) }
}
