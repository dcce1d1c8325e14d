import { capturePane } from '../tmux/capture.ts'
import type { Agents } from './agents.ts'
import { panesOf } from './pane-places.ts'
import type { Subject } from './snapshots.ts'

/**
 * An agent's pane, to be taken in: also after the agent's end, while the pane still shows its last
 * words. Undefined where the pane is gone or another program has it.
 */
export function subjectOf(agents: Agents, id: string): Subject | undefined {
  const live = agents.find(id)
  if (!live?.sources.isForeground) return undefined
  const { agent, server, sources } = live
  // Looked up by our own id: a new tmux server counts its panes from 0 again.
  const place = panesOf(server).find((one) => one.id === agent.pane)
  if (!place) return undefined
  const { pane } = place
  return {
    view: agent.view(),
    cwd: agent.process.cwd,
    title: pane.title,
    server,
    transcriptAt: sources.transcriptAt,
    capture: (since, maxLines) => capturePane(server, pane.id, since, maxLines),
  }
}
