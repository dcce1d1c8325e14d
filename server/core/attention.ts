import { type AgentView, ATTENTION_REASONS, type AttentionReason } from '../protocol.ts'

/**
 * Who needs the user, and when that is over. Pure: facts of an agent and what is held of it in,
 * what is to be held out.
 *
 * Facts may only open a need. It ends by what shows that somebody acted: a word of the user, a new
 * turn, another dialog, a commit. So what is no longer known (a source fell silent, the agent ended,
 * we were restarted) ends nothing, and time does not either.
 */

/** What of an agent tells its need. Live, ended and historical agents are all the same here. */
export type AttentionFacts = Pick<
  AgentView,
  | 'activity'
  | 'since'
  | 'liveness'
  | 'evidence'
  | 'ask'
  | 'turn'
  | 'lastTurn'
  | 'prompt'
  | 'lastWords'
  | 'git'
  | 'spoke'
  | 'endedAt'
>

/** Why an agent needs its user. Times in epoch milliseconds. */
export interface Need {
  readonly reason: AttentionReason
  readonly since: number
  /** One redacted line. */
  readonly text: string
  /** The turn that it belongs to; 0 where there was none. */
  readonly generation: number
  /** Id of the dialog that waits. */
  readonly ask?: string
}

/** What needs of the past took care of: the same cause asks for nobody again. */
export interface Settled {
  /** The last dialog that was answered, dismissed or left. `text` only where it is of an earlier start. */
  readonly ask?: SettledAsk
  /** The end of a turn, and the work that it left uncommitted. */
  readonly turn?: TurnMark
  readonly work?: TurnMark
}

interface SettledAsk {
  readonly id: string
  readonly text?: string
  readonly generation: number
  readonly since: number
  /** Put away unanswered: what is left of a turn that was cut off there is no news either. */
  readonly isDismissed?: boolean
}

interface TurnMark {
  readonly generation: number
  readonly since: number
}

/** What follows from new facts for the need that is open. */
export type Step<T extends Need> =
  | { type: 'same' }
  | { type: 'changed'; open: T }
  /** It ended by an act, or gave way to `next`. */
  | { type: 'closed'; next?: Need }
  | { type: 'opened'; next: Need }

/** An end of a turn this much later than the one we know is another turn that nobody saw begin. */
const OTHER_TURN_MS = 60_000

/** All needs that the facts speak for, the first that counts first. */
export function needsOf(facts: AttentionFacts): Need[] {
  const all = [
    askNeed(facts),
    failedNeed(facts),
    turnNeed(facts),
    workNeed(facts),
    interruptedNeed(facts),
  ]
  return all.filter((need) => need !== undefined)
}

/** What becomes of the open need, or of none, now that the facts are these. */
export function step<T extends Need>(
  open: T | undefined,
  settled: Settled,
  facts: AttentionFacts,
): Step<T> {
  const need = needsOf(facts).find((one) => (open && isSame(open, one)) || !isSettled(settled, one))
  if (!open) return need ? { type: 'opened', next: need } : { type: 'same' }
  if (need && isSame(open, need)) {
    const text = need.text || open.text
    if (text === open.text && need.ask === open.ask) return { type: 'same' }
    return { type: 'changed', open: { ...open, text, ...(need.ask ? { ask: need.ask } : {}) } }
  }
  if (need && rankOf(need) < rankOf(open)) return { type: 'closed', next: need }
  if (!isOver(open, facts)) return { type: 'same' }
  return need ? { type: 'closed', next: need } : { type: 'closed' }
}

/**
 * A dialog gets another id when we are restarted: one that was settled before is known by its words,
 * but only the first that is seen after the start. The same object where that is done.
 */
export function meetAgain(settled: Settled, facts: AttentionFacts): Settled {
  const need = askNeed(facts)
  if (settled.ask?.text === undefined || need?.ask === undefined) return settled
  const { text: _, ...rest } = settled.ask
  return {
    ...settled,
    ask: isSettled(settled, need) ? { ...rest, id: need.ask } : rest,
  }
}

/** What is taken care of once this need has ended. A dismissal is about all that its turn left. */
export function settle(settled: Settled, need: Need, isDismissed: boolean): Settled {
  const { ask, generation, since } = need
  if (ask !== undefined) return { ...settled, ask: { id: ask, generation, since, isDismissed } }
  const mark = { generation, since }
  if (isDismissed) return { ...settled, turn: mark, work: mark }
  return need.reason === 'uncommitted' ? { ...settled, work: mark } : { ...settled, turn: mark }
}

/** Where a need stands in the list of all, beside the need itself. */
export interface Ranked {
  readonly id: string
  readonly reason: AttentionReason
  readonly since: number
  readonly isSnoozed: boolean
  /** Our own view of its tmux server is not sound. */
  readonly isDegraded: boolean
}

/**
 * Order of need, total: snoozed last, then by reason, sound before doubtful, the oldest first or,
 * where people want it so, the newest.
 */
