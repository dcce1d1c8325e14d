import type { AgentRow } from '../../db/agents.ts'
import type { AgentView, EvidenceResponse } from '../protocol.ts'
import type { LiveAgent } from './agents.ts'
import { redact, redactWords } from './redact.ts'
import { runOf } from './views.ts'

/** Rows that are kept; agents that live or are `kept` are beyond this. */
export const KEPT_AGENTS = 500
export const KEPT_DAYS = 90
/** Rows that pages are shown of agents that are known from before only. */
export const SHOWN_AGENTS = 200

const DAY_MS = 86_400_000

/** What is kept of an agent as it is at `now` (epoch milliseconds), given what was kept before. */
export function rowOf(live: LiveAgent, before: AgentRow | undefined, now: number): AgentRow {
  const { agent, place } = live
  const view = agent.view()
  const { argv } = agent.process
  return {
    id: agent.id,
    view,
    run: runOf(place.id),
    window: place.windowIndex,
    argv: redactWords(argv),
    transcript: readTranscript(live) ?? before?.transcript ?? null,
    tool: cutTool(view, agent.state.lastTurn?.end, before),
    seenAt: view.endedAt ?? now,
    endedAt: view.endedAt ?? null,
  }
}

/** The file that its words came from; one that was only named, and perhaps by a stranger, is not it. */
function readTranscript({ sources }: LiveAgent): string | undefined {
  const { transcript, transcriptAt } = sources
  return transcript && transcriptAt !== undefined ? redact(transcript.path) : undefined
}

/** The tool of the running turn, and of one that ended with its process: what became of it is unknown. */
function cutTool(view: AgentView, end: string | undefined, before: AgentRow | undefined): string {
  if (view.turn) return view.tool
  const wasCut = view.endedAt !== undefined && (end === 'interrupted' || end === 'lost')
  return wasCut ? (before?.tool ?? '') : ''
}

/**
 * An agent as pages see it before tmux has proven that it lives: what it was, and that nobody knows
 * what it does now. The tool that ran stays named; its outcome is unknown.
 */
export function historicalView({ view, tool, seenAt }: AgentRow): AgentView {
  const { ask: _, turn, ...rest } = view
  const cut = turn && { ...turn, endedAt: seenAt, end: 'interrupted' as const }
  return {
    ...rest,
    ...(cut ? { lastTurn: cut } : {}),
    tool,
    liveness: 'historical',
    activity: 'unknown',
    since: seenAt,
    evidence: {
      source: 'process',
      line: view.endedAt === undefined ? `last seen ${view.activity}` : view.evidence.line,
      at: seenAt,
      confidence: 'high',
    },
  }
}

/** Why we say what we say of an agent that is known from before only: no source speaks any more. */
export function pastEvidence(row: AgentRow): EvidenceResponse {
  const { id, activity, evidence } = historicalView(row)
  return { agent: id, activity, evidence, sources: [] }
}

/**
 * The rows to show, newest first. Of one conversation that was resumed there are several agents:
 * the newest stands for all, and none where it lives again (`isLive`).
 */
export function shownRows(
  rows: readonly AgentRow[],
  isLive: (row: AgentRow) => boolean,
): AgentRow[] {
  const told = new Set<string>()
  const shown: AgentRow[] = []
  for (const row of rows.toSorted((a, b) => b.seenAt - a.seenAt)) {
    if (shown.length >= SHOWN_AGENTS) break
    const name = conversationName(row.view)
    if (isLive(row) || (name !== undefined && told.has(name))) continue
    if (name !== undefined) told.add(name)
    shown.push(row)
  }
  return shown
}

/** A conversation is one agent's whichever process goes on with it; undefined where it is not known. */
export function conversationName({ kind, conversation }: AgentView): string | undefined {
  return conversation === undefined ? undefined : `${kind} ${conversation}`
}

/** Ids of the rows that are too many or too old. `isKept`: lives, or somebody still needs it. */
export function rowsToForget(
  rows: readonly AgentRow[],
  isKept: (id: string) => boolean,
  now: number,
): string[] {
  const oldest = now - KEPT_DAYS * DAY_MS
  return rows
    .toSorted((a, b) => b.seenAt - a.seenAt)
    .filter(({ id, seenAt }, at) => (at >= KEPT_AGENTS || seenAt < oldest) && !isKept(id))
    .map(({ id }) => id)
}
