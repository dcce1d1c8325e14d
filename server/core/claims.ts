import type { Observation, Statement } from '../agents/adapter.ts'
import type { Confidence, EvidenceSource } from '../protocol.ts'

/** What one source said last. Times in epoch milliseconds. */
export interface Claim {
  readonly source: EvidenceSource
  readonly says: Statement
  /** The evidence as it read when the statement began; a spinner's later rows are no news. */
  readonly line: string
  readonly confidence: Confidence
  /** When the statement began: first of an unbroken run of the same. */
  readonly since: number
  /** The newest time for which the source says it. */
  readonly at: number
  /** When it was last known to hold: for a state that is read again and again, the last reading. */
  readonly seen: number
}

export type Claims = Readonly<Partial<Record<EvidenceSource, Claim>>>

/** How long a kind's evidence lasts, in milliseconds. */
export interface Patience {
  /** A hook is believed so long against a weaker source that says otherwise. */
  readonly hookMs: number
  readonly silenceMs: number
  /** A dialog must stay on the screen so long before it counts more than a stronger `working`. */
  readonly dialogMs?: number
  /** A record of the transcript is believed so long against the screen; absent: 4 s. */
  readonly transcriptMs?: number
  /** Work that a live source tells of is no turn for so long after we met the agent. */
  readonly startMs?: number
  /** A turn that it interrupted itself so shortly before its end was lost with it. */
  readonly dyingMs?: number
}

/** A file, a title or a screen that nobody could read for so long says nothing any more. */
export const READING_MS = 10_000
/** A record of the transcript is believed so long against a screen that says otherwise. */
export const TRANSCRIPT_MS = 4_000
/** Silence of the transcript in a turn after which it does not prove work any more: a long answer touches no file. */
export const TRANSCRIPT_WORK_MS = 600_000
/** Sources that tell of one change lag behind each other by up to so much. */
export const SETTLE_MS = 1_500
/** A retry that only an event told of is believed so long; back-offs reach half a minute. */
const RETRY_MS = 60_000

/** Whether a source tells events (true once) and not a state that can be read again. */
export function isEventSource(source: EvidenceSource): boolean {
  return source === 'hook' || source === 'transcript'
}

/** A prompt, work and a retry are all work to whoever waits for the agent. */
export function isWork(says: Statement): boolean {
  return says.type === 'working' || says.type === 'prompted' || says.type === 'retrying'
}

export function isBusy(says: Statement): boolean {
  return isWork(says) || says.type === 'asking'
}

export function isFailure(says: Statement): boolean {
  return says.type === 'failed' || (says.type === 'idle' && says.end === 'failed')
}

/** The claims with this observation among them; the same object where it is too old to matter. */
export function claim(
  claims: Claims,
  observation: Observation & { says: Statement },
  now: number,
): Claims {
  const { source, says, at } = observation
  const held = claims[source]
  if (held && held.says.type !== 'started') {
    if (says.type === 'started' || at < held.at) return claims
  }
  const same = held && sameStatement(held.says, says)
  return {
    ...claims,
    [source]: {
      source,
      says,
      line: same && says.type !== 'asking' ? held.line : observation.line,
      confidence: observation.confidence,
      since: same ? Math.min(held.since, at) : at,
      at,
      seen: isEventSource(source) ? at : now,
    },
  }
}

/** No claim lies in the future, as after a clock that was set back: it would outlive every other. */
export function settleClock(claims: Claims, now: number): Claims {
  const held = Object.values(claims)
  if (held.every((one) => one.at <= now && one.seen <= now && one.since <= now)) return claims
  return Object.fromEntries(
    held.map((one) => [
      one.source,
      {
        ...one,
        at: Math.min(one.at, now),
        seen: Math.min(one.seen, now),
        since: Math.min(one.since, now),
      },
    ]),
  )
}

/**
 * The claim that counts now; undefined where nothing is known. The strongest source that spoke
 * recently wins; a source that is silent past its time gives way to the next.
 */
export function strongest(claims: Claims, patience: Patience, now: number): Claim | undefined {
  const { live, hook, transcript, screen, silence } = claims
  const reading = (one: Claim | undefined) => fresh(one, READING_MS, now)
  const top =
    reading(live) ??
    fresh(hook, patience.hookMs, now) ??
    fresh(transcript, patience.transcriptMs ?? TRANSCRIPT_MS, now) ??
    reading(screen)
  if (top) return refine(top, claims, patience, now)
  const event = newestEvent([live, hook, transcript])
  if (event && !(isWork(event.says) && hasFaded(event, patience, now))) return event
  return reading(silence) ?? beginning(claims)
}

