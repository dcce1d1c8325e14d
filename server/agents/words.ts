import { type Json, listOf, objectOf, textOf } from './json.ts'

/** Titles come out of whole prompts; longer ones do not fit a row. */
const TITLE_LENGTH = 60
const LINE_LENGTH = 240
/** A prompt may be megabytes of paste: only its start is looked at. */
const LOOKED_AT = 4_096

/** One line without control characters, cut at `length` with an ellipsis. */
export function oneLine(text: string, length = LINE_LENGTH): string {
  const line = text
    .slice(0, LOOKED_AT)
    .replace(/\x1b\[[0-9;:?]*[A-Za-z]/g, '')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
  return Array.from(line).length > length
    ? `${Array.from(line)
        .slice(0, length - 1)
        .join('')
        .trimEnd()}…`
    : line
}

/** The last line that has words in it: what an agent said last. */
export function lastLine(text: string): string {
  const lines = text.slice(-LOOKED_AT).split('\n')
  return oneLine(lines.findLast((line) => /[\p{L}\p{N}]/u.test(line)) ?? '')
}

/**
 * Whether a harness wrote this "prompt", not a person: blocks of context, notes of commands, news
 * of a background task.
 */
export function isSynthetic(prompt: string): boolean {
  const start = prompt.trimStart()
  return (
    start === '' ||
    /^<\/?[a-z][\w-]*[\s>]/i.test(start) ||
    /^(# AGENTS\.md|Caveat: The messages below|\[Request interrupted|This session is being continued)/.test(
      start,
    )
  )
}

/** A title made from a prompt: its first line with words; undefined where a harness wrote it. */
export function titleFrom(prompt: string): string | undefined {
  if (isSynthetic(prompt)) return undefined
  const line = prompt
    .slice(0, LOOKED_AT)
    .split('\n')
    .find((part) => /[\p{L}\p{N}]/u.test(part))
  return line === undefined ? undefined : titleOf(line)
}

/** A title as an agent or its user gave it; placeholders are none. */
export function titleOf(text: unknown): string | undefined {
  const title = oneLine(textOf(text) ?? '', TITLE_LENGTH)
  return title === '' || /^new session\b|^untitled\b/i.test(title) ? undefined : title
}

/** What a prompt tells beside that it was given. */
export function promptFacts(prompt: string): { prompt?: string; title?: string } {
  if (isSynthetic(prompt)) return {}
  const title = titleFrom(prompt)
  return { prompt: oneLine(prompt), ...(title === undefined ? {} : { title }) }
}

/** Arguments that tell most about a call, in this order; else the first string of all. */
const TELLING = [
  'command',
  'cmd',
  'file_path',
  'path',
  'filePath',
  'absolute_path',
  'pattern',
  'query',
  'url',
  'description',
  'message',
  'prompt',
]

/** The first argument of a tool call, one line: a command, a file, a pattern. */
export function argumentOf(input: unknown): string {
  const args: Json = objectOf(input) ?? {}
  const question = objectOf(listOf(args.questions)[0])
  const told = TELLING.map((key) => args[key]).find((value) => value !== undefined && value !== '')
  const first =
    textOf(question?.question) ??
    (Array.isArray(told) ? told.filter((word) => typeof word === 'string').join(' ') : told) ??
    Object.values(args).find((value) => typeof value === 'string')
  return oneLine(textOf(first) ?? textOf(input) ?? '')
}

/** `Bash: npm test`; the name alone where the call has no argument to show. */
export function toolLine(name: string, input: unknown): string {
  const argument = argumentOf(input)
  return oneLine(argument === '' ? name : `${name}: ${argument}`)
}
