/** The q-quantile (0 to 1) by nearest rank; NaN of no values. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
}

/** The middle value, or the mean of the two in the middle; NaN of no values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const high = sorted[Math.floor(sorted.length / 2)]
  const low = sorted[Math.floor((sorted.length - 1) / 2)]
  return high === undefined || low === undefined ? Number.NaN : (high + low) / 2
}

/** Samples of several peers, taken in turn: one list of values per round. */
export type Rounds = number[][]

/** All samples of all rounds. */
export function pooled(rounds: Rounds): number[] {
  return rounds.flat()
}

/**
 * How much slower one peer is than another: the median, over the rounds, of the ratio within a
 * round. What disturbs the machine for a while disturbs both peers of that round, so the ratio
 * holds where single times do not.
 */
export function ratioOf(
  mine: Rounds,
  floor: Rounds,
  of: (values: readonly number[]) => number = median,
): number {
  return median(
    mine.flatMap((values, round) => {
      const below = floor[round]
      return below === undefined ? [] : [of(values) / of(below)]
    }),
  )
}

/** A copy in random order. */
export function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value)
}
