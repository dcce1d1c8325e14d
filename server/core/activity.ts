import type { Observation, Statement } from '../agents/adapter.ts'
import type { Activity, AskView, Evidence, TurnEnd } from '../protocol.ts'
import { addToAsk, type HeldAsk, isOtherAsk, isSameAgain, makeAsk } from './asks.ts'
import {
  atStart,
  type Claim,
  type Claims,
  claim,
  isBusy,
  isEventSource,
  isFailure,
  isWork,
  type Patience,
  SETTLE_MS,
  settleClock,
  strongest,
} from './claims.ts'

/**
 * What we know of one agent's activity. Each source's last word is kept apart and the answer is
 * derived from all of them, so that the order in which they arrive, a loss or a repetition cannot
 * wedge it. Times in epoch milliseconds.
 */
export interface ActivityState {
  readonly agent: string
  readonly patience: Patience
  readonly claims: Claims
  /** When we met it. */
  readonly begunAt: number
  readonly activity: Activity
  readonly since: number
  readonly evidence: Evidence
  /** Kept while the activity is unknown, so that the same ask is still the same afterwards. */
  readonly ask?: HeldAsk
  /** An ask that ended without a word about an answer. */
  readonly leftAsk?: { readonly ask: HeldAsk; readonly at: number }
  readonly asks: number
  /** A failure stays until the next work, though a file or title calls it idle. */
  readonly failure?: Claim
  /** Counts turns; the running one, else the last. */
  readonly generation: number
  readonly turn?: OpenTurn
  readonly lastTurn?: ClosedTurn
  readonly endedAt?: number
}

export interface OpenTurn {
  readonly generation: number
  readonly startedAt: number
  /** Its prompt was reported; else we only saw work. */
  readonly prompted: boolean
}

export interface ClosedTurn extends OpenTurn {
  readonly endedAt: number
  readonly end: TurnEnd
  /** A source told the reason; else we concluded it and a late word may correct it. */
  readonly told: boolean
}

/** How far before work that we saw its prompt may lie; reports reach us late. */
const PROMPT_MS = 5_000
/** A late word about how a turn ended is taken for so long after its end. */
const LATE_WORD_MS = 60_000

/** An agent of which nothing is known yet. `generation`: that of its last stored turn, else 0. */
export function beginActivity(
  agent: string,
  patience: Patience,
  now: number,
  generation = 0,
): ActivityState {
  const evidence: Evidence = { source: 'silence', line: '', at: now, confidence: 'low' }
  return {
    agent,
    patience,
    claims: {},
    begunAt: now,
    activity: 'unknown',
    since: now,
    evidence,
    asks: 0,
    generation,
  }
}

/**
 * Why an observation cannot be true, for the log of the caller (`invariant: ...`); undefined where
 * it can. Such an observation changes nothing.
 */
export function impossible(state: ActivityState, observation: Observation): string | undefined {
  const { source, says, at } = observation
  if (!Number.isFinite(at)) return 'an observation without a time'
  if (!says) return undefined
  if ((source === 'process') !== (says.type === 'ended')) return `${source} said ${says.type}`
  if (source === 'silence' && says.type !== 'idle') return `silence said ${says.type}`
  const ended = state.endedAt
  if (ended !== undefined && says.type !== 'ended' && at > ended + SETTLE_MS && isBusy(says)) {
    return `${source} said ${says.type} after the process ended`
  }
  return undefined
}

/** The state with one more observation. Facts without a statement leave it as it is. */
export function observe(
  before: ActivityState,
  observation: Observation,
  now: number,
): ActivityState {
  const says = observation.says
  if (!says || impossible(before, observation)) return derive(before, now)
  const seen = { ...observation, says, at: Math.min(observation.at, now) }
  if (says.type === 'ended') return end(before, seen)
  let state = correctLastTurn(before, seen)
  if (state.endedAt !== undefined) return state
  state = startTurnEarlier(state, seen)
  if (isLate(state, seen)) return derive(state, now)
  if (isFailure(says) && seen.at >= (state.failure?.at ?? 0)) {
    const { source, line, at, confidence } = seen
    state = {
      ...state,
      failure: { source, says, line, confidence, since: at, at, seen: at },
    }
  }
  if (says.type === 'prompted') state = prompted(state, seen.at)
  const claims = claim(settleClock(state.claims, now), seen, now)
  state = { ...state, claims }
  const heard = claims[seen.source]
  return derive(state, now, heard?.at === seen.at ? heard : undefined)
}

/**
 * The state as it is now that time has passed: sources that fell silent give way. The same object
 * where nothing changed. `heard` is the claim that was just made, if one was.
 */
