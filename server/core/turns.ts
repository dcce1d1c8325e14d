import type { ObservedFacts } from '../agents/adapter.ts'
import type { TurnEnd, TurnView, Usage } from '../protocol.ts'
import type { ActivityState, ClosedTurn, OpenTurn } from './activity.ts'
import { excerpt, HEARD_CHARS } from './excerpt.ts'
import { redactExcerpt } from './redact.ts'

/** One turn with what happened in it. Texts are raw; times in epoch milliseconds. */
export interface Turn {
  readonly generation: number
  readonly startedAt: number
  readonly endedAt?: number
  readonly end?: TurnEnd
  readonly prompt: string
  readonly lastWords: string
  /** When the last words were said. */
  readonly wordsAt: number
  readonly usage: Usage
  /** Calls of tools per source: hook and transcript each tell of the same call. */
  readonly tools: Readonly<Record<string, number>>
  /** What the agent had counted in all when the turn began. */
  readonly before: Usage
  /** Its usage came in parts, so that a total says nothing new about it. */
  readonly summed: boolean
}

/** The books of one agent: the running turn and the one before it, of which late words may come. */
export interface TurnBook {
  readonly current?: Turn
  readonly last?: Turn
  /** What the agent has used in all, as far as we heard. */
  readonly total: Usage
  /** Records that were counted, oldest first; at most `COUNTED_MAX`. */
  readonly counted: ReadonlySet<string>
}

/** A replayed transcript repeats its newest records; older ones are not read again. */
export const COUNTED_MAX = 4_096

/** Numbers that add up; the size and fill of the context are readings and are replaced. */
const SUMS = ['input', 'output', 'cacheRead', 'cacheWrite', 'costUsd'] as const
const READINGS = ['contextUsed', 'contextSize'] as const

export const EMPTY_BOOK: TurnBook = { total: {}, counted: new Set() }

/**
 * The books after an observation and the state that it led to. The same object where nothing
 * changed, so that only real changes are written.
 */
export function keepTurns(
  book: TurnBook,
  state: ActivityState,
  observed?: { at: number; source: string; facts?: ObservedFacts | undefined },
): TurnBook {
  const opened = followTurns(book, state)
  return observed?.facts ? addFacts(opened, observed.at, observed.source, observed.facts) : opened
}

/** Turns of `after` that must be written because they differ from `before`. */
export function changedTurns(before: TurnBook, after: TurnBook): Turn[] {
  const known = new Set([before.current, before.last])
  return [after.last, after.current].filter(
    (turn) => turn !== undefined && !known.has(turn),
  ) as Turn[]
}

/** The wire's view of a turn, without what must be neither stored nor sent. */
export function turnView(turn: Turn, agent: string): TurnView {
  return {
    id: `${agent}.${turn.generation}`,
    agent,
    generation: turn.generation,
    startedAt: turn.startedAt,
    ...(turn.endedAt === undefined ? {} : { endedAt: turn.endedAt }),
    ...(turn.end === undefined ? {} : { end: turn.end }),
    prompt: redactExcerpt(turn.prompt),
    lastWords: redactExcerpt(turn.lastWords),
    tools: Math.max(0, ...Object.values(turn.tools)),
    usage: turn.usage,
  }
}

/** A turn that ran when we were last here, of an agent that was not found again. */
export function interruptedTurn(turn: TurnView, now: number): TurnView {
  return { ...turn, endedAt: Math.max(now, turn.startedAt), end: 'interrupted' }
}

function followTurns(book: TurnBook, { turn, lastTurn }: ActivityState): TurnBook {
  let next = book
  const current = next.current
  if (current && lastTurn?.generation === current.generation) {
    const { current: _, ...rest } = next
    next = { ...rest, last: closed(current, lastTurn) }
  } else if (lastTurn && next.last?.generation === lastTurn.generation) {
    const last = closed(next.last, lastTurn)
    if (last !== next.last) next = { ...next, last }
  } else if (lastTurn && lastTurn.generation > (next.last?.generation ?? 0)) {
    // Opened and closed by one observation, as by a prompt after a gap.
    next = { ...next, last: closed(openedTurn(lastTurn, next.total), lastTurn) }
  }
  if (!turn) return next
  if (next.current?.generation !== turn.generation) {
    return { ...next, current: openedTurn(turn, next.total) }
  }
  if (next.current.startedAt === turn.startedAt) return next
  return { ...next, current: { ...next.current, startedAt: turn.startedAt } }
}

