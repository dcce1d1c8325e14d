import type { AgentRow } from '../../db/agents.ts'
import type { Database } from '../../db/open.ts'
import { lastSnapshot } from '../../db/snapshots.ts'
import type { TmuxRunRow } from '../../db/tmux-runs.ts'
import { delay } from '../lib/time.ts'
import type { Log } from '../log.ts'
import type {
  GuardView,
  LostAgent,
  RebuildResponse,
  RecoveryResponse,
  ResumedAgent,
  ResumeResponse,
  ResumeState,
} from '../protocol.ts'
import { TmuxError } from '../tmux/errors.ts'
import { addWindow } from '../tmux/rebuild.ts'
import type { TmuxServer } from '../tmux/server.ts'
import { createSession } from '../tmux/session.ts'
import type { AgentStore } from './agent-store.ts'
import type { Batches } from './batches.ts'
import { Failure } from './failure.ts'
import { isKnown, type Layouts } from './layouts.ts'
import { agentsLostWith, lostAgent, lostServer, oldPlaceOf } from './lost.ts'
import { findOldPlace, hasFolder } from './old-place.ts'
import { OneByOne } from './one-by-one.ts'
import { rebuildRun } from './rebuild-run.ts'
import type { Registry } from './registry.ts'
import { resumePlan } from './resume-plan.ts'
import type { Resumes } from './resumes.ts'
import { conversationName } from './stored-agent.ts'
import { type TurnJournal, turnsOf } from './turn-journal.ts'
import { generationOf, idOf, serverOfRun } from './views.ts'

const STILL_RUNS = 'It still runs.'
/** Within so long (milliseconds) the end of a process is seen, looking so often. */
const END_SEEN_MS = 2_000
const END_LOOK_MS = 100

export interface RecoveryDeps {
  db: Database
  journal: TurnJournal
  registry: Registry
  store: AgentStore
  layouts: Layouts
  resumes: Resumes
  batches: Batches
  /** Whether tmux outlives a logout. */
  guard: () => Promise<GuardView>
  /** Resolves when it is known which agents live: before that everything would look lost. */
  ready: Promise<void>
  log: Log
  signal: AbortSignal
}

/** What ran where when tmux or the machine died, and the way back. Everything in it is by request. */
export class Recovery {
  readonly #deps: RecoveryDeps
  readonly #oneByOne = new OneByOne()
  /** Runs that were rebuilt in this life: they stay on the page until their agents are back. */
  readonly #touched = new Set<string>()

  constructor(deps: RecoveryDeps) {
    this.#deps = deps
  }

