import type { AgentRow } from '../../db/agents.ts'
import type { TmuxRunRow } from '../../db/tmux-runs.ts'
import type { LostAgent, LostServer, ResumeState, TurnView } from '../protocol.ts'
import { LAST_MOMENTS_MS } from './layouts.ts'
import type { ResumePlan } from './resume-plan.ts'

/** Where an agent stood: enough to know the same place again. */
export interface OldPlace {
  session: string
  /** Index of the window in its session, and of the pane in its window. */
  window: number
  pane: number
  cwd: string
}

export function oldPlaceOf({ view, window }: AgentRow): OldPlace {
  const { session = '', pane = 0 } = view.place ?? {}
  return { session, window, pane, cwd: view.cwd }
}

/** Agents that ran when this run of tmux ended; those that ended before by themselves did not. */
export function agentsLostWith(run: TmuxRunRow, rows: readonly AgentRow[]): AgentRow[] {
  return rows.filter(
    ({ view, endedAt, run: own }) =>
      own === run.id &&
      view.parent === undefined &&
      (endedAt === null || endedAt > run.seenAt - LAST_MOMENTS_MS),
  )
}

/** A run as pages see it. `isBack`: a session of this name is there again. */
export function lostServer(run: TmuxRunRow, isBack: (name: string) => boolean): LostServer {
  return {
    id: run.id,
    server: run.server,
    label: run.label,
    lastSeenAt: run.seenAt,
    sessions: run.sessions.map((session) => ({ ...session, isBack: isBack(session.name) })),
    ...(run.restoredBy === null ? {} : { restoredBy: run.restoredBy }),
  }
}

/** What is known of a lost agent beside its row. */
export interface LostFacts {
  hasFolder: boolean
  plan: ResumePlan
  turn: TurnView | undefined
  /** Number of its last snapshot. */
  snapshot: number | undefined
  state: ResumeState
}

/** An agent as the page of what was lost shows it. */
export function lostAgent(row: AgentRow, facts: LostFacts): LostAgent {
  const { view } = row
  const { session = '', window = '', pane = 0 } = view.place ?? {}
  const { turn, snapshot, plan } = facts
  const worktree = view.git?.worktree
  return {
    id: row.id,
    lost: row.run,
    kind: view.kind,
    title: view.title,
    prompt: view.prompt,
    lastWords: view.lastWords,
    session,
    window,
    pane,
    cwd: view.cwd,
    ...(worktree === undefined ? {} : { worktree }),
    hasFolder: facts.hasFolder,
    ...(turn ? { turn: lostTurn(turn, row.tool) } : {}),
    ...(snapshot === undefined ? {} : { snapshot: `${snapshot}` }),
    ...('command' in plan ? { resume: plan.command } : { reason: plan.reason }),
    lastSeenAt: row.seenAt,
    state: facts.state,
  }
}

function lostTurn(
  { generation, startedAt, end }: TurnView,
  tool: string,
): NonNullable<LostAgent['turn']> {
  const wasCut = end === undefined || end === 'interrupted' || end === 'lost'
  return {
    generation,
    startedAt,
    ...(end === undefined ? {} : { end }),
    ...(wasCut && tool ? { tool } : {}),
  }
}
