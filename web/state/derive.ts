import type { PaneView, SessionView, WindowView } from '../../server/protocol.ts'
import type { FeedState } from './apply.ts'
import { visible } from './words.ts'

/** What rows show beyond the feed's facts. Pure; ages come in as milliseconds. */

/**
 * Output this recent counts as printing. The feed tells of a pane at most once a second, so two
 * frames may lie a little over a second apart; three seconds bridge one that comes late.
 */
export const PRINTING_MS = 3_000

/** Last output of any of the session's panes, epoch milliseconds; undefined where none was seen. */
export function lastOutput(
  session: SessionView,
  output: Readonly<Record<string, number>>,
): number | undefined {
  let last: number | undefined
  for (const window of session.windows) {
    for (const pane of window.panes) {
      const at = output[pane.id]
      if (at !== undefined && (last === undefined || at > last)) last = at
    }
  }
  return last
}

export function activeWindow(session: SessionView): WindowView | undefined {
  return session.windows.find((window) => window.active) ?? session.windows[0]
}

export function activePane(window: WindowView | undefined): PaneView | undefined {
  return window?.panes.find((pane) => pane.active) ?? window?.panes[0]
}

/** The pane a client of the session sees as its current one. */
export function currentPane(session: SessionView): PaneView | undefined {
  return activePane(activeWindow(session))
}

export function windowOfPane(session: SessionView, pane: string): WindowView | undefined {
  return session.windows.find((window) => window.panes.some(({ id }) => id === pane))
}

/**
 * Whether every word that someone types into "Find a session" occurs somewhere in the text, which is
 * put together only where there is one.
 */
export function finds(text: () => string, query: string): boolean {
  if (query.trim() === '') return true
  const lower = visible(text()).toLowerCase()
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word))
}

/** Whether the row is what someone looks for. `more`: what else is known of it. */
export function matches(session: SessionView, query: string, more = () => ''): boolean {
  const text = () => {
    const pane = currentPane(session)
    const names = session.windows.map((window) => window.name)
    return [session.name, pane?.command, pane?.cwd, more(), ...names].join(' ')
  }
  return finds(text, query)
}

export interface Group {
  /** Undefined for sessions of a server we were not told of yet. */
  server: string
  sessions: string[]
}

/** Session ids per tmux server in the feed's order, servers without any included. */
export function groups(feed: Readonly<FeedState>, query: string): Group[] {
  const byServer = new Map<string, string[]>(feed.servers.map((server) => [server.id, []]))
  for (const id of feed.order) {
    const session = feed.sessions[id]
    if (!session || !matches(session, query)) continue
    const list = byServer.get(session.server)
    if (list) list.push(id)
    else byServer.set(session.server, [id])
  }
  return [...byServer].map(([server, sessions]) => ({ server, sessions }))
}
