import type { TranscriptEntry, TurnView } from '../../../server/protocol.ts'

/** A conversation as the page shows it. Pure. */

/** What was said from one prompt to the next. */
export interface Part {
  /** Id of its first entry. */
  id: string
  /** The prompt that opened it; absent before the first one that is known. */
  prompt?: TranscriptEntry
  entries: TranscriptEntry[]
  turn?: TurnView
}

/**
 * Entries that are held, with those of an answer, whose word about an entry wins. A newest page that
 * does not join what is held replaces it: what lies between them is not known.
 */
export function mergeEntries(
  held: readonly TranscriptEntry[],
  answer: readonly TranscriptEntry[],
  where: 'newest' | 'older',
): TranscriptEntry[] {
  const known = new Set(answer.map(({ id }) => id))
  if (where === 'older') return [...answer, ...held.filter(({ id }) => !known.has(id))]
  const joint = held.findIndex(({ id }) => known.has(id))
  return joint < 0 ? [...answer] : [...held.slice(0, joint), ...answer]
}

/** Entries cut at the prompts, each part with the turn that ran then. */
export function partsOf(entries: readonly TranscriptEntry[], turns: readonly TurnView[]): Part[] {
  const parts: Part[] = []
  for (const entry of entries) {
    const isPrompt = entry.type === 'user' && entry.subagent === undefined
    const last = parts.at(-1)
    if (isPrompt) parts.push({ id: entry.id, prompt: entry, entries: [] })
    else if (last) last.entries.push(entry)
    else parts.push({ id: entry.id, entries: [entry] })
  }
  const inOrder = [...turns].sort((a, b) => a.startedAt - b.startedAt)
  return parts.map((part, index) => {
    const at = part.prompt?.at
    if (!at) return part
    const next = parts[index + 1]?.prompt?.at ?? Number.POSITIVE_INFINITY
    // A turn is seen to begin some moments after its prompt was written down, or shortly before.
    const turn = inOrder.findLast(
      ({ startedAt }) => startedAt >= at - SLACK_MS && startedAt < next - SLACK_MS,
    )
    return turn ? { ...part, turn } : part
  })
}

/** A transcript's clock and our own look at the same moment, milliseconds apart. */
const SLACK_MS = 3_000

/** The id of an entry's element, which an address may name. */
export function entryId(id: string): string {
  return `entry-${id}`
}
