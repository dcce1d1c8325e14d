import type { AgentView } from '../../server/protocol.ts'

/** What a view of an agent is given. */
export interface ViewProps {
  agent: AgentView
  /** A moment or an entry within the view, from the address. */
  at?: string | undefined
}
