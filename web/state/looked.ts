/** When this device last had an agent in sight, so that it can show what changed since. */

/** A gap of so long between two looks makes them two visits (milliseconds). */
const VISIT_GAP_MS = 60_000
/** Agents remembered, the ones looked at last. */
const MOST = 200
const KEY = 'dogwatch.looked'

/** End of the visit before this one, and the newest moment of this one; epoch milliseconds. */
interface Looked {
  before: number
  last: number
}

function read(): Record<string, Looked> {
  try {
    const held: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    return typeof held === 'object' && held !== null ? (held as Record<string, Looked>) : {}
  } catch {
    // Storage is switched off or holds something else: nothing was seen yet.
    return {}
  }
}

/** The agent is in sight now (epoch milliseconds of the server's clock). */
export function noteLook(agent: string, now: number): void {
  const held = read()
  const known = held[agent]
  const isSameVisit = known !== undefined && now - known.last < VISIT_GAP_MS
  held[agent] = { before: isSameVisit ? known.before : (known?.last ?? 0), last: now }
  const newest = Object.entries(held)
    .sort(([, a], [, b]) => b.last - a.last)
    .slice(0, MOST)
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(newest)))
  } catch {
    // As above: then every visit is the first.
  }
}

/** End of the last visit before the present one; 0 where this device never saw the agent before. */
export function lookedBefore(agent: string, now: number): number {
  const known = read()[agent]
  if (!known) return 0
  return now - known.last < VISIT_GAP_MS ? known.before : known.last
}
