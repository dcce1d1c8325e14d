import { excerpt } from './excerpt.ts'
import { type Cut, MARK, markOf, mergeCuts } from './redact/cut.ts'
import { cutsBetweenEscapes } from './redact/escapes.ts'
import { keyBlockCuts } from './redact/key-blocks.ts'
import { labelCuts } from './redact/labels.ts'
import { placeCuts } from './redact/places.ts'
import { tokenCuts } from './redact/tokens.ts'

/** A longer line is no one's to read, and is taken out whole. In characters. */
export const LINE_CHARS = 65_536
/** Less cannot hold a secret and what tells that it is one. */
const SHORTEST = 8

/**
 * Text without what must be neither stored nor sent: keys, tokens, passwords. In the place of each
 * stands `[redacted:KIND:SIZE]`. The time is linear in the text, whatever it is; the same text comes
 * out the same, and again unchanged when it is given a second time. A secret without any sign of one
 * passes. A text in parts must be joined before: a secret that is cut in two may not be one.
 */
export function redact(text: string): string {
  let clean = text
  for (let pass = 0; pass < PASSES; pass++) {
    const cuts = [...findSecrets(clean), ...cutsBetweenEscapes(clean, findSecrets)]
    if (cuts.length === 0) break
    clean = cutOut(clean, mergeCuts(cuts))
  }
  return clean
}

/**
 * What stood against a secret without a gap is seen better once that is gone. Without secrets there
 * is one pass, with them mostly two.
 */
export const PASSES = 4

function cutOut(text: string, cuts: readonly Cut[]): string {
  let clean = ''
  let at = 0
  for (const cut of cuts) {
    clean += text.slice(at, cut.start) + markOf(cut)
    at = cut.end
  }
  return clean + text.slice(at)
}

/** The words of a command line without secrets, also where a flag names the word after it. */
export function redactWords(words: readonly string[], clean = redact): string[] {
  const made = clean(words.join('\t')).split('\t')
  return made.length === words.length ? made : words.map((word) => clean(word))
}

/** One line of at most `max` characters, without secrets: also without the first half of one. */
export function redactExcerpt(text: string, max?: number): string {
  // What is cut off first could no longer be known as a secret. An excerpt reads no further than this.
  return excerpt(redact(text.slice(0, EXCERPT_READS)), max)
}
const EXCERPT_READS = 4_096

/** Where the secrets of a text are, in order and apart. Marks of earlier cuts are no part of any. */
export function findSecrets(text: string): Cut[] {
  if (text.length < SHORTEST) return []
  // Few patterns are read over what is taken out whole: a megabyte of a broken key costs one pass.
  const whole = mergeCuts([...longLineCuts(text), ...keyBlockCuts(text)])
  const cuts = [...whole]
  let at = 0
  for (const { start, end } of mergeCuts([...whole, ...marks(text)])) {
    cuts.push(...partCuts(text, at, start))
    at = end
  }
  cuts.push(...partCuts(text, at, text.length))
  return mergeCuts(cuts)
}

function partCuts(text: string, from: number, to: number): Cut[] {
  if (to - from < SHORTEST) return []
  const part = text.slice(from, to)
  const cuts = [...tokenCuts(part), ...placeCuts(part), ...labelCuts(part)]
  return cuts.map(({ start, end, kind }) => ({ start: start + from, end: end + from, kind }))
}

function marks(text: string): Cut[] {
  return [...text.matchAll(MARK)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    kind: '',
  }))
}

function longLineCuts(text: string): Cut[] {
  const cuts: Cut[] = []
  if (text.length <= LINE_CHARS) return cuts
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    if (end - start > LINE_CHARS) cuts.push({ start, end, kind: 'line' })
    start = end + 1
  }
  return cuts
}
