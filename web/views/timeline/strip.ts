import type { SnapshotView, TurnEnd, TurnView } from '../../../server/protocol.ts'

/** Turns as a strip, and a place in it for every moment. Pure. */

/** One turn of the strip; a share of its width, and the moments that are remembered of it. */
export interface Segment {
  generation: number
  startedAt: number
  endedAt: number | undefined
  end: TurnEnd | undefined
  prompt: string
  /** Parts of the whole strip; all together are 1. */
  share: number
  /** Snapshots of the turn, oldest first, and where in the segment each stands (0 to 1). */
  marks: { id: string; at: number; place: number }[]
}

/**
 * Turns, oldest first. Widths grow with the square root of the time a turn took: a turn of seconds
 * can still be pressed beside one of hours, and the nights between them take no room.
 */
export function segmentsOf(
  turns: readonly TurnView[],
  snapshots: readonly SnapshotView[],
  now: number,
): Segment[] {
  const byTurn = new Map<number, SnapshotView[]>()
  for (const snapshot of snapshots) {
    const list = byTurn.get(snapshot.generation)
    if (list) list.push(snapshot)
    else byTurn.set(snapshot.generation, [snapshot])
  }
  const known = new Map(turns.map((turn) => [turn.generation, turn]))
  const generations = [...new Set([...known.keys(), ...byTurn.keys()])].sort((a, b) => a - b)
  const raw = generations.map((generation) => {
    const turn = known.get(generation)
    const own = [...(byTurn.get(generation) ?? [])].sort((a, b) => a.at - b.at)
    const startedAt = turn?.startedAt ?? own[0]?.at ?? now
    const endedAt = turn ? turn.endedAt : own.at(-1)?.at
    const lasts = Math.max(1_000, (endedAt ?? now) - startedAt)
    const marks = own.map(({ id, at }) => ({
      id,
      at,
      place: Math.min(1, Math.max(0, (at - startedAt) / lasts)),
    }))
    const weight = Math.sqrt(lasts)
    return {
      generation,
      startedAt,
      endedAt,
      end: turn?.end,
      prompt: turn?.prompt ?? '',
      marks,
      weight,
    }
  })
  const total = raw.reduce((sum, { weight }) => sum + weight, 0)
  return raw.map(({ weight, ...segment }) => ({ ...segment, share: weight / total }))
}

/** The snapshot that shows what was there at a moment: the newest that is not younger. */
export function snapshotAt(
  snapshots: readonly SnapshotView[],
  at: number,
): SnapshotView | undefined {
  let found: SnapshotView | undefined
  for (const snapshot of snapshots) {
    if (snapshot.at <= at && (!found || snapshot.at > found.at)) found = snapshot
  }
  return found
}
