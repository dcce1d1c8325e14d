import type { Adapter } from '../agents/adapter.ts'
import { linesBackwards } from '../agents/lines-back.ts'
import { linesSince, type Mark } from '../agents/transcript-mark.ts'
import type { TranscriptEntry } from '../protocol.ts'
import { joinEntries, type PlacedPart, placeParts } from './entries.ts'
import { Failure } from './failure.ts'

/** What somebody was told of a conversation: up to where, and whether its newest calls might run. */
export interface Told {
  mark: Mark
  isRunning: boolean
}

/** What is new since then. */
export interface News {
  entries: TranscriptEntry[]
  /** Entries from before that have changed. */
  changed: TranscriptEntry[]
  told: Told
}

/** Where news are read. */
export interface NewsPlace {
  adapter: Pick<Adapter, 'entries'>
  path: string
  root: string
  isRunning: boolean
}

/** More than this is no news but a page, which is read with pauses for others. */
const NEWS_BYTES = 1_048_576
/** A call that has changed is looked for so far back. */
const BACK_BYTES = 16_777_216

/** As a page keeps it; opaque to it. */
export function textOfTold({ mark, isRunning }: Told): string {
  return `${mark.byte}.${mark.sign}.${isRunning ? 1 : 0}`
}

/** Throws a `Failure` (`bad-request`) for what `textOfTold` cannot have written. */
export function toldOf(text: string): Told {
  const [, byte, sign, isRunning] = /^(\d{1,15})\.([0-9a-f]{32})\.([01])$/.exec(text) ?? []
  if (byte === undefined || sign === undefined) {
    throw new Failure('bad-request', '"after" must be of an earlier answer.')
  }
  return { mark: { byte: Number(byte), sign }, isRunning: isRunning === '1' }
}

/** Undefined where the transcript is not the one that was told of, or has grown by too much. */
export async function readNews(
  { adapter, path, root, isRunning }: NewsPlace,
  told: Told,
): Promise<News | undefined> {
  const since = await linesSince(path, root, told.mark, NEWS_BYTES)
  if (!since) return undefined
  const read = (text: string, start: number) => placeParts(adapter.entries?.(text) ?? [], start)
  const parts = since.lines.flatMap(({ start, text }) => read(text, start))
  // Whether an open call still runs hangs on the turn and on the last prompt.
  const mayHaveStopped = told.isRunning !== isRunning || parts.some(isWords)
  const calls = new Calls(parts, mayHaveStopped)
  if (!calls.isComplete) {
    for await (const { start, text } of linesBackwards(path, root, told.mark.byte)) {
      calls.add(read(text, start))
      if (calls.isComplete || told.mark.byte - start > BACK_BYTES) break
    }
  }
  const before = calls.found()
  const known = new Set(before.filter(({ part }) => part.type === 'call').map(({ id }) => id))
  const entries = joinEntries([...before, ...parts], isRunning)
  return {
    entries: entries.filter(({ id }) => !known.has(id)),
    changed: entries.filter(({ id }) => known.has(id)),
    told: { mark: since.mark, isRunning },
  }
}

/** Calls from before the news that these say something of, found on the way back. */
class Calls {
  /** Calls whose results are news. */
  readonly #wanted: Set<string>
  readonly #answered = new Set<string>()
  readonly #found: PlacedPart[][] = []
  #wantsOpen: boolean

  constructor(news: readonly PlacedPart[], wantsOpen: boolean) {
    const called = new Set(news.filter(({ part }) => part.type === 'call').map(({ id }) => id))
    const results = news.filter(({ id, part }) => part.type === 'result' && !called.has(id))
    this.#wanted = new Set(results.map(({ id }) => id))
    this.#wantsOpen = wantsOpen
  }

  get isComplete(): boolean {
    return this.#wanted.size === 0 && !this.#wantsOpen
  }

  /** Takes the parts of the line before all that were added. */
  add(parts: readonly PlacedPart[]): void {
    for (const { id, part } of parts) if (part.type === 'result') this.#answered.add(id)
    const own = parts.filter(({ id, part }) => {
      if (this.#wanted.has(id)) return part.type === 'call' || part.type === 'result'
      return part.type === 'call' && this.#wantsOpen && !this.#answered.has(id)
    })
    this.#found.push(own)
    for (const { id, part } of own) if (part.type === 'call') this.#wanted.delete(id)
    if (parts.some(isWords)) this.#wantsOpen = false
  }

  found(): PlacedPart[] {
    return [...this.#found].reverse().flat()
  }
}

function isWords({ part }: PlacedPart): boolean {
  return part.type === 'user'
}
