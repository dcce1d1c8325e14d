import type { Look } from './look.ts'
import type { ProcessFacts } from './process.ts'
import type { TmuxIdentity, TmuxTree } from './tree.ts'

const NOBODY: TmuxIdentity = { pid: 0, startTime: 0, version: '' }

/** Joins a look, the facts about processes and our own clients to the tree that is shown. */
export function buildTree(
  look: Look,
  known: {
    /** The tree before, whose identity an empty server keeps. */
    before: TmuxTree | undefined
    facts: (paneId: string) => ProcessFacts | undefined
    isOurs: (clientPid: number) => boolean
  },
): TmuxTree {
  if (look.type === 'absent') return { identity: NOBODY, sessions: [] }
  if (look.type === 'empty') return { identity: known.before?.identity ?? NOBODY, sessions: [] }
  const attached = new Map<string, number>()
  for (const { pid, sessionId } of look.clients) {
    if (!known.isOurs(pid)) attached.set(sessionId, (attached.get(sessionId) ?? 0) + 1)
  }
  return {
    identity: look.listing.identity,
    sessions: look.listing.sessions.map((session) => ({
      ...session,
      attached: attached.get(session.id) ?? 0,
      windows: session.windows.map((window) => ({
        ...window,
        panes: window.panes.map((pane) => ({ ...pane, ...known.facts(pane.id) })),
      })),
    })),
  }
}
