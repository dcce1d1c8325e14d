import type { Observation, ObservedFacts, Statement } from '../../server/agents/adapter.ts'
import { ADAPTERS } from '../../server/agents/index.ts'
import { Agent } from '../../server/core/agent.ts'
import type { AgentKind, EvidenceSource } from '../../server/protocol.ts'

export const T0 = 1_700_000_000_000

/** An agent without a terminal: it hears what a test says. */
export function keptAgent(
  kind: AgentKind,
  changes: Partial<{ id: string; now: number; seenAt: number }> = {},
): Agent {
  const adapter = ADAPTERS.find((one) => one.kind === kind)
  if (!adapter) throw new Error(`no adapter for ${kind}`)
  const now = changes.now ?? T0
  return new Agent({
    id: changes.id ?? 'a1',
    adapter,
    process: { pid: 1, start: '1', argv: [kind], command: kind, cwd: '/work', env: {} },
    pane: 'p1',
    session: 's1',
    place: { session: 'work', window: 'main', pane: 0 },
    where: 'here',
    startedAt: now,
    now: changes.seenAt ?? now,
    invariant: (why) => {
      throw new Error(why)
    },
  })
}

/** One observation `second` seconds after `T0`. */
export function seen(
  second: number,
  {
    says,
    facts,
    source = 'hook',
  }: { says?: Statement; facts?: ObservedFacts; source?: EvidenceSource },
): Observation {
  const at = T0 + second * 1_000
  return {
    source,
    at,
    line: `at ${second}`,
    confidence: 'high',
    ...(says ? { says } : {}),
    ...(facts ? { facts } : {}),
  }
}
