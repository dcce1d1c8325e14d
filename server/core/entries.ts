import type { CallPart, EntryPart, ResultPart, SaidPart } from '../agents/entry.ts'
import type { TranscriptEntry, TranscriptTool } from '../protocol.ts'
import { redact, redactExcerpt } from './redact.ts'

/** Longest text, arguments and output of one entry, in characters. */
export const ENTRY_CHARS = 32_768
/** Secrets are looked for a little beyond the cut, so that none is cut in two and passes. */
const MARGIN_CHARS = 8_192

/** A part with the place of its record: the byte at which it begins, and a count. */
export interface PlacedPart {
  id: string
  part: EntryPart
}

/** Parts of one line; ids stay the same for as long as the file only grows. */
export function placeParts(parts: readonly EntryPart[], start: number): PlacedPart[] {
  return parts.map((part, index) => {
    const own = part.type === 'call' || part.type === 'result' ? part.call : part.id
    return { id: own ?? `${start.toString(36)}.${index}`, part }
  })
}

/**
 * Entries of parts in the order of their records: results join their calls, and a record that was
 * written again replaces what it said before. A result without its call is left out: that call
 * stands further up. `isRunning`: the newest calls without a result may still run.
 */
export function joinEntries(placed: readonly PlacedPart[], isRunning: boolean): TranscriptEntry[] {
  const results = new Map<string, ResultPart>()
  const at = new Map<string, number>()
  const kept: { id: string; part: SaidPart | CallPart }[] = []
  for (const { id, part } of placed) {
    if (part.type === 'result') {
      // The first word of a refusal is not undone by what the tool then returns.
      const known = results.get(id)
      if (!known) results.set(id, part)
      else results.set(id, { ...known, ...mergedResult(known, part) })
      continue
    }
    const key = `${part.type} ${id}`
    const before = at.get(key)
    if (before !== undefined) kept[before] = { id, part }
    else at.set(key, kept.push({ id, part }) - 1)
  }
  const lastWords = kept.findLastIndex(({ part }) => part.type === 'user')
  return kept.map(({ id, part }, index) =>
    part.type === 'call'
      ? toolEntry(id, part, results.get(id), isRunning && index > lastWords)
      : saidEntry(id, part),
  )
}

/** All that an entry says, as plain text, for a search. */
export function textOfEntry({ text, tool }: TranscriptEntry): string {
  const told = tool ? [tool.name, tool.summary, tool.input, tool.output] : []
  return [text, ...told].filter((part) => part !== '').join('\n')
}

function mergedResult(known: ResultPart, more: ResultPart): Partial<ResultPart> {
  const diff = known.diff ?? more.diff
  return {
    output: known.output || more.output,
    status: known.status === 'denied' ? 'denied' : more.status,
    ...(diff === undefined ? {} : { diff }),
  }
}

function saidEntry(id: string, part: SaidPart): TranscriptEntry {
  const { text, cut } = shown(part.text)
  const { type, at, subagent } = part
  return { id, at, type, text, ...whose(subagent), ...(cut === 0 ? {} : { cut }) }
}

function toolEntry(
  id: string,
  call: CallPart,
  result: ResultPart | undefined,
  mayRun: boolean,
): TranscriptEntry {
  const input = shown(call.input)
  const output = shown(result?.output ?? '')
  const diff = result?.diff === undefined ? undefined : shown(result.diff)
  const tool: TranscriptTool = {
    name: redactExcerpt(call.name),
    summary: redactExcerpt(call.summary),
    input: input.text,
    output: output.text,
    status: result?.status ?? (mayRun ? 'running' : 'unknown'),
    ...(diff ? { diff: diff.text } : {}),
  }
  const cut = input.cut + output.cut + (diff?.cut ?? 0)
  const { at, subagent } = call
  const entry = { id, at, type: 'tool' as const, text: '', tool, ...whose(subagent) }
  return cut === 0 ? entry : { ...entry, cut }
}

function whose(subagent: string | undefined): { subagent?: string } {
  return subagent === undefined ? {} : { subagent: redactExcerpt(subagent) }
}

function shown(text: string): { text: string; cut: number } {
  const clean = redact(text.slice(0, ENTRY_CHARS + MARGIN_CHARS))
  const cut = Math.max(0, text.length - ENTRY_CHARS)
  if (cut === 0) return { text: clean, cut }
  const kept = clean.slice(0, ENTRY_CHARS)
  const last = kept.charCodeAt(kept.length - 1)
  // Never half of a surrogate pair.
  return { text: last >= 0xd800 && last < 0xdc00 ? kept.slice(0, -1) : kept, cut }
}
