/** Reading records of other programs: every field may be absent, or of another type than last year. */

export type Json = Readonly<Record<string, unknown>>

/** The object of one line; undefined where the line is none. Never throws. */
export function parseObject(line: string): Json | undefined {
  if (!line.trimStart().startsWith('{')) return undefined
  try {
    return objectOf(JSON.parse(line))
  } catch {
    // Half a line, or another format: it says nothing.
    return undefined
  }
}

export function objectOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined
}

/** The object at a path of keys. */
export function childOf(value: unknown, ...path: string[]): Json | undefined {
  let at = objectOf(value)
  for (const key of path) at = objectOf(at?.[key])
  return at
}

/** A string that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A finite number that is not negative. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/**
 * The text of a message: a string, or a list of blocks of which those with `text` count. Blocks of
 * other kinds (thinking, tools, images) are no words.
 */
export function wordsOf(content: unknown): string {
  if (typeof content === 'string') return content
  return listOf(content)
    .map((block) => {
      const { type, text } = objectOf(block) ?? {}
      return type === 'thinking' ? '' : (textOf(text) ?? '')
    })
    .filter(Boolean)
    .join('\n')
}

/** Epoch milliseconds of an ISO time or of a number in seconds or milliseconds; else `fallback`. */
export function timeOf(value: unknown, fallback: number): number {
  if (typeof value === 'number' && value > 1e9) return value < 1e11 ? value * 1_000 : value
  const parsed = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isFinite(parsed) ? parsed : fallback
}

/** The sum of two counts of which either may be unknown. */
export function plus(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : a + (b ?? 0)
}

/** Input without what came from the cache: agents differ in whether they count it in. */
export function uncached(
  input: number | undefined,
  cached: number | undefined,
): number | undefined {
  return input === undefined ? undefined : Math.max(0, input - (cached ?? 0))
}

/** The record without its undefined fields, so that spreading it overwrites nothing. */
export function known<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T
}
