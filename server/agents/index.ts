import type { AgentKind } from '../protocol.ts'
import type { Adapter, ProcessFacts, ScreenFacts } from './adapter.ts'
import { claude } from './claude.ts'
import { codex } from './codex.ts'
import { copilot } from './copilot.ts'
import { gemini } from './gemini.ts'
import { opencode } from './opencode.ts'
import { other } from './other.ts'
import { shell } from './shell.ts'

/** Coding agents: one line per kind. */
const AGENTS: readonly Adapter[] = [claude, codex, copilot, gemini, opencode]

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
