import type { Cut } from './cut.ts'

/** Escape sequences of terminals, as bytes or spelled out as in JSON and in shells. */
const ESCAPES =
  /(?:\x1b|\\u001b|\\x1b|\\e|\\033)(?:\[[0-?]{0,40}[ -/]{0,4}[@-~]|\][^\x07\x1b\n]{0,400}(?:\x07|\x1b\\))/gi

/**
 * Secrets that escape sequences stand in, such as a token in two colours, by what `find` says of the
 * text without those. Places are those of the text as it is.
 */
export function cutsBetweenEscapes(text: string, find: (plain: string) => readonly Cut[]): Cut[] {
  if (!/\x1b|\\u001b|\\x1b|\\e\[|\\033/i.test(text)) return []
  const parts: { plain: number; raw: number }[] = []
  let plain = ''
  let at = 0
  const keep = (end: number) => {
    parts.push({ plain: plain.length, raw: at })
    plain += text.slice(at, end)
  }
  for (const match of text.matchAll(ESCAPES)) {
    keep(match.index)
    at = match.index + match[0].length
  }
  keep(text.length)
  if (parts.length === 1) return []
  let part = 0
  const rawOf = (offset: number) => {
    while ((parts[part + 1]?.plain ?? Number.POSITIVE_INFINITY) <= offset) part++
    const { plain: from, raw } = parts[part] ?? { plain: 0, raw: 0 }
    return raw + offset - from
  }
  // Cuts come in order, so the parts are walked through once.
  return find(plain).map(({ start, end, kind }) => {
    const rawStart = rawOf(start)
    return { start: rawStart, end: rawOf(end - 1) + 1, kind }
  })
}