export function derive(before: ActivityState, now: number, heard?: Claim): ActivityState {
  if (before.endedAt !== undefined) return before
  const claims = settleClock(before.claims, now)
  let state = claims === before.claims ? before : { ...before, claims }
  const said = strongest(claims, state.patience, now)
  const isNew = state.generation === 0 && state.patience.startMs !== undefined
  const top = isNew ? atStart(said, claims, now) : said
  state = forgetFailure(state, top)
  const shown = top?.says.type === 'idle' ? (failureOf(state) ?? top) : top
  const activity = activityOf(shown)
  state = withAsk(state, activity, top, heard)
  state = withTurn(state, activity, shown, now)
  const evidence = shown ? evidenceOf(shown) : lostEvidence(state, now)
  if (activity === state.activity && sameEvidence(evidence, state.evidence)) return state
  const began = Math.min(shown?.since ?? now, now)
  const since = activity === state.activity ? state.since : Math.max(began, state.since)
  return { ...state, activity, since: Math.min(since, now), evidence }
}

/** The ask to show, if the agent is asking. */
export function askView(state: ActivityState): AskView | undefined {
  if (!state.ask || state.activity !== 'asking') return undefined
  const { id, kind, text, tool, since } = state.ask
  return { id, kind, text, since, ...(tool ? { tool } : {}) }
}

function activityOf(top: Claim | undefined): Activity {
  if (!top) return 'unknown'
  if (isFailure(top.says)) return 'failed'
  switch (top.says.type) {
    case 'prompted':
    case 'working':
      return 'working'
    case 'asking':
      return 'asking'
    case 'retrying':
      return 'retrying'
    default:
      return 'idle'
  }
}

/**
 * Words of an older generation, or from before the end of the last turn, say nothing of now. A
 * prompt is an event whoever tells it, also a live source that tells it twice.
 */
function isLate(state: ActivityState, { source, says, at }: Seen): boolean {
  if (!isEventSource(source) && says.type !== 'prompted') return false
  if (state.turn) return at < state.turn.startedAt - (isBusy(says) ? SETTLE_MS : 0)
  const { lastTurn } = state
  if (!lastTurn) return false
  return at < lastTurn.startedAt || (isBusy(says) && at <= lastTurn.endedAt)
}

type Seen = Observation & { says: Statement }

/** A prompt opens a turn at once; in a running turn it is one more word of the same. */
function prompted(state: ActivityState, at: number): ActivityState {
  if (!state.turn) return openTurn(state, at, true)
  // After a gap in what we know, a prompt is the one certain sign that the old turn is over.
  if (state.activity === 'unknown' && at > state.turn.startedAt + PROMPT_MS) {
    return openTurn(closeTurn(state, state.since, 'lost', false), at, true)
  }
  return state
}

function startTurnEarlier(state: ActivityState, { says, at }: Seen): ActivityState {
  const { turn, lastTurn } = state
  if (says.type !== 'prompted') return state
  if (!turn) return beginFirstTurnEarlier(state, at)
  if (turn.prompted) return state
  if (at > turn.startedAt) {
    return at > turn.startedAt + PROMPT_MS ? state : { ...state, turn: { ...turn, prompted: true } }
  }
  if (at < turn.startedAt - PROMPT_MS || at < (lastTurn?.endedAt ?? 0)) return state
  return { ...state, turn: { ...turn, startedAt: at, prompted: true } }
}

/** A log may be found when the first turn, of which only work was seen, is over. */
function beginFirstTurnEarlier(state: ActivityState, at: number): ActivityState {
  const { lastTurn: last } = state
  if (last?.generation !== 1 || last.prompted) return state
  if (at > last.startedAt || at < last.startedAt - PROMPT_MS) return state
  return { ...state, lastTurn: { ...last, startedAt: at, prompted: true } }
}

function openTurn(state: ActivityState, at: number, byPrompt: boolean): ActivityState {
  const generation = state.generation + 1
  const startedAt = Math.max(at, state.lastTurn?.endedAt ?? at)
  // A failure is the last turn's: with the next one it is over.
  const { failure: _, ...rest } = state
  return { ...rest, generation, turn: { generation, startedAt, prompted: byPrompt } }
}

function closeTurn(state: ActivityState, at: number, end: TurnEnd, told: boolean): ActivityState {
  const { turn, ...rest } = state
  if (!turn) return state
  const endedAt = Math.max(at, turn.startedAt)
  return { ...rest, lastTurn: { ...turn, endedAt, end, told } }
}

function withTurn(
  state: ActivityState,
  activity: Activity,
  shown: Claim | undefined,
  now: number,
): ActivityState {
  if (!shown || activity === 'unknown') return state
  if (activity === 'idle' || activity === 'failed') {
    if (!state.turn || shown.says.type === 'started') return state
    // What speaks of the time before the prompt does not end the turn that it began.
    if (shown.seen < state.turn.startedAt) return state
    const told = toldEnd(state, shown)
    const guess = state.activity === 'asking' ? 'asked' : 'done'
    const at = shown.since < state.turn.startedAt ? shown.seen : shown.since
    return closeTurn(state, at, told ?? guess, told !== undefined)
  }
  if (state.turn) return state
  const startup =
    activity === 'asking' ? state.ask?.kind === 'startup' : isStarting(state, shown, now)
  return startup ? state : openTurn(state, shown.since, false)
}

