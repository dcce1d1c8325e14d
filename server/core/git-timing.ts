import type { GitState } from '../protocol.ts'

/** Between two questions about a worktree in which an agent works (milliseconds). */
export const LIVE_MS = 60_000
/** The same where all agents have ended, and the longest pause where none of them does anything. */
export const ENDED_MS = 900_000

/** The agents of one worktree, taken together. */
export interface WorktreeLife {
  isWorking: boolean
  /** At least one of its agents lives. */
  isLive: boolean
  /** Changes when a turn ends. */
  turnEnds: string
  /** Changes when anything happens. */
  stir: string
}

/** What we know of a worktree since it was last asked about. Times in epoch milliseconds. */
export interface GitMemory {
  lookedAt: number
  pauseMs: number
  turnEnds: string
  stir: string
  state: GitState
}

/**
 * What to do about a worktree now. `look`: something may have happened there without its agents,
 * so ask git if the repository's own files changed. A worktree in which nothing happens and at
 * which nobody looks is never asked about again.
 */
export function whatIsDue(
  memory: GitMemory | undefined,
  life: WorktreeLife,
  isSomeoneLooking: boolean,
  now: number,
): 'ask' | 'look' | 'nothing' {
  if (!memory || memory.turnEnds !== life.turnEnds) return 'ask'
  // A clock that was set back must not stop the questions.
  const waited = Math.abs(now - memory.lookedAt)
  if (waited < pauseOf(memory, life)) return 'nothing'
  if (life.isWorking || memory.stir !== life.stir) return 'ask'
  // Nothing tells of a file that was edited by hand: who looks is told the truth.
  if (isSomeoneLooking && (life.isLive || memory.state !== 'clean')) return 'ask'
  return 'look'
}

/** The pause until the next question: twice as long each time that nothing at all was new. */
export function nextPause(memory: GitMemory | undefined, life: WorktreeLife, isNews: boolean) {
  const isQuiet = memory !== undefined && !isNews && !life.isWorking && memory.stir === life.stir
  return isQuiet ? Math.min(memory.pauseMs * 2, ENDED_MS) : LIVE_MS
}

function pauseOf(memory: GitMemory, { isWorking, isLive, stir }: WorktreeLife): number {
  if (isWorking) return LIVE_MS
  if (!isLive) return ENDED_MS
  return memory.stir === stir ? memory.pauseMs : LIVE_MS
}