  /** All that is lost and not forgotten. */
  async view(): Promise<RecoveryResponse> {
    const { layouts, guard, ready } = this.#deps
    await ready
    const rows = this.#deps.store.rows()
    const found = await Promise.all(
      layouts.lost().map(async (run) => {
        const lost = lostServer(run, (name) => this.#present(run, name) !== undefined)
        const agents = await Promise.all(agentsLostWith(run, rows).map((row) => this.#lost(row)))
        return { lost, agents }
      }),
    )
    const open = found.filter(
      ({ lost, agents }) =>
        this.#touched.has(lost.id) ||
        lost.sessions.some(({ isBack }) => !isBack) ||
        agents.some(({ state }) => state.state !== 'resumed'),
    )
    return {
      lost: open.map(({ lost }) => lost),
      agents: open.flatMap(({ agents }) => agents),
      guard: await guard(),
    }
  }

  /**
   * Builds sessions of a lost run again and resumes the agents in them; answers when the sessions
   * are there, while shells and agents still start. Throws a `Failure` for a run that is not lost.
   */
  async rebuild(
    id: string,
    { sessions, run }: { sessions?: readonly string[]; run: boolean },
  ): Promise<Omit<RebuildResponse, 'duplicate'>> {
    await this.#deps.ready
    const lost = this.#find(id)
    return this.#oneByOne.run(lost.server, () => this.#rebuild(lost, sessions, run))
  }

  /** Offers nothing of a lost run any more. Throws a `Failure` where it is not lost. */
  async forget(id: string): Promise<void> {
    await this.#deps.ready
    await this.#deps.layouts.forget(this.#find(id).id)
  }

  /**
   * Resumes one agent that has ended or is known from before: in a new window of the session that
   * it ran in, in its old pane where that was brought back, else in a new session. Throws a
   * `Failure` where it lives or cannot be resumed.
   */
  async resume(id: string, run: boolean): Promise<ResumeResponse> {
    const { ready, registry, resumes, store } = this.#deps
    await ready
    const row = store.find(id)
    if (!row) throw new Failure('not-found', 'This agent is not known here.')
    if (this.#lives(id)) throw new Failure('conflict', STILL_RUNS)
    const heir = this.#heir(row)
    if (heir) return { state: heir, duplicate: true }
    const plan = resumePlan(row, await hasFolder(row.view.cwd))
    if ('reason' in plan) throw new Failure('conflict', plan.reason)
    const server = registry.server(serverOfRun(row.run))
    if (!server) throw new Failure('not-found', 'Its tmux server is not watched any more.')
    if (!isKnown(server)) {
      throw new Failure('tmux-unavailable', 'tmux does not answer, so it may still run.')
    }
    if (!resumes.begin(id, row.view.kind)) {
      return { state: this.#state(row), duplicate: true }
    }
    try {
      const pane = await this.#placeFor(row, server)
      await resumes.type(id, pane, plan.command, run)
    } catch (error) {
      resumes.fail(id, error instanceof Failure ? error.message : 'tmux gave it no place.')
      throw error
    }
    return { state: this.#state(row), duplicate: false }
  }

  #find(id: string): TmuxRunRow {
    const lost = this.#deps.layouts.lost().find((row) => row.id === id)
    if (!lost) throw new Failure('not-found', 'That tmux server is not lost, or was forgotten.')
    return lost
  }

  async #rebuild(
    lost: TmuxRunRow,
    names: readonly string[] | undefined,
    run: boolean,
  ): Promise<Omit<RebuildResponse, 'duplicate'>> {
    const { batches, log, registry, store } = this.#deps
    const server = registry.server(lost.server)
    if (!server) throw new Failure('not-found', 'That tmux server is not watched any more.')
    this.#touched.add(lost.id)
    const wanted = lost.sessions.filter(({ name }) => !names || names.includes(name))
    const isWanted = (row: AgentRow) =>
      !names || wanted.some(({ name }) => name === row.view.place?.session)
    const rows = agentsLostWith(lost, store.rows()).filter(isWanted)
    const built = await rebuildRun(lost, wanted, {
      server,
      present: (name) => this.#present(lost, name),
      agents: new Map(rows.map((row) => [row.id, row])),
      log,
    })
    for (const [from, session] of built.heirs) batches.inherit(session, from)
    const agents: ResumedAgent[] = []
    for (const row of rows) {
      agents.push({ id: row.id, state: await this.#bring(row, built.panes.get(row.id), run) })
    }
    return { sessions: built.sessions, agents }
  }

  /** Sets one agent of a rebuilt session on its way; what is typed and seen follows. */
  async #bring(row: AgentRow, built: string | undefined, run: boolean): Promise<ResumeState> {
    const { registry, resumes } = this.#deps
    if (this.#heir(row) || !resumes.begin(row.id, row.view.kind)) return this.#state(row)
    const plan = resumePlan(row, await hasFolder(row.view.cwd))
    const pane = built ?? findOldPlace(registry, serverOfRun(row.run), oldPlaceOf(row))?.view.id
    if ('reason' in plan) resumes.fail(row.id, plan.reason)
    else if (!(await this.#hasEnded(row.id))) resumes.fail(row.id, STILL_RUNS)
    else if (pane === undefined) {
      resumes.fail(
        row.id,
        'No shell waits at its old place. Resume it by itself: in a new session.',
      )
    } else void resumes.type(row.id, pane, plan.command, run)
    return this.#state(row)
  }

  /** Our id of a pane for an agent that is resumed by itself. Rejects with a `TmuxError`. */
  async #placeFor(row: AgentRow, server: TmuxServer): Promise<string> {
    const { batches, log, registry } = this.#deps
    const { cwd, place } = row.view
    const session = registry.session(row.view.session)
    const window = place?.window ?? ''
    let tmuxId: string
    let made: string | undefined
    if (session) {
      tmuxId = (await addWindow(server, session.view.tmuxId, { name: window, cwd })).pane
    } else {
      const old = findOldPlace(registry, server.id, oldPlaceOf(row))
      if (old) return old.view.id
      made = await openSession(server, place?.session, cwd, log)
      tmuxId = await server.run(['display-message', '-p', '-t', `${made}:`, '#{pane_id}'])
    }
    const { identity } = await server.refresh()
    const generation = generationOf(server.id, identity)
    if (made !== undefined) batches.inherit(idOf('s', made, generation), row.view.session)
    return idOf('p', tmuxId, generation)
  }

  async #lost(row: AgentRow): Promise<LostAgent> {
    const { db, journal } = this.#deps
    const isThere = await hasFolder(row.view.cwd)
    return lostAgent(row, {
      hasFolder: isThere,
      plan: resumePlan(row, isThere),
      turn: turnsOf(db, journal, row.id, { limit: 1 })[0],
      snapshot: lastSnapshot(db, row.id)?.number,
      state: this.#state(row),
    })
  }

  #state(row: AgentRow): ResumeState {
    return this.#deps.resumes.state(row.id) ?? this.#heir(row) ?? { state: 'waiting' }
  }

  #lives(id: string): boolean {
    return this.#deps.registry.agents().some((one) => one.id === id && one.liveness === 'live')
  }

  /** Gives an agent the time in which its end is seen; false where it is still there. */
  async #hasEnded(id: string): Promise<boolean> {
    const { signal } = this.#deps
    for (let waited = 0; waited < END_SEEN_MS && this.#lives(id); waited += END_LOOK_MS) {
      await delay(END_LOOK_MS, signal)
    }
    return !this.#lives(id)
  }

  /** The live agent that goes on with its conversation, whoever resumed it. */
  #heir(row: AgentRow): ResumeState | undefined {
    const name = conversationName(row.view)
    if (name === undefined) return undefined
    const heir = this.#deps.registry.agents().find(
      (agent) =>
        // Not itself: that it ended is seen a moment after the end of its tmux.
        agent.id !== row.id && agent.liveness === 'live' && conversationName(agent) === name,
    )
    return heir && { state: 'resumed', pane: heir.pane, agent: heir.id }
  }

  /** tmux's id of the session of this name that stands now at the socket of a lost run. */
  #present(run: TmuxRunRow, name: string): string | undefined {
    const { registry } = this.#deps
    return registry.sessions().find((view) => view.server === run.server && view.name === name)
      ?.tmuxId
  }
}

/** A session of this name, or of tmux's choice where another has the name by now; its id (`$1`). */
async function openSession(
  server: TmuxServer,
  name: string | undefined,
  cwd: string,
  log: Log,
): Promise<string> {
  try {
    return (await createSession(server, { ...(name ? { name } : {}), cwd }, log)).id
  } catch (error) {
    const isTaken = error instanceof TmuxError && /duplicate session/.test(error.stderr)
    if (!isTaken) throw error
    return (await createSession(server, { cwd }, log)).id
  }
}
