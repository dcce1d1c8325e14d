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
 * Entries that are held, followed by a newest page, whose word about an entry wins. A page that does
 * not join what is held replaces it: what lies between them is not known.
 */
export function withPage(
  held: readonly TranscriptEntry[],
  page: readonly TranscriptEntry[],
): TranscriptEntry[] {
  const [first] = page
  // Ids are places in a file: in one that was written anew, the same id is another entry.
  const joint = held.findIndex(
    ({ id, at, type, text }) =>
      id === first?.id && at === first.at && type === first.type && text === first.text,
  )
  return [...held.slice(0, Math.max(0, joint)), ...page]
}

/** Entries that are held, with those that have changed in their places and the new ones after them. */
export function withNews(
  held: readonly TranscriptEntry[],
  changed: readonly TranscriptEntry[],
  added: readonly TranscriptEntry[],
): TranscriptEntry[] {
  const news = new Map([...changed, ...added].map((entry) => [entry.id, entry]))
  const known = new Set(held.map(({ id }) => id))
  return [
    ...held.map((entry) => news.get(entry.id) ?? entry),
    // What has changed further back than anything held is told when that page is read.
    ...added.filter(({ id }) => !known.has(id)),
  ]
}

/** An older page, followed by the entries that are held. */
export function withOlder(
  held: readonly TranscriptEntry[],
  page: readonly TranscriptEntry[],
): TranscriptEntry[] {
  const known = new Set(page.map(({ id }) => id))
  return [...page, ...held.filter(({ id }) => !known.has(id))]
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
