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

/**
 * At most one look at a time. A caller who asks while one runs gets the next one, which begins
 * after the question: what the caller did before is in it.
 */
export class Lister<T> {
  readonly #work: () => Promise<T>
  #running: Promise<T> | undefined
  #next: Promise<T> | undefined

  constructor(work: () => Promise<T>) {
    this.#work = work
  }

  /** The outcome of a look that begins after this call. */
  run(): Promise<T> {
    if (!this.#running) return this.#start()
    this.#next ??= this.#running.then(
      () => this.#startNext(),
      () => this.#startNext(),
    )
    return this.#next
  }

  #startNext(): Promise<T> {
    this.#next = undefined
    return this.#start()
  }

  #start(): Promise<T> {
    const run = this.#work().finally(() => {
      this.#running = undefined
    })
    this.#running = run
    return run
  }
}
