import { type Json, known, listOf, objectOf, textOf } from './json.ts'
import { argumentOf } from './words.ts'

/**
 * A part of a conversation as one record of a transcript tells it. A call and its result come in
 * records of their own, or in one; `core/conversation.ts` makes entries of them. Texts are raw.
 */
export type EntryPart = SaidPart | CallPart | ResultPart

export interface SaidPart {
  type: 'user' | 'agent' | 'thinking' | 'note'
  /** The record's own id, where it may be written more than once. */
  id?: string
  /** Epoch milliseconds; 0 where unknown. */
  at: number
  text: string
  subagent?: string
}

export interface CallPart {
  type: 'call'
  /** Joins it with its result. */
  call: string
  at: number
  name: string
  /** Its first argument in one line. */
  summary: string
  /** The shell command that it runs, where it is one. */
  command?: string
  /** Arguments as people read them. */
  input: string
  subagent?: string
}

export interface ResultPart {
  type: 'result'
  call: string
  at: number
  output: string
  status: 'done' | 'failed' | 'denied'
  /** Unified diff of what the tool changed; line numbers may be missing. */
  diff?: string
}

/** Words of a person or an agent; none where there are none. */
export function said(
  type: SaidPart['type'],
  at: number,
  text: string | undefined,
  more: { id?: string | undefined; subagent?: string | undefined } = {},
): SaidPart[] {
  return text === undefined || text.trim() === '' ? [] : [known({ type, at, text, ...more })]
}

/** A tool call with its arguments; none without an id, because nothing could be joined to it. */
export function called(
  id: unknown,
  at: number,
  name: unknown,
  input: unknown,
  subagent?: string,
): CallPart[] {
  const call = textOf(id)
  if (call === undefined) return []
  return [
    known({
      type: 'call' as const,
      call,
      at,
      name: textOf(name) ?? 'tool',
      summary: argumentOf(input),
      command: commandOf(input),
      input: typeof input === 'string' ? input : JSON.stringify(input ?? {}, undefined, 2),
      subagent,
    }),
  ]
}

/** The end of a tool call. */
export function returned(
  id: unknown,
  at: number,
  status: ResultPart['status'],
  output: string,
  diff?: string,
): ResultPart[] {
  const call = textOf(id)
  return call === undefined
    ? []
    : [known({ type: 'result' as const, call, at, output, status, diff })]
}

/** `"npm test"`, or `["bash", "-lc", "npm test"]`. */
function commandOf(input: unknown): string | undefined {
  const args: Json = objectOf(input) ?? {}
  const command = args.command ?? args.cmd
  if (!Array.isArray(command)) return textOf(command)
  const words = listOf(command).filter((word) => typeof word === 'string')
  return /^-\w*c$/.test(words[1] ?? '') ? words[2] : words.join(' ')
}
