import { setImmediate as nextTick } from 'node:timers/promises'
import type { Adapter } from '../agents/adapter.ts'
import { linesBackwards, linesFrom } from '../agents/lines-back.ts'
import { TranscriptError } from '../agents/transcript-file.ts'
import { lastMark } from '../agents/transcript-mark.ts'
import type { TranscriptResponse } from '../protocol.ts'
import { readNews, type Told, textOfTold } from './conversation-news.ts'
import { joinEntries, type PlacedPart, placeParts } from './entries.ts'

/** Bytes that one page may read: transcripts hold whole requests between two words of people. */
const PAGE_BYTES = 16_777_216
/** A call's result is looked for so far behind the page that the call stands in. */
const RESULT_BYTES = 1_048_576

/** Where a conversation can be read. */
export interface TranscriptPlace {
  adapter: Adapter
  path: string
  /** The agent's own folder; a file that is not under it is refused. */
  root: string
  /** Whether its newest calls may still run. */
  isRunning: boolean
}

/** One page of a conversation. */
export interface Page {
  /** Byte before which the page ends; the end of the file without it. */
  before: number | undefined
  /** What was told before, where only the news are wanted. */
  after?: Told | undefined
  /** So many entries, and those that share a record with the first of them. */
  limit: number
}

/**
 * Reads one page, the newest part first asked, or what is new since an earlier answer. An agent
 * without a transcript has none.
 */
export async function readConversation(
  place: TranscriptPlace | undefined,
  page: Page,
): Promise<TranscriptResponse> {
  if (!place?.adapter.entries) return NONE
  try {
    const news = page.after && (await readNews(place, page.after))
    if (!news || news.entries.length > page.limit) return await readPage(place, page)
    const { entries, changed, told } = news
    return { entries, changed, after: textOfTold(told), source: 'transcript' }
  } catch (error) {
    if (error instanceof TranscriptError) return NONE
    throw error
  }
}

async function readPage(
  { adapter, path, root, isRunning }: TranscriptPlace,
  { before, limit }: Page,
): Promise<TranscriptResponse> {
  const pages: PlacedPart[][] = []
  let last: number | undefined
  let first: number | undefined
  let count = 0
  const mark = before === undefined ? await lastMark(path, root) : undefined
  for await (const { start, text } of linesBackwards(path, root, before ?? mark?.byte)) {
    const parts = placeParts(adapter.entries?.(text) ?? [], start)
    pages.push(parts)
    last ??= start
    first = start
    count += parts.filter(({ part }) => part.type !== 'result').length
    if (count >= limit || last - start > PAGE_BYTES) break
  }
  const parts = pages.reverse().flat()
  if (before !== undefined) parts.push(...(await lateResults(adapter, path, root, before, parts)))
  // Making entries looks for secrets in every text: others get their turn before.
  await nextTick()
  const entries = joinEntries(parts, isRunning && before === undefined)
  const hasMore = first !== undefined && first > 0
  return {
    entries,
    source: 'transcript',
    ...(hasMore ? { before: `${first}` } : {}),
    ...(mark ? { after: textOfTold({ mark, isRunning }) } : {}),
  }
}

const NONE: TranscriptResponse = { entries: [], source: 'none' }

/** Results of calls on this page that stand on the next one. */
async function lateResults(
  adapter: Adapter,
  path: string,
  root: string,
  from: number,
  parts: readonly PlacedPart[],
): Promise<PlacedPart[]> {
  const open = new Set(parts.filter(({ part }) => part.type === 'call').map(({ id }) => id))
  for (const { id, part } of parts) if (part.type === 'result') open.delete(id)
  if (open.size === 0) return []
  const found: PlacedPart[] = []
  for (const { start, text } of await linesFrom(path, root, from, RESULT_BYTES)) {
    const late = placeParts(adapter.entries?.(text) ?? [], start)
    found.push(...late.filter(({ id, part }) => part.type === 'result' && open.delete(id)))
    if (open.size === 0) break
  }
  return found
}
