import type { TmuxServer } from './server.ts'

/** What a viewer has to know of a session beside the listing. */
export interface SessionFacts {
  /** Rows of the status line at the bottom or top of each client, 0 to 5. */
  statusLines: number
  /** tmux ends the session when its last client leaves: a viewer's leaving would end it. */
  destroyUnattached: boolean
  windowId: string
  cols: number
  rows: number
  /** The asked client shows this session. Undefined where none was asked for. */
  isShown: boolean | undefined
}

const FIELDS = [
  '#{session_id}',
  '#{status}',
  '#{destroy-unattached}',
  '#{window_id}',
  '#{window_width}',
  '#{window_height}',
  '#{==:#{client_session},#{session_name}}',
]

/**
 * Asks tmux. `client` is the tty of a client of ours. Undefined where the session is gone:
 * `display-message` answers with empty fields then.
 */
export async function readSessionFacts(
  server: TmuxServer,
  sessionId: string,
  client?: string,
): Promise<SessionFacts | undefined> {
  const answer = await server.run([
    ...['display-message', '-p', '-t', `${sessionId}:`],
    ...(client === undefined ? [] : ['-c', client]),
    FIELDS.join(' '),
  ])
  const [id, status, destroy, windowId, cols, rows, shown] = answer.split(' ')
  if (id !== sessionId || !windowId) return undefined
  return {
    statusLines: status === 'on' ? 1 : Number(status) || 0,
    // A flag (0, 1) up to 3.4, a choice (off, on, keep-last, keep-group) since.
    destroyUnattached: destroy !== 'off' && destroy !== '0' && destroy !== '',
    windowId,
    cols: Number(cols),
    rows: Number(rows),
    isShown: client === undefined ? undefined : shown === '1',
  }
}
