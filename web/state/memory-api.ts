import type {
  DiffResponse,
  SnapshotDiffResponse,
  SnapshotResponse,
  SnapshotsResponse,
  TranscriptResponse,
  TurnTextResponse,
} from '../../server/protocol.ts'
import { request } from './api.ts'

/** What is remembered of agents, and what their worktrees hold. */

const id = encodeURIComponent

/** The agent's worktree against its last commit. */
export function agentDiff(agent: string, signal?: AbortSignal): Promise<DiffResponse> {
  return request('GET', `/api/agents/${id(agent)}/diff`, undefined, { signal })
}

/** Which part of a conversation is asked for. */
export interface TranscriptPart {
  /** What stands before the part that said so. */
  before?: string | undefined
  /** What is new since the answer that said so. */
  after?: string | undefined
  /** Entries at most. */
  limit?: number | undefined
}

/** A part of the agent's conversation, the newest if none is named. */
export function agentTranscript(
  agent: string,
  part: TranscriptPart,
  signal?: AbortSignal,
): Promise<TranscriptResponse> {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(part)) {
    if (value !== undefined) query.set(name, `${value}`)
  }
  return request('GET', `/api/agents/${id(agent)}/transcript?${query}`, undefined, { signal })
}

/** Snapshots of an agent, newest first; with `before`, those that are older than this one. */
export function agentSnapshots(
  agent: string,
  before: string | undefined,
  signal?: AbortSignal,
): Promise<SnapshotsResponse> {
  const query = before === undefined ? '' : `?before=${id(before)}`
  return request('GET', `/api/agents/${id(agent)}/snapshots${query}`, undefined, { signal })
}

/** What the terminal showed then. */
export function readSnapshot(
  agent: string,
  snapshot: string,
  signal?: AbortSignal,
): Promise<SnapshotResponse> {
  const path = `/api/agents/${id(agent)}/snapshots/${id(snapshot)}`
  return request('GET', path, undefined, { signal })
}

/** The lines that differ between two moments. */
export function compareSnapshots(
  agent: string,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<SnapshotDiffResponse> {
  const path = `/api/agents/${id(agent)}/snapshots/${id(from)}/diff?to=${id(to)}`
  return request('GET', path, undefined, { signal })
}

/** All that a turn printed. */
export function turnText(
  agent: string,
  generation: number,
  signal?: AbortSignal,
): Promise<TurnTextResponse> {
  const path = `/api/agents/${id(agent)}/turns/${generation}/text`
  return request('GET', path, undefined, { signal })
}