function openedTurn({ generation, startedAt }: OpenTurn, total: Usage): Turn {
  return {
    generation,
    startedAt,
    prompt: '',
    lastWords: '',
    wordsAt: 0,
    usage: {},
    tools: {},
    before: total,
    summed: false,
  }
}

function closed(turn: Turn, { endedAt, end, startedAt }: ClosedTurn): Turn {
  if (turn.endedAt === endedAt && turn.end === end && turn.startedAt === startedAt) return turn
  return { ...turn, startedAt, endedAt, end }
}

function addFacts(book: TurnBook, at: number, source: string, facts: ObservedFacts): TurnBook {
  const { recordId } = facts
  if (recordId !== undefined && book.counted.has(recordId)) return book
  let next = book
  const which = turnAt(book, at)
  const turn = which && book[which]
  if (which && turn) {
    const told = addToTurn(turn, at, source, facts)
    if (told !== turn) next = { ...next, [which]: told }
  }
  if (facts.usage) {
    const total = addUsage(next.total, facts.usage, facts.usageKind ?? 'sum')
    if (!sameUsage(total, next.total)) next = { ...next, total }
  }
  // Only what adds up must be remembered; to hear a text twice does no harm.
  const adds = (facts.usage && facts.usageKind !== 'total') || facts.toolStarted
  if (recordId === undefined || !adds) return next
  return { ...next, counted: remember(next.counted, recordId) }
}

/** The turn that a fact of this time belongs to; none where it is older than both. */
function turnAt({ current, last }: TurnBook, at: number): 'current' | 'last' | undefined {
  if (current && at >= current.startedAt) return 'current'
  if (last && at >= last.startedAt) return 'last'
  return undefined
}

function addToTurn(turn: Turn, at: number, source: string, facts: ObservedFacts): Turn {
  let next = turn
  if (facts.prompt && !turn.prompt) next = { ...next, prompt: excerpt(facts.prompt, HEARD_CHARS) }
  if (facts.lastWords && at >= turn.wordsAt) {
    const lastWords = excerpt(facts.lastWords, HEARD_CHARS)
    if (lastWords !== turn.lastWords) next = { ...next, lastWords, wordsAt: at }
  }
  if (facts.toolStarted) {
    next = { ...next, tools: { ...next.tools, [source]: (next.tools[source] ?? 0) + 1 } }
  }
  if (facts.usage && facts.usageKind !== 'total') {
    next = { ...next, usage: addUsage(next.usage, facts.usage, 'sum'), summed: true }
  } else if (facts.usage && !turn.summed) {
    const usage = usageSince(turn.before, facts.usage, next.usage)
    if (!sameUsage(usage, next.usage)) next = { ...next, usage }
  }
  return next
}

function addUsage(held: Usage, more: Usage, kind: 'sum' | 'total'): Usage {
  const sum: Usage = { ...held }
  for (const key of SUMS) {
    const value = count(more[key])
    if (value !== undefined) sum[key] = kind === 'total' ? value : (held[key] ?? 0) + value
  }
  for (const key of READINGS) {
    const value = count(more[key])
    if (value !== undefined) sum[key] = value
  }
  return sum
}

/** A turn's part of a total; unknown where the total at its beginning is. */
function usageSince(before: Usage, total: Usage, held: Usage): Usage {
  const part: Usage = { ...held }
  for (const key of SUMS) {
    const [start, now] = [before[key], count(total[key])]
    if (start !== undefined && now !== undefined && now >= start) part[key] = now - start
  }
  for (const key of READINGS) {
    const value = count(total[key])
    if (value !== undefined) part[key] = value
  }
  return part
}

/** Files of agents are not ours: a number that is none is unknown. */
function count(value: number | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

function sameUsage(one: Usage, other: Usage): boolean {
  return [...SUMS, ...READINGS].every((key) => one[key] === other[key])
}

function remember(counted: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(counted)
  next.add(id)
  if (next.size > COUNTED_MAX) {
    const [oldest] = next
    if (oldest !== undefined) next.delete(oldest)
  }
  return next
}
