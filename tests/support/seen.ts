import type { Observation, Statement } from '../../server/agents/adapter.ts'
import type { AskKind, EvidenceSource } from '../../server/protocol.ts'

/** Observations for tests of what follows from them, with times in seconds after a fixed moment. */

export const PATIENCE = { hookMs: 4_000, silenceMs: 5_000 }
export const T0 = 1_700_000_000_000

export const ask = (
  text: string,
  tool?: string,
  kind: AskKind = 'permission',
  id?: string,
): Statement => ({
  type: 'asking',
  ask: { kind, text, ...(tool ? { tool } : {}), ...(id ? { id } : {}) },
})

export const SAYS = {
  started: { type: 'started' },
  prompted: { type: 'prompted' },
  working: { type: 'working' },
  asking: ask('touch a', 'Bash'),
  retrying: { type: 'retrying' },
  idle: { type: 'idle' },
  failed: { type: 'failed' },
} satisfies Record<string, Statement>

export function see(source: EvidenceSource, says: Statement | keyof typeof SAYS, second: number) {
  const statement = typeof says === 'string' ? SAYS[says] : says
  return {
    source,
    says: statement,
    at: T0 + second * 1_000,
    line: `${source} ${statement.type}`,
    confidence: 'high',
  } satisfies Observation
}

export const at = (second: number): number => T0 + second * 1_000
