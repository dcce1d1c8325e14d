import type { SnapshotKey, SnapshotSize } from '../../db/snapshots.ts'

/** How much may be remembered. */
export interface RetentionLimits {
  perAgent: number
  bytesPerAgent: number
  bytes: number
  /** A turn is forgotten when its last screen is older (milliseconds). */
  ageMs: number
}

/** One turn's snapshots, oldest first. */
interface TurnShown {
  rows: SnapshotSize[]
  lastAt: number
  /** The agent's newest: it may still run, and its last screen is what recovery shows. */
  isNewest: boolean
}

/**
 * The snapshots to forget so that the rest is within the limits. `sizes` in order of agent and
 * number. First go whole turns that are too old, then what lies between the first and the last
 * snapshot of a turn, oldest turns first; then whole old turns; and only when nothing else is left
 * the newest turn of an agent, its last screen at the very end.
 */
export function chooseForgotten(
  sizes: readonly SnapshotSize[],
  limits: RetentionLimits,
  now: number,
): SnapshotKey[] {
  const kept = new Set(sizes)
  const forget = (row: SnapshotSize) => kept.delete(row)
  for (const { rows, lastAt, isNewest } of turnsOf(sizes)) {
    if (!isNewest && lastAt < now - limits.ageMs) rows.forEach(forget)
  }
  for (const own of byAgent([...kept]).values()) {
    let bytes = sum(own)
    let count = own.length
    for (const row of inOrderOfLoss(own)) {
      if (count <= limits.perAgent && bytes <= limits.bytesPerAgent) break
      forget(row)
      count -= 1
      bytes -= row.bytes
    }
  }
  const left = [...kept]
  let bytes = sum(left)
  if (bytes > limits.bytes) {
    for (const row of inOrderOfLoss(left)) {
      if (bytes <= limits.bytes) break
      forget(row)
      bytes -= row.bytes
    }
  }
  return sizes.filter((row) => !kept.has(row)).map(({ agent, number }) => ({ agent, number }))
}

/** What would be missed least comes first. */
function inOrderOfLoss(sizes: readonly SnapshotSize[]): SnapshotSize[] {
  const turns = turnsOf(sizes).sort((one, other) => one.lastAt - other.lastAt)
  const middles = turns.flatMap(({ rows }) => rows.slice(1, -1))
  const ends = ({ rows }: TurnShown) => rows.filter((_, at) => at === 0 || at === rows.length - 1)
  const old = turns.filter(({ isNewest }) => !isNewest).flatMap(ends)
  const newest = turns.filter(({ isNewest }) => isNewest)
  const firsts = newest.flatMap(({ rows }) => rows.slice(0, Math.min(1, rows.length - 1)))
  const lasts = newest.flatMap(({ rows }) => rows.slice(-1))
  return [...middles, ...old, ...firsts, ...lasts]
}

function turnsOf(sizes: readonly SnapshotSize[]): TurnShown[] {
  return [...byAgent(sizes).values()].flatMap((own) => {
    const turns = [...grouped(own, ({ generation }) => generation).values()]
    return turns.map((rows, at) => ({
      rows,
      lastAt: Math.max(...rows.map(({ seenAt }) => seenAt)),
      isNewest: at === turns.length - 1,
    }))
  })
}

function byAgent(sizes: readonly SnapshotSize[]): Map<string, SnapshotSize[]> {
  return grouped(sizes, ({ agent }) => agent)
}

function grouped<Key>(
  sizes: readonly SnapshotSize[],
  keyOf: (row: SnapshotSize) => Key,
): Map<Key, SnapshotSize[]> {
  const groups = new Map<Key, SnapshotSize[]>()
  for (const row of sizes) {
    const group = groups.get(keyOf(row))
    if (group) group.push(row)
    else groups.set(keyOf(row), [row])
  }
  return groups
}

function sum(sizes: readonly SnapshotSize[]): number {
  return sizes.reduce((total, { bytes }) => total + bytes, 0)
}
