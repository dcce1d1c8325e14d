/** What the palette finds, and in which order. Pure. */

export interface Entry {
  id: string
  /** Entries of a group stand together under its name. */
  group: string
  words: string
  /** What else is known of it; found too, but less telling. */
  detail: string
}

const PREFIX = 12
const INSIDE = 6
const INITIALS = 4
const DETAIL = 2

/** Whether the letters begin words in their order: `nses` begins `New session`. */
function beginsWords(words: readonly string[], letters: string): boolean {
  if (letters === '') return true
  return words.some((word, index) => {
    for (
      let taken = 1;
      taken <= letters.length && word[taken - 1] === letters[taken - 1];
      taken++
    ) {
      if (beginsWords(words.slice(index + 1), letters.slice(taken))) return true
    }
    return false
  })
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
}

/** How well an entry fits; undefined where some word of the query is nowhere in it. */
export function fitOf(entry: Entry, query: string): number | undefined {
  const [name, detail] = [entry.words.toLowerCase(), entry.detail.toLowerCase()]
  const words = wordsOf(name)
  let fit = 0
  for (const asked of query.toLowerCase().split(/\s+/).filter(Boolean)) {
    if (name.startsWith(asked) || words.some((word) => word.startsWith(asked))) fit += PREFIX
    else if (name.includes(asked)) fit += INSIDE
    else if (beginsWords(words, asked)) fit += INITIALS
    else if (detail.includes(asked)) fit += DETAIL
    else return undefined
  }
  return fit
}

/**
 * The entries that fit, at most `most` of them. Without a query all, in the order given; else the
 * group with the best entry first, and in a group the best first.
 */
export function found<E extends Entry>(entries: readonly E[], query: string, most: number): E[] {
  if (query.trim() === '') return entries.slice(0, most)
  const fits = entries.flatMap((entry) => {
    const fit = fitOf(entry, query)
    return fit === undefined ? [] : [{ entry, fit }]
  })
  const best = new Map<string, number>()
  for (const { entry, fit } of fits) {
    best.set(entry.group, Math.max(fit, best.get(entry.group) ?? 0))
  }
  const first = [...best.keys()]
  const groupRank = (group: string) => [-(best.get(group) ?? 0), first.indexOf(group)] as const
  return fits
    .sort((a, b) => {
      const [one, other] = [groupRank(a.entry.group), groupRank(b.entry.group)]
      return one[0] - other[0] || one[1] - other[1] || b.fit - a.fit
    })
    .slice(0, most)
    .map(({ entry }) => entry)
}
