import type { Activity } from './agents.ts'

export const SNAPSHOT_REASONS = ['start', 'tick', 'end', 'stop'] as const
/** `start` and `end` of a turn, `tick` while it runs, `stop` before dogwatch or the session was ended. */
export type SnapshotReason = (typeof SNAPSHOT_REASONS)[number]

/** What a terminal showed at one moment; its text comes with `SnapshotResponse`. */
export interface SnapshotView {
  /** Counts the agent's snapshots from 1. */
  id: string
  agent: string
  /** The turn that it belongs to. */
  generation: number
  /** Epoch milliseconds: when it was taken, and until when the screen was seen to stay as it was. */
  at: number
  seenAt: number
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

/** `GET /api/agents/:id/snapshots?before=&generation=&limit=`: newest first, at most 200, older than the id `before`. */
export interface SnapshotsResponse {
  snapshots: SnapshotView[]
}

/** `GET /api/agents/:id/snapshots/:snapshot`. */
export interface SnapshotResponse {
  snapshot: SnapshotView
  /**
   * Lines with escape sequences (SGR alone, each line complete in itself), redacted, joined by
   * newlines. Rows that wrap are one line: a terminal of `cols` wraps it in the same places.
   */
  screen: string
  /** The lines that left the screen since the snapshot before, the same way. */
  scrollback: string
  /** Lines that were left out of `scrollback` because there were too many. */
  cut: number
  cursor: { x: number; y: number; visible: boolean }
  /** A full-screen program owned the screen. */
  alternate: boolean
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
