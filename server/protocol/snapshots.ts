import type { Activity } from './agents.ts'

export const SNAPSHOT_REASONS = ['start', 'tick', 'end', 'stop'] as const
/** `start` and `end` of a turn, `tick` every 30 s while it runs, `stop` when dogwatch was ended. */
export type SnapshotReason = (typeof SNAPSHOT_REASONS)[number]

/** What a terminal showed at one moment; its text comes with `SnapshotResponse`. */
export interface SnapshotView {
  id: string
  agent: string
  /** The turn that it belongs to. */
  generation: number
  /** Epoch milliseconds. */
  at: number
  reason: SnapshotReason
  activity: Activity
  cols: number
  rows: number
  /** Lines that left the screen since the snapshot before and are kept with this one. */
  lines: number
  /** Compressed size in bytes. */
  bytes: number
  /** What git said then: short head, and changed files (absent: unknown). */
  head?: string
  changes?: number
}

/** `GET /api/agents/:id/snapshots?before=&generation=&limit=`: newest first, at most 200. */
export interface SnapshotsResponse {
  snapshots: SnapshotView[]
}

/** `GET /api/agents/:id/snapshots/:snapshot`. */
export interface SnapshotResponse {
  snapshot: SnapshotView
  /** Rows with escape sequences (SGR alone), redacted, joined by newlines. */
  screen: string
  /** The lines that left the screen since the snapshot before, the same way. */
  scrollback: string
  /** Lines that were left out of `scrollback` because there were too many. */
  cut: number
  cursor: { x: number; y: number; visible: boolean }
  title: string
  cwd: string
  /** Bytes of the transcript that had been written then. */
  transcriptAt?: number
}

/** Lines of two texts: `same` in both, only in the older, only in the newer. */
export interface TextChange {
  type: 'same' | 'removed' | 'added'
  lines: string[]
}

/** `GET /api/agents/:id/snapshots/:snapshot/diff?to=`: plain text of two screens. */
export interface SnapshotDiffResponse {
  from: SnapshotView
  to: SnapshotView
  changes: TextChange[]
}

/** `GET /api/agents/:id/turns/:generation/text`: all that a turn showed, from start to end. */
export interface TurnTextResponse {
  agent: string
  generation: number
  /** Plain text, lines joined by newlines. */
  text: string
  /** Lines known to be missing: cut, or removed by retention. */
  missing: number
}
