import { TmuxError } from './errors.ts'
import {
  LIST_CLIENTS,
  LIST_PANES,
  type Listing,
  parseClients,
  parsePanes,
  type TmuxClient,
} from './topology.ts'

/** How commands reach tmux: stdout as bytes, or a `TmuxError`. */
export type Send = (argv: readonly string[]) => Promise<Buffer>

/**
 * What one look at a server found. `empty`: a server without sessions; `absent`: no server. Both
 * are certain; everything else rejects and says nothing about the sessions.
 */
export type Look =
  | { type: 'panes'; listing: Listing; clients: TmuxClient[] }
  | { type: 'empty' }
  | { type: 'absent' }

/** One look. Panes first: a client that attaches in between is counted in the next look. */
export async function look(send: Send): Promise<Look> {
  try {
    const [panes, clients] = await Promise.all([send(LIST_PANES), send(LIST_CLIENTS)])
    const listing = parsePanes(panes.toString('latin1'))
    if (!listing) return { type: 'empty' }
    return { type: 'panes', listing, clients: parseClients(clients.toString('latin1')) }
  } catch (error) {
    if (!(error instanceof TmuxError)) throw error
    if (error.code === 'no-server') return { type: 'absent' }
    // What tmux says to `list-panes -a` when it has no session at all.
    if (error.code === 'refused' && /^no current target$/m.test(error.stderr)) {
      return { type: 'empty' }
    }
    throw error
  }
}