/**
 * What counts of an agent that never worked and whose own sign of work also means that it starts:
 * its screen tells the two apart.
 */
export function atStart(top: Claim | undefined, { screen }: Claims, now: number): typeof top {
  if (top?.source !== 'live' || top.says.type !== 'working') return top
  const shown = fresh(screen, READING_MS, now)
  return shown?.says.type === 'idle' || shown?.says.type === 'working' ? shown : top
}

/** A strong source may be coarse: a title that knows "busy" cannot tell a retry from an answer. */
function refine(top: Claim, claims: Claims, patience: Patience, now: number): Claim {
  if (top.says.type === 'idle') {
    // No agent reports its start-up dialogs: a title may say "ready" while one is open.
    const shown = fresh(claims.screen, READING_MS, now)
    if (shown?.says.type === 'asking' && shown.says.ask.kind === 'startup') return shown
    if (top.source === 'live') return raised(top, claims.hook, patience, now)
  }
  if (top.says.type !== 'working' && top.says.type !== 'prompted') return top
  return asking(top, claims, patience, now) ?? retrying(top, claims, now) ?? top
}

/** A hook runs ahead of the file or title by half a second: a prompt or ask counts at once. */
function raised(top: Claim, hook: Claim | undefined, patience: Patience, now: number): Claim {
  if (!hook || hook.at <= top.since) return top
  if (hook.says.type === 'prompted') return now - hook.at <= patience.hookMs ? hook : top
  return hook.says.type === 'asking' && now - hook.at < SETTLE_MS ? hook : top
}

function asking(
  top: Claim,
  { hook, transcript, screen }: Claims,
  { dialogMs = SETTLE_MS }: Patience,
  now: number,
): Claim | undefined {
  const began = isEventSource(top.source) ? top.at : top.since
  const asks = (one: Claim | undefined): one is Claim =>
    one !== undefined && one !== top && one.says.type === 'asking' && one.since > began
  const seen = fresh(screen, READING_MS, now)
  if (asks(hook)) {
    if (now - hook.at < SETTLE_MS) return hook
    if (seen?.says.type === 'asking') return hook
  }
  if (asks(transcript)) {
    const denied = seen && seen.says.type !== 'asking' && seen.seen > transcript.at + SETTLE_MS
    if (!denied) return transcript
  }
  // A dialog alone against a stronger "working" must stay for a while: a frame may be half drawn.
  if (seen && asks(seen) && seen.seen - seen.since >= dialogMs) return seen
  // Where nothing else can tell of dialogs, one that is there counts, whatever was told meanwhile:
  // any output has the screen read again at once, so what it said last still stands there.
  return dialogMs === 0 && seen !== top && seen?.says.type === 'asking' ? seen : undefined
}

function retrying(
  top: Claim,
  { hook, transcript, screen }: Claims,
  now: number,
): Claim | undefined {
  const began = isEventSource(top.source) ? top.at : top.since
  const [newest] = [
    fresh(screen, READING_MS, now),
    fresh(hook, RETRY_MS, now),
    fresh(transcript, RETRY_MS, now),
  ]
    .filter((one) => one !== undefined && one !== top && isWork(one.says) && one.at >= began)
    .sort((a, b) => (b?.seen ?? 0) - (a?.seen ?? 0))
  return newest?.says.type === 'retrying' ? newest : undefined
}

/** The latest word; where two are of the same moment, the stronger source's. */
function newestEvent(strongestFirst: readonly (Claim | undefined)[]): Claim | undefined {
  let newest: Claim | undefined
  for (const one of strongestFirst) {
    if (!one || one.says.type === 'started') continue
    if (!newest || one.at > newest.at + SETTLE_MS) newest = one
  }
  return newest
}

/** Some live sources are read again and again, others tell each change once: that one may be due. */
function hasFaded(event: Claim, patience: Patience, now: number): boolean {
  if (event.source === 'live') return now - event.seen > READING_MS
  return now - event.at > (event.source === 'hook' ? patience.hookMs : TRANSCRIPT_WORK_MS)
}

function fresh(one: Claim | undefined, ms: number, now: number): Claim | undefined {
  return one && one.says.type !== 'started' && now - one.seen <= ms ? one : undefined
}

/** That a conversation began counts where nothing else was ever said. */
function beginning(claims: Claims): Claim | undefined {
  const all = Object.values(claims)
  return all.length > 0 && all.every((one) => one.says.type === 'started') ? all[0] : undefined
}

function sameStatement(one: Statement, other: Statement): boolean {
  if (one.type === 'asking' && other.type === 'asking') return one.ask.kind === other.ask.kind
  return one.type === other.type
}
