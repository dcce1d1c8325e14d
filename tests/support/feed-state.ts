import type { AgentView, SessionView } from '../../server/protocol.ts'
import { emptyFeed, type FeedState } from '../../web/state/apply.ts'
import { agent } from './agent-view.ts'

/** A session without windows. */
export function session(id: string): SessionView {
  return {
    id,
    server: 'main',
    tmuxId: '$1',
    name: id,
    createdAt: 0,
    attached: 0,
    freshness: 'healthy',
    windows: [],
  }
}

/** What a page knows of sessions with these ids and of agents `a0`, `a1` and so on. */
export function feed(ids: string[], agents: Partial<AgentView>[]): FeedState {
  const entries = agents.map((change, index) => agent({ id: `a${index}`, ...change }))
  return {
    ...emptyFeed(),
    servers: [
      {
        id: 'main',
        label: 'default',
        socketPath: '',
        state: 'connected',
        freshness: 'healthy',
        channel: 'control',
        outputSource: 'inotify',
        since: 0,
      },
    ],
    sessions: Object.fromEntries(ids.map((id) => [id, session(id)])),
    order: ids,
    agents: Object.fromEntries(entries.map((view) => [view.id, view])),
  }
}