/** Its own sign spins, and may do so for no more than that it starts; a turn lasts longer. */
function isStarting({ begunAt, patience }: ActivityState, { source }: Claim, now: number): boolean {
  return source === 'live' && now - begunAt < (patience.startMs ?? 0)
}

/** The reason that any source gave since the turn began. */
function toldEnd(state: ActivityState, shown: Claim): TurnEnd | undefined {
  if (isFailure(shown.says)) return 'failed'
  const startedAt = state.turn?.startedAt ?? 0
  for (const one of [shown, state.claims.hook, state.claims.transcript, state.claims.screen]) {
    if (one?.says.type === 'idle' && one.says.end && one.at >= startedAt) return one.says.end
  }
  return undefined
}

/** The reason may come after the end itself, as from a transcript that is written late. */
function correctLastTurn(state: ActivityState, { says, at }: Seen): ActivityState {
  const last = state.lastTurn
  if (!last || last.told || state.turn) return state
  const end = says.type === 'failed' ? 'failed' : says.type === 'idle' ? says.end : undefined
  if (!end || at < last.startedAt || at > last.endedAt + LATE_WORD_MS) return state
  if (last.end === 'lost' && end === 'interrupted' && isDying(state, at, last.endedAt)) return state
  return { ...state, lastTurn: { ...last, end, told: true } }
}

/** The failure of this turn, else of the last; one of an older turn was told too late. */
function failureOf({ failure, turn, lastTurn }: ActivityState): Claim | undefined {
  const startedAt = (turn ?? lastTurn)?.startedAt ?? 0
  return failure && failure.at >= startedAt ? failure : undefined
}

function forgetFailure(state: ActivityState, top: Claim | undefined): ActivityState {
  const { failure, ...rest } = state
  const busy = top !== undefined && isBusy(top.says)
  if (!failure || !busy) return state
  if (top.says.type !== 'prompted' && top.seen <= failure.at + SETTLE_MS) return state
  if (top.seen < failure.at) return state
  return rest
}

function withAsk(
  state: ActivityState,
  activity: Activity,
  top: Claim | undefined,
  heard: Claim | undefined,
): ActivityState {
  if (activity === 'unknown') return state
  const { ask, leftAsk: _, ...rest } = state
  if (activity !== 'asking') {
    if (!ask) return state
    // An event tells that it was answered; a screen that blinks does not.
    const answered = top !== undefined && isEventSource(top.source) && isWork(top.says)
    return answered ? rest : { ...rest, leftAsk: { ask, at: top?.at ?? ask.since } }
  }
  // The word that counts makes the ask, the newest one may add to it or show that it is another.
  return [top, heard, top].reduce((held, said) => (said ? hearAsk(held, said) : held), state)
}

function hearAsk(state: ActivityState, said: Claim): ActivityState {
  if (said.says.type !== 'asking') return state
  const { ask, leftAsk, ...rest } = state
  if (ask && !isOtherAsk(ask, said)) {
    const added = addToAsk(ask, said)
    return sameAsk(added, ask) ? state : { ...state, ask: added }
  }
  if (!ask && leftAsk && isSameAgain(leftAsk.ask, leftAsk.at, said)) {
    return { ...rest, ask: addToAsk(leftAsk.ask, said) }
  }
  const made = makeAsk(`${state.agent}.${state.generation}.${state.asks + 1}`, said)
  return made ? { ...rest, ask: made, asks: state.asks + 1 } : state
}

function sameAsk(one: HeldAsk, other: HeldAsk): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** The process is gone: final, whatever anybody says afterwards. */
function end(before: ActivityState, { at, line, confidence }: Seen): ActivityState {
  if (before.endedAt !== undefined) return before
  const { ask: _, leftAsk: __, ...state } = closeTurn(loseTurn(before, at), at, 'lost', false)
  const evidence: Evidence = { source: 'process', line, at, confidence }
  return { ...state, activity: 'unknown', since: at, evidence, endedAt: at }
}

/** What it took for its user's interruption, or gave no reason for, was its own end coming. */
function loseTurn(state: ActivityState, endedAt: number): ActivityState {
  const { lastTurn: last, turn } = state
  if (!last || turn || !isDying(state, last.endedAt, endedAt)) return state
  const isOwn = last.end === 'interrupted' || (last.end === 'done' && !last.told)
  return isOwn ? { ...state, lastTurn: { ...last, end: 'lost', told: true } } : state
}

function isDying({ patience: { dyingMs = 0 } }: ActivityState, at: number, end: number): boolean {
  return dyingMs > 0 && at > end - dyingMs
}

function evidenceOf({ source, line, since, confidence }: Claim): Evidence {
  return { source, line, at: since, confidence }
}

/** Nothing speaks any more: what was last said stays as the line, and how long ago. */
function lostEvidence(state: ActivityState, now: number): Evidence {
  if (state.activity === 'unknown') return state.evidence
  return { source: 'silence', line: state.evidence.line, at: now, confidence: 'low' }
}

function sameEvidence(one: Evidence, other: Evidence): boolean {
  return (
    one.source === other.source &&
    one.line === other.line &&
    one.at === other.at &&
    one.confidence === other.confidence
  )
}
