import type { AgentView } from '../../server/protocol.ts'
import type { TerminalHandle, TerminalState } from '../terminal/types.ts'

/** One open terminal as others may ask about it; each answer is a signal's. */
export interface OpenTerminal {
  state(): TerminalState | undefined
  handle(): TerminalHandle | undefined
  /** The agent in the pane in sight. */
  agent(): AgentView | undefined
  /** Somebody goes elsewhere: while it loads it takes the focus no more from there. */
  leave(): void
}

/** The open terminals by session, for acts that come from elsewhere than their own head. */
export interface Terminals {
  of(session: string | undefined): OpenTerminal | undefined
  /** Returns what takes it out again. */
  add(session: string, terminal: OpenTerminal): () => void
}

export function makeTerminals(): Terminals {
  const open = new Map<string, OpenTerminal>()
  return {
    of: (session) => (session === undefined ? undefined : open.get(session)),
    add(session, terminal) {
      open.set(session, terminal)
      return () => {
        if (open.get(session) === terminal) open.delete(session)
      }
    },
  }
}
