import {
  type AgentView,
  ATTENTION_REASONS,
  type AttentionReason,
  type AttentionView,
  REASON_WORDS,
} from '../../server/protocol.ts'
import { isCodingAgent, type Mark, type Told } from './agents.ts'
import { ageText, counted, visible } from './words.ts'

/** Who needs the user, as the page shows it. Pure; the moment comes in as epoch milliseconds. */

/** Each reason has a shape of its own: they are told apart without colour. */
export const REASON_MARKS: Readonly<Record<AttentionReason, Mark>> = {
  permission: { glyph: '◆', tone: 'needs', word: REASON_WORDS.permission },
  question: { glyph: '◈', tone: 'needs', word: REASON_WORDS.question },
  failed: { glyph: '▲', tone: 'error', word: REASON_WORDS.failed },
  turn: { glyph: '◐', tone: 'reply', word: REASON_WORDS.turn },
  uncommitted: { glyph: '◧', tone: 'reply', word: REASON_WORDS.uncommitted },
  interrupted: { glyph: '⊗', tone: 'error', word: REASON_WORDS.interrupted },
}

/** The open need of each agent that has one, by agent. */
export type Needs = ReadonlyMap<string, AttentionView>

export function isSnoozed(item: AttentionView, now: number): boolean {
  return item.snoozedUntil !== undefined && item.snoozedUntil > now
}

/** What else decides about the order. */
export interface NeedOrder {
  /** Within a reason the newest comes first; else who waits longest. */
  newestFirst?: boolean
  /** Whether what is known of an agent's place is doubtful. */
  isDegraded?: (agent: string) => boolean
}

/** What waits for the user, most urgent first; what was put aside is not in it. */
export function needsByAgent(
  items: Readonly<Record<string, AttentionView>>,
  now: number,
  { newestFirst = false, isDegraded = () => false }: NeedOrder = {},
): Map<string, AttentionView> {
  const rank = (item: AttentionView) => ATTENTION_REASONS.indexOf(item.reason)
  const doubt = (item: AttentionView) => Number(isDegraded(item.agent))
  const byUrgency = (a: AttentionView, b: AttentionView) =>
    rank(a) - rank(b) ||
    doubt(a) - doubt(b) ||
    (newestFirst ? b.since - a.since : a.since - b.since) ||
    (a.id < b.id ? -1 : 1)
  const open = Object.values(items).filter((item) => !isSnoozed(item, now))
  return new Map(open.sort(byUrgency).map((item) => [item.agent, item]))
}

/** An agent whose terminal is there, else what is remembered of it. */
export type NeedPlace =
  | { type: 'session'; session: string; agent: string }
  | { type: 'agent'; agent: string }

/** Where each need is met, most urgent first; a session once, however many of its agents wait. */
export function needPlaces(
  needs: Needs,
  agents: Readonly<Record<string, AgentView>>,
  sessions: Readonly<Record<string, unknown>>,
): NeedPlace[] {
  const seen = new Set<string>()
  const places: NeedPlace[] = []
  for (const id of needs.keys()) {
    const agent = agents[id]
    if (!agent || !isCodingAgent(agent)) continue
    if (agent.liveness !== 'live') places.push({ type: 'agent', agent: id })
    else if (sessions[agent.session] !== undefined && !seen.has(agent.session)) {
      seen.add(agent.session)
      places.push({ type: 'session', session: agent.session, agent: id })
    }
  }
  return places
}

/** The need after the present place, or with -1 before it, going round; undefined where there is no other. */
export function nextNeed(
  places: readonly NeedPlace[],
  here: { session?: string | undefined; agent?: string | undefined },
  step: 1 | -1 = 1,
): NeedPlace | undefined {
  const isHere = (place: NeedPlace) =>
    place.type === 'session' ? place.session === here.session : place.agent === here.agent
  const at = places.findIndex(isHere)
  const from = at < 0 && step < 0 ? 0 : at
  const next = places.at((from + step) % Math.max(1, places.length))
  return next && isHere(next) ? undefined : next
}

/** The dialog that waits for a yes or no as it is shown now: an answer names both, and both must still hold. */
export function askToAnswer(
  agent: AgentView,
  item: AttentionView,
): { ask: string; hash: string } | undefined {
  const { ask } = agent
  const isIt = ask?.kind === 'permission' && ask.id === item.ask
  return isIt && ask.hash !== undefined ? { ask: ask.id, hash: ask.hash } : undefined
}

/** The second line of a row that needs somebody. */
export function needTold(item: AttentionView, agent: AgentView): Told {
  const line = (label: string, more: Partial<Told> = {}): Told => ({
    label,
    text: item.text,
    code: false,
    quote: false,
    ...more,
  })
  switch (item.reason) {
    case 'permission':
      return line('Permission', { code: true })
    case 'question':
      return line('Question')
    case 'failed':
      return line('Stopped')
    case 'turn':
      return line('', { quote: true })
    case 'uncommitted': {
      const { git } = agent
      const files = git ? git.staged + git.modified + git.untracked + git.conflicts : 0
      return line(files > 0 ? `Uncommitted work in ${counted(files, 'file')}` : 'Uncommitted work')
    }
    case 'interrupted':
      return line('Cut off')
    default:
      item.reason satisfies never
      return line('')
  }
}

/** Who has looked at it and when, as a sentence. `now`: epoch milliseconds. */
export function seenText({ seenAt, seenBy }: AttentionView, now: number): string {
  if (seenAt === undefined) return 'Nobody has looked at it yet.'
  const age = ageText(Math.max(0, now - seenAt))
  const when = age === 'now' ? 'just now' : `${age} ago`
  return `Seen ${when}${seenBy ? ` on ${visible(seenBy)}` : ''}.`
}

/** The sentence of the bar under the agent's terminal; how long stands after it. */
export const WAITING_WORDS: Readonly<Record<AttentionReason, string>> = {
  permission: 'Waiting for your permission',
  question: 'Waiting for your answer',
  failed: 'Stopped by an error',
  turn: 'It is your turn',
  uncommitted: 'Ended with uncommitted work',
  interrupted: 'Cut off in the middle of a turn',
}

/** Ends of a snooze that are offered, from a moment on this device's clock. */
export function snoozeChoices(now: Date): { label: string; ms: number }[] {
  const tomorrow = new Date(now)
  tomorrow.setDate(now.getDate() + 1)
  tomorrow.setHours(9, 0, 0, 0)
  return [
    { label: '1 hour', ms: 3_600_000 },
    { label: '4 hours', ms: 14_400_000 },
    { label: 'Until tomorrow 9:00', ms: tomorrow.getTime() - now.getTime() },
  ]
}
