/** A search has at most so many terms, each of so many characters; the rest is not looked at. */
const MAX_TERMS = 8
const MAX_TERM_CHARS = 200

/** Where a term stands in a line: from `start` up to before `end`. */
export type Range = [start: number, end: number]

/**
 * The terms of a search: words, and what stands in double quotes as one term with its blanks. All of
 * it is data; no sign and no word has a meaning of its own. Empty where there is nothing to look for.
 */
export function parseTerms(query: string): string[] {
  const terms = [...query.matchAll(/"([^"]+)"|([^\s"]+)/g)]
    .map(([, quoted, word]) => (quoted ?? word ?? '').replace(/[\s\u0000-\u001f]+/g, ' ').trim())
    .filter((term) => term !== '')
    .map((term) => term.slice(0, MAX_TERM_CHARS))
  return [...new Set(terms)].slice(0, MAX_TERMS)
}

/** Finds terms in texts, whatever their case. */
export class TermFinder {
  readonly #patterns: readonly RegExp[]

  constructor(terms: readonly string[]) {
    this.#patterns = terms.map(
      (term) => new RegExp(term.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replace(/ /g, '\\s'), 'giu'),
    )
  }

  /** Whether all terms are in the text, in whatever lines. */
  inText(text: string): boolean {
    return this.#patterns.every((pattern) => text.search(pattern) >= 0)
  }

  /** How many of the terms a line has. */
  count(line: string): number {
    return this.#patterns.filter((pattern) => line.search(pattern) >= 0).length
  }

  /** Whether a line has all terms. */
  inLine(line: string): boolean {
    return this.count(line) === this.#patterns.length
  }

  /** Where terms stand in a line, in order and apart. */
  ranges(line: string): Range[] {
    const found = this.#patterns
      .flatMap((pattern) => [...line.matchAll(pattern)])
      .map((match): Range => [match.index, match.index + match[0].length])
      .sort(([a], [b]) => a - b)
    const apart: Range[] = []
    for (const [start, end] of found) {
      const last = apart.at(-1)
      if (last && start < last[1]) last[1] = Math.max(last[1], end)
      else apart.push([start, end])
    }
    return apart
  }
}

/** A line around its first range, of at most `max` characters, and its ranges in there. */
export function windowOf(
  line: string,
  ranges: readonly Range[],
  max: number,
): { text: string; ranges: Range[] } {
  if (line.length <= max) return { text: line, ranges: [...ranges] }
  const first = ranges[0]?.[0] ?? 0
  let from = Math.max(0, Math.min(first - (max >> 2), line.length - max))
  let to = from + max
  // Half a character is none.
  if (isTail(line, from)) from++
  if (isTail(line, to)) to--
  return {
    text: line.slice(from, to),
    ranges: ranges
      .filter(([start, end]) => end > from && start < to)
      .map(([start, end]) => [Math.max(start, from) - from, Math.min(end, to) - from]),
  }
}

function isTail(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code <= 0xdfff
}
