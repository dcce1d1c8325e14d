import type { AskKind, EvidenceSource } from '../protocol.ts'
import { type Claim, isEventSource, SETTLE_MS } from './claims.ts'
import { excerpt, HEARD_CHARS } from './excerpt.ts'

/** One ask as we hold it. Times in epoch milliseconds. */
export interface HeldAsk {
  readonly id: string
  readonly kind: AskKind
  readonly text: string
  readonly tool?: string
  readonly since: number
  /** What each source calls it: only its own words tell one ask of a source from the next. */
  readonly marks: Readonly<Partial<Record<EvidenceSource, Mark>>>
  /** How much its words tell; better words of another source replace them. */
  readonly detail: number
}

interface Mark {
  readonly id?: string
  readonly tool?: string
  readonly text: string
}

/** An ask that ended without a word about an answer may be the same when it is seen again. */
const AGAIN_MS = 3_000

export function makeAsk(id: string, claim: Claim): HeldAsk | undefined {
  if (claim.says.type !== 'asking') return undefined
  const { kind, text, tool } = claim.says.ask
  return {
    id,
    kind,
    text: excerpt(text, HEARD_CHARS),
    ...(tool ? { tool } : {}),
    since: claim.since,
    marks: { [claim.source]: markOf(claim) },
    detail: detailOf(claim),
  }
}

/** The same ask with what this source adds to it. */
export function addToAsk(held: HeldAsk, claim: Claim): HeldAsk {
  if (claim.says.type !== 'asking') return held
  // What was said well before this ask began speaks of the one before it.
  if (claim.at < held.since - SETTLE_MS) return held
  const { kind, text, tool } = claim.says.ask
  const detail = detailOf(claim)
  const mark = held.marks[claim.source]
  // A dialog that took the place of another while it was drawn: the words were this screen's own.
  const isOwn =
    !isEventSource(claim.source) &&
    mark?.text === held.text &&
    !sameWords(held.text, markOf(claim).text)
  const better = (detail > held.detail || isOwn) && text.trim() !== ''
  return {
    ...held,
    ...(better ? { kind, text: excerpt(text, HEARD_CHARS), detail } : {}),
    ...(tool && (better || !held.tool) ? { tool } : {}),
    marks: { ...held.marks, [claim.source]: { ...held.marks[claim.source], ...markOf(claim) } },
  }
}

/** Whether this source now asks for something else than what we hold. */
export function isOtherAsk(held: HeldAsk, claim: Claim): boolean {
  if (claim.says.type !== 'asking' || claim.at < held.since) return false
  const mark = held.marks[claim.source]
  if (!mark) return false
  const now = markOf(claim)
  if (mark.id && now.id) return mark.id !== now.id
  if (isEventSource(claim.source)) {
    // A reminder ("needs your permission") names no tool and is no ask of its own.
    if (!now.tool || !mark.tool) return false
    return mark.tool !== now.tool || !sameWords(mark.text, now.text)
  }
  // The first frame of a dialog may still hold words of the one before.
  return claim.at - held.since > SETTLE_MS && !sameWords(mark.text, now.text)
}

/** Whether an ask that was left without a word about an answer is seen again. */
export function isSameAgain(left: HeldAsk, leftAt: number, claim: Claim): boolean {
  if (claim.at - leftAt > AGAIN_MS || claim.says.type !== 'asking') return false
  const mark = left.marks[claim.source]
  const now = markOf(claim)
  if (!mark) return sameWords(left.text, now.text)
  return mark.id === now.id && mark.tool === now.tool && sameWords(mark.text, now.text)
}

function markOf(claim: Claim): Mark {
  if (claim.says.type !== 'asking') return { text: '' }
  const { id, tool, text } = claim.says.ask
  return { ...(id ? { id } : {}), ...(tool ? { tool } : {}), text: excerpt(text, HEARD_CHARS) }
}

/** A hook or record names the command itself; a screen shows it; a title says only that it asks. */
function detailOf(claim: Claim): number {
  const tool = claim.says.type === 'asking' && claim.says.ask.tool ? 1 : 0
  if (isEventSource(claim.source)) return 2 + tool
  return claim.source === 'screen' ? 2 : tool
}

/** A window of another width wraps and cuts the same words elsewhere. */
function sameWords(one: string, other: string): boolean {
  const [a, b] = [squeeze(one), squeeze(other)]
  return a.startsWith(b) || b.startsWith(a)
}

function squeeze(text: string): string {
  return text.replace(/[\s…]+/g, '')
}
