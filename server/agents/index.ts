import type { AgentKind } from '../protocol.ts'
import type { Adapter, ProcessFacts, ScreenFacts } from './adapter.ts'
import * as agents from './kinds.ts'
import { other } from './other.ts'
import { shell } from './shell.ts'

const AGENTS: readonly Adapter[] = Object.values(agents)

/** Every kind; what no agent matches is a shell or some other program. */
export const ADAPTERS: readonly Adapter[] = [...AGENTS, shell, other]

/** What people call each kind. */
export function kindNames(): Record<AgentKind, string> {
  return Object.fromEntries(ADAPTERS.map(({ kind, name }) => [kind, name]))
}

export function adapterOf(kind: AgentKind): Adapter {
  return ADAPTERS.find((adapter) => adapter.kind === kind) ?? other
}

/** The agent that this process is; undefined for shells and all else. */
export function agentOf(process: ProcessFacts): Adapter | undefined {
  return AGENTS.find((adapter) => adapter.matches(process))
}

/** The agent whose screen this must be, for panes whose processes run elsewhere (ssh, containers). */
export function agentOnScreen(screen: ScreenFacts): Adapter | undefined {
  return AGENTS.find((adapter) => adapter.looksLike?.(screen))
}