export function byNeed(a: Ranked, b: Ranked, newestFirst = false): number {
  return (
    Number(a.isSnoozed) - Number(b.isSnoozed) ||
    rankOf(a) - rankOf(b) ||
    Number(a.isDegraded) - Number(b.isDegraded) ||
    (newestFirst ? b.since - a.since : a.since - b.since) ||
    (a.id < b.id ? -1 : Number(a.id > b.id))
  )
}

function rankOf({ reason }: { readonly reason: AttentionReason }): number {
  return ATTENTION_REASONS.indexOf(reason)
}

function askNeed(facts: AttentionFacts): Need | undefined {
  const { ask } = facts
  if (!ask) return undefined
  // What a start-up dialog asks is a leave: to trust a folder, to run hooks.
  const reason = ask.kind === 'question' ? 'question' : 'permission'
  const generation = generationOf(facts)
  return { reason, since: ask.since, text: ask.text, generation, ask: ask.id }
}

function failedNeed(facts: AttentionFacts): Need | undefined {
  const { activity, lastTurn, evidence, lastWords } = facts
  if (isInTurn(facts)) return undefined
  const isShown = activity === 'failed'
  if (!isShown && lastTurn?.end !== 'failed') return undefined
  const since = lastTurn?.end === 'failed' ? lastTurn.endedAt : facts.since
  const text = isShown ? evidence.line : lastWords
  return { reason: 'failed', since, text, generation: generationOf(facts) }
}

function turnNeed(facts: AttentionFacts): Need | undefined {
  const { spoke, lastWords } = facts
  if (isInTurn(facts) || spoke?.who !== 'agent') return undefined
  return {
    reason: 'turn',
    since: spoke.at,
    text: lastWords,
    generation: generationOf(facts),
  }
}

function workNeed(facts: AttentionFacts): Need | undefined {
  const { liveness, lastTurn, git, endedAt, since } = facts
  if (liveness === 'live' || !lastTurn || git?.state !== 'dirty') return undefined
  const count = git.staged + git.modified + git.untracked + git.conflicts
  const place = git.branch === '' ? '' : ` on ${git.branch}`
  return {
    reason: 'uncommitted',
    since: endedAt ?? since,
    text: `${count} changed ${count === 1 ? 'file' : 'files'}${place}`,
    generation: lastTurn.generation,
  }
}

function interruptedNeed(facts: AttentionFacts): Need | undefined {
  const { lastTurn, spoke, prompt } = facts
  if (isInTurn(facts) || !lastTurn) return undefined
  const { end, endedAt: since, generation } = lastTurn
  if (end !== 'lost' && end !== 'interrupted') return undefined
  // Whoever pressed the key that interrupts it knows.
  if (spoke?.who === 'user' && spoke.at >= since) return undefined
  return { reason: 'interrupted', since, text: prompt, generation }
}

/** Whether somebody acted on it, as far as the facts show. */
function isOver(open: Need, facts: AttentionFacts): boolean {
  const { activity, ask, git, lastTurn, liveness, spoke } = facts
  const hasSpoken = spoke?.who === 'user' && spoke.at > open.since
  if (open.ask !== undefined) {
    if (ask) return true
    // An agent that ended at its dialog was not answered, nor was one of which nothing is known.
    const isElsewhere = liveness === 'live' && activity !== 'unknown' && activity !== 'asking'
    return hasSpoken || isElsewhere
  }
  if (ask || isInTurn(facts) || (lastTurn?.generation ?? 0) > open.generation) return true
  if (open.reason === 'uncommitted') return liveness === 'live' || git?.state === 'clean'
  return open.reason !== 'failed' && hasSpoken
}

/** The same cause. A dialog gets another id when we are restarted, and is known by its words. */
function isSame(open: Need, need: Need): boolean {
  if (open.reason !== need.reason) return false
  if (open.ask === undefined) return open.generation === need.generation && !isLater(need, open)
  return open.ask === need.ask || (open.text === need.text && open.generation === need.generation)
}

function isSettled({ ask, turn, work }: Settled, need: Need): boolean {
  if (need.ask !== undefined) {
    if (ask?.id === need.ask) return true
    return ask?.text === need.text && ask.generation === need.generation
  }
  if (ask?.isDismissed && ask.generation === need.generation) {
    if (need.reason === 'interrupted' || need.reason === 'uncommitted') return true
    // The dialog itself was what the agent said last: it did not go on and come to an end.
    if (need.reason === 'turn' && need.since <= ask.since) return true
  }
  const mark = need.reason === 'uncommitted' ? work : turn
  return mark !== undefined && need.generation <= mark.generation && !isLater(need, mark)
}

function isLater(one: { since: number }, other: { since: number }): boolean {
  return one.since > other.since + OTHER_TURN_MS
}

function isInTurn({ liveness, turn }: AttentionFacts): boolean {
  return liveness === 'live' && turn !== undefined
}

function generationOf({ turn, lastTurn }: AttentionFacts): number {
  return turn?.generation ?? lastTurn?.generation ?? 0
}
