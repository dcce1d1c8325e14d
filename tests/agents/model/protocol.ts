import { randomBytes } from 'node:crypto'

/** A value of JSON that nobody has looked at yet. */
export type Json = Readonly<Record<string, unknown>>

/** What an agent asks its model, whichever protocol it speaks. */
export interface Question {
  model: string
  /** Whether the answer is wanted in pieces. */
  streams: boolean
  messages: readonly Message[]
  tools: readonly Tool[]
  /** The answer has to be JSON of this schema. */
  schema?: Json
}

export interface Message {
  from: 'user' | 'model' | 'tool'
  text: string
  holds: 'text' | 'call' | 'result'
}

/** A tool that the agent offers. */
export interface Tool {
  name: string
  schema: Json
  /** Its input is plain text, no JSON. */
  isFreeform?: boolean
  /** The group in which it was offered, where the protocol has groups. */
  group?: string
}

export interface Call {
  tool: Tool
  /** Fits the schema of the tool; a string for one that is free-form. */
  input: unknown
}

/** One answer in pieces: words, then perhaps one call. */
export interface Answer {
  begin(): void
  say(words: string): void
  call(call: Call): void
  end(): void
}

/** Writes one event of the stream. */
export type Send = (data: Json | '[DONE]', event?: string) => void

/** One of the languages in which agents and models talk. */
export interface Protocol {
  readonly name: string
  /** Whether a request to this path (with its query) asks for an answer. */
  matches(path: string): boolean
  read(path: string, body: Json): Question
  stream(question: Question, send: Send): Answer
  /** The answer in one piece. */
  whole(question: Question, words: string, call?: Call): Json
  failure(status: number, reason: string): Json
}

/** What every answer is said to have cost. */
export const TOKENS = { fresh: 1_200, cached: 23_000, output: 321 }

/** A new id such as the services make: `msg_3f0c...`. */
export function newId(prefix: string): string {
  return `${prefix}${randomBytes(8).toString('hex')}`
}

export function objects(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item) : []
}

export function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}

/** The words of a message, which is a text or a list of parts. */
export function wordsOf(content: unknown): string {
  if (typeof content === 'string') return content
  return objects(content)
    .map(({ text }) => (typeof text === 'string' ? text : ''))
    .join('\n')
}
