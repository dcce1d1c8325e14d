import type { AttentionRow } from '../../db/attention.ts'
import type { AttentionView, EpisodeView } from '../protocol.ts'
import { type Need, type Settled, settle } from './attention.ts'

/** One need from its beginning to its end, with what people did about it. Epoch milliseconds. */
export interface Episode extends Need {
  readonly id: string
  readonly agent: string
  /** By how much the clock was set since `since` was told: the age must not jump with it. */
  readonly clockShift: number
  readonly openedAt: number
  readonly seen?: Act
  readonly snoozedUntil?: number
  readonly answered?: Act
  readonly dismissed?: Act
  readonly closedAt?: number
}

/** Who did it (name of a device), and when. */
export interface Act {
  readonly at: number
  readonly by: string
}

/** A need that begins. */
export function openEpisode(agent: string, need: Need, now: number): Episode {
  return { ...need, id: crypto.randomUUID(), agent, clockShift: 0, openedAt: now }
}

/** As pages see it. A wait never began later than now. */
export function episodeView(episode: Episode, now: number): AttentionView {
  const { id, agent, reason, since, text, generation, ask, seen, clockShift } = episode
  return {
    id,
    agent,
    reason,
    since: Math.min(since + clockShift, now),
    text,
    generation,
    ...(ask === undefined ? {} : { ask }),
    ...(seen ? { seenAt: seen.at, seenBy: seen.by } : {}),
    ...(isSnoozed(episode, now) ? { snoozedUntil: episode.snoozedUntil } : {}),
  }
}

export function isSnoozed({ snoozedUntil = 0 }: Episode, now: number): boolean {
  return snoozedUntil > now
}

/** With its end, for the history of an agent. */
export function episodeHistory(episode: Episode, now: number): EpisodeView {
  const { closedAt, answered, dismissed } = episode
  const item = episodeView(episode, now)
  if (closedAt === undefined) return { item }
  const act = answered ?? dismissed
  const end = answered ? 'answered' : dismissed ? 'dismissed' : 'over'
  return { item, endedAt: closedAt, end, ...(act ? { by: act.by } : {}) }
}

export function episodeRow(episode: Episode): AttentionRow {
  const { id, agent, reason, generation, text, since, clockShift, openedAt } = episode
  const { ask, seen, snoozedUntil, answered, dismissed, closedAt } = episode
  return {
    ...{ id, agent, reason, generation, text, since, clockShift, openedAt },
    ask: ask ?? null,
    seenAt: seen?.at ?? null,
    seenBy: seen?.by ?? null,
    snoozedUntil: snoozedUntil ?? null,
    answeredAt: answered?.at ?? null,
    answeredBy: answered?.by ?? null,
    dismissedAt: dismissed?.at ?? null,
    dismissedBy: dismissed?.by ?? null,
    closedAt: closedAt ?? null,
  }
}

export function episodeOf(row: AttentionRow): Episode {
  const { id, agent, reason, generation, text, since, clockShift, openedAt } = row
  const { ask, snoozedUntil, closedAt } = row
  const seen = actOf(row.seenAt, row.seenBy)
  const answered = actOf(row.answeredAt, row.answeredBy)
  const dismissed = actOf(row.dismissedAt, row.dismissedBy)
  return {
    ...{ id, agent, reason, generation, text, since, clockShift, openedAt },
    ...(ask === null ? {} : { ask }),
    ...(seen ? { seen } : {}),
    ...(snoozedUntil === null ? {} : { snoozedUntil }),
    ...(answered ? { answered } : {}),
    ...(dismissed ? { dismissed } : {}),
    ...(closedAt === null ? {} : { closedAt }),
  }
}

/** What stored needs that have ended took care of, per agent. `rows`: the oldest end first. */
export function settledBy(rows: readonly AttentionRow[]): Map<string, Settled> {
  const settled = new Map<string, Settled>()
  for (const episode of rows.map(episodeOf)) {
    const { agent, ask, text, generation, since, dismissed } = episode
    const isDismissed = dismissed !== undefined
    const held = settled.get(agent) ?? {}
    settled.set(
      agent,
      ask === undefined
        ? settle(held, episode, isDismissed)
        : { ...held, ask: { id: ask, text, generation, since, isDismissed } },
    )
  }
  return settled
}

function actOf(at: number | null, by: string | null): Act | undefined {
  return at === null ? undefined : { at, by: by ?? '' }
}
