import type { SessionView, TmuxServerView } from '../../server/protocol.ts'
import { shellWord } from './words.ts'

/** The command that attaches a terminal to a session. `servers`: all that the feed knows. */
export function attachCommand(session: SessionView, servers: readonly TmuxServerView[]): string {
  const server = servers.find((view) => view.id === session.server)
  const socket =
    server === undefined || server.label === 'default' ? '' : ` -S ${shellWord(server.socketPath)}`
  // tmux matches names by prefix and pattern; its id names exactly this one.
  return `tmux${socket} attach -t ${shellWord(session.tmuxId)}`
}
