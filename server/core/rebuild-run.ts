import type { AgentRow } from '../../db/agents.ts'
import type { TmuxRunRow } from '../../db/tmux-runs.ts'
import type { Log } from '../log.ts'
import type { RebuiltSession } from '../protocol.ts'
import { joinGroup, type Rebuilt, rebuildSession, type SessionPlan } from '../tmux/rebuild.ts'
import type { TmuxServer } from '../tmux/server.ts'
import { nearestFolder } from './old-place.ts'
import type { SavedSession } from './saved-layout.ts'
import { toFailure } from './tmux-failure.ts'
import { generationOf, idOf } from './views.ts'

/** What was built of a run. */
export interface RebuiltRun {
  sessions: RebuiltSession[]
  /** Our ids of the new panes, by the agents that ran in their places. */
  panes: Map<string, string>
  /** Our ids of the new sessions, by those of the ones that were. */
  heirs: Map<string, string>
}

export interface RebuildDeps {
  server: TmuxServer
  /** tmux's id (`$1`) of the session of this name that is there now. */
  present: (name: string) => string | undefined
  /** The agents of the run, by id. */
  agents: ReadonlyMap<string, AgentRow>
  log: Log
}

const PLUGINS = { resurrect: 'tmux-resurrect', continuum: 'tmux-continuum' } as const

/**
 * Builds these sessions of a run that are not back: windows, panes, layouts, a shell in each pane's
 * folder. One that cannot be built says why and stops no other. Never rejects for what tmux refuses.
 */
export async function rebuildRun(
  run: TmuxRunRow,
  wanted: readonly SavedSession[],
  deps: RebuildDeps,
): Promise<RebuiltRun> {
  const { server, present } = deps
  const sessions: RebuiltSession[] = []
  const built: { session: SavedSession; result: Rebuilt }[] = []
  const made: { id: string | undefined; tmuxId: string }[] = []
  for (const session of wanted) {
    const { name } = session
    if (present(name) !== undefined) {
      sessions.push({ name, created: false, detail: 'A session of this name is there.' })
      continue
    }
    if (run.restoredBy) {
      const plugin = PLUGINS[run.restoredBy]
      const detail = `${plugin} is set up there and brings it back (prefix, then Ctrl-r).`
      sessions.push({ name, created: false, detail })
      continue
    }
    try {
      const mate = mateOf(session, run, built, present)
      if (mate !== undefined) {
        made.push({ id: session.id, tmuxId: await joinGroup(server, name, mate) })
        sessions.push({ name, created: true })
        continue
      }
      const { plan, faults } = await planOf(session, deps.agents)
      const result = await rebuildSession(server, plan, deps.log)
      built.push({ session, result })
      made.push({ id: session.id, tmuxId: result.id })
      const detail = [...faults, ...result.faults].join(' ')
      sessions.push({ name, created: true, ...(detail ? { detail } : {}) })
    } catch (error) {
      const failure = toFailure(error)
      if (!failure) throw error
      sessions.push({ name, created: false, detail: failure.message })
    }
  }
  if (made.length === 0) return { sessions, panes: new Map(), heirs: new Map() }
  const { identity } = await server.refresh()
  const generation = generationOf(server.id, identity)
  const panes = built.flatMap(({ session, result }) => panesByAgent(session, result))
  return {
    sessions,
    panes: new Map(panes.map(([agent, tmuxId]) => [agent, idOf('p', tmuxId, generation)])),
    heirs: new Map(
      made.flatMap(({ id, tmuxId }) =>
        id === undefined ? [] : [[id, idOf('s', tmuxId, generation)]],
      ),
    ),
  }
}

/** A session of the same group that is there, whose windows this one shared. */
function mateOf(
  { name, group }: SavedSession,
  run: TmuxRunRow,
  built: readonly { session: SavedSession; result: Rebuilt }[],
  present: (name: string) => string | undefined,
): string | undefined {
  if (group === undefined) return undefined
  const fresh = built.find(({ session }) => session.group === group)
  if (fresh) return fresh.result.id
  const mates = run.sessions.filter((other) => other.group === group && other.name !== name)
  return mates.map((mate) => present(mate.name)).find((id) => id !== undefined)
}

/** An agent's folder is its own, not the one that its shell was in. */
async function planOf(
  { name, windows }: SavedSession,
  agents: ReadonlyMap<string, AgentRow>,
): Promise<{ plan: SessionPlan; faults: string[] }> {
  const faults: string[] = []
  const folderFor = async ({ cwd, agent }: { cwd: string; agent?: string }) => {
    const wanted = (agent === undefined ? undefined : agents.get(agent)?.view.cwd) || cwd
    const folder = await nearestFolder(wanted)
    if (folder !== wanted && wanted) faults.push(`${wanted} is gone; the pane is in ${folder}.`)
    return folder
  }
  const plan = {
    name,
    windows: await Promise.all(
      windows.map(async (window) => ({
        ...window,
        panes: await Promise.all(
          window.panes.map(async (pane) => ({ active: pane.active, cwd: await folderFor(pane) })),
        ),
      })),
    ),
  }
  return { plan, faults }
}

function panesByAgent({ windows }: SavedSession, { panes }: Rebuilt): [string, string][] {
  return windows.flatMap(({ index, panes: saved }) =>
    saved.flatMap(({ agent }, at): [string, string][] => {
      const tmuxId = panes.get(index)?.[at]
      return agent === undefined || tmuxId === undefined ? [] : [[agent, tmuxId]]
    }),
  )
}
