import type { AgentView, AttentionView } from '../../server/protocol.ts'
import { agentsBySession, endedAgents, searchText, standing } from './agents.ts'
import type { FeedState } from './apply.ts'
import { type NeedPlace, type Needs, needPlaces, REASON_MARKS } from './attention.ts'
import { finds, groups, matches } from './derive.ts'
import { findsAgent, findsPlain, readFind } from './find.ts'
import { type Grouping, groupKey, knownWorktrees, orderKeys, type Placed } from './grouping.ts'

/** What the list shows and in which order. Pure. */

export const GROUPS = ['needs', 'working', 'unknown', 'idle', 'aside'] as const
/** A group of sessions by what their agents do. */
export type AgentGroup = (typeof GROUPS)[number]

export const GROUP_WORDS: Readonly<Record<AgentGroup | 'plain' | 'ended', string>> = {
  needs: 'Needs you',
  working: 'Working',
  unknown: 'Unknown',
  idle: 'Idle',
  aside: 'Put aside',
  plain: 'Sessions',
  ended: 'Ended',
}

export type Heading = AgentGroup | 'plain' | 'ended'

/**
 * One entry of the list: `g` heading of a group by need, `k` of another group by its key, `h` heading
 * of a tmux server, `n` what there is to say of a server, `s` a session, `e` an agent that ended.
 * After the colon stands the id, or the key.
 */
export type Item = `${'g' | 'k' | 'h' | 'n' | 's' | 'e'}:${string}`

/**
 * A dialog or a failure is told to need somebody some moments after it is seen (milliseconds);
 * without that word it was dismissed or snoozed.
 */
const TOLD_MS = 2_000

/** Its need is on its way to us, as far as that can be known. `told`: agents with a need, also one put aside. */
function isUntold(agent: AgentView, told: ReadonlySet<string>, now: number): boolean {
  const state = standing(agent)
  const mayNeed = state === 'asking' || state === 'failed'
  return mayNeed && !told.has(agent.id) && now - agent.since < TOLD_MS
}

const toldAgents = ({ attention }: Readonly<FeedState>) =>
  new Set(Object.values(attention).map(({ agent }) => agent))

/**
 * When the list will stand otherwise by the passing of time alone, as epoch milliseconds of the
 * server's clock: a need that was expected and has not come. Infinity where there is none.
 */
export function untoldUntil(feed: Readonly<FeedState>, now: number): number {
  const told = toldAgents(feed)
  const ends = Object.values(feed.agents)
    .filter((agent) => isUntold(agent, told, now))
    .map(({ since }) => since + TOLD_MS)
  return Math.min(...ends)
}

function groupOf(
  agent: AgentView,
  needs: Needs,
  told: ReadonlySet<string>,
  now: number,
): AgentGroup {
  if (needs.has(agent.id)) return 'needs'
  switch (standing(agent)) {
    case 'asking':
    case 'failed':
      return isUntold(agent, told, now) ? 'needs' : 'aside'
    case 'working':
    case 'retrying':
      return 'working'
    case 'idle':
      return 'idle'
    default:
      return 'unknown'
  }
}

/** The list's entries in their order. `now` in epoch milliseconds of the server's clock. */
export function railItems(
  feed: Readonly<FeedState>,
  query: string,
  needs: Needs,
  now: number,
  grouping: Grouping = 'need',
): Item[] {
  const find = readFind(query)
  const agents = agentsBySession(feed.agents, needs)
  const textOf = (agent: AgentView) => {
    const item = needs.get(agent.id)
    const own = searchText(agent, item && REASON_MARKS[item.reason].word)
    return `${own} ${agent.git?.repository ?? ''} ${feed.batches[agent.session] ?? ''}`
  }
  const told = toldAgents(feed)
  const inGroup = new Map<AgentGroup, string[]>(GROUPS.map((group) => [group, []]))
  const placed = new Set<string>()
  for (const id of feed.order) {
    const session = feed.sessions[id]
    const own = agents.get(id)
    const lead = own?.[0]
    if (!session || !own || !lead) continue
    placed.add(id)
    if (!own.some((agent) => findsAgent(agent, needs.get(agent.id), find))) continue
    const isFound = matches(session, find.text, () => own.map(textOf).join(' '))
    if (isFound) inGroup.get(groupOf(lead, needs, told, now))?.push(id)
  }
  const gone = endedAgents(feed.agents, needs).filter(
    (agent) =>
      findsAgent(agent, needs.get(agent.id), find) &&
      finds(() => `${textOf(agent)} ${agent.cwd}`, find.text),
  )
  const waiting = needItems(feed, needs, inGroup.get('needs') ?? [], gone)

  const plainOf = (sessions: readonly string[]) =>
    findsPlain(find) ? sessions.filter((id) => !placed.has(id)) : []
  const ended = gone.filter(({ id }) => !needs.has(id))
  const last: Item[] =
    ended.length > 0 ? ['g:ended', ...ended.map(({ id }): Item => `e:${id}`)] : []

  if (grouping !== 'need') {
    const shown = new Set([
      ...[...inGroup.values()].flat(),
      ...groups(feed, find.text).flatMap(({ sessions }) => plainOf(sessions)),
    ])
    const others = feed.order
      .filter((id) => shown.has(id))
      .map((id): Item => `s:${id}`)
      .filter((item) => !waiting.includes(item))
    const notes = feed.servers.map(({ id }): Item => `n:${id}`)
    const leadOf = (session: string) => agents.get(session)?.[0]
    return [...notes, ...byKey(feed, [...waiting, ...others], leadOf, grouping), ...last]
  }

  const several = feed.servers.length > 1
  const items: Item[] = several ? [] : feed.servers.map(({ id }): Item => `n:${id}`)
  if (waiting.length > 0) items.push('g:needs', ...waiting)
  for (const [group, ids] of inGroup) {
    if (group !== 'needs' && ids.length > 0)
      items.push(`g:${group}`, ...ids.map((id): Item => `s:${id}`))
  }
  const grouped = placed.size > 0 || waiting.length > 0
  for (const { server, sessions } of groups(feed, find.text)) {
    const plain = plainOf(sessions)
    if (several) items.push(`h:${server}`, `n:${server}`)
    else if (grouped && plain.length > 0) items.push('g:plain')
    items.push(...plain.map((id): Item => `s:${id}`))
  }
  return [...items, ...last]
}

/** Rows under a heading for each key, in the order they come in: who needs somebody comes first. */
function byKey(
  feed: Readonly<FeedState>,
  rows: readonly Item[],
  leadOf: (session: string) => AgentView | undefined,
  grouping: Grouping,
): Item[] {
  if (grouping === 'none') return [...rows]
  const worktrees = knownWorktrees(feed.agents)
  const placeOf = (item: Item): Placed => {
    const id = item.slice(2)
    if (item.startsWith('s:')) return { session: id, agent: leadOf(id) }
    const agent = feed.agents[id]
    return { session: agent?.session ?? '', agent }
  }
  const held = new Map<string, Item[]>()
  for (const item of rows) {
    const key = groupKey(placeOf(item), grouping, feed, worktrees)
    const list = held.get(key)
    if (list) list.push(item)
    else held.set(key, [item])
  }
  return orderKeys(held.keys(), grouping, feed).flatMap((key): Item[] => [
    `k:${key}`,
    ...(held.get(key) ?? []),
  ])
}

/**
 * The list as it was, for as long as somebody points at it: what was there keeps its place whatever
 * it does now, what has come stands at the end. A session that has gone leaves its place open.
 */
export function holdPlaces(before: readonly Item[], now: readonly Item[]): Item[] {
  const known = new Set(before)
  const came = now.filter((item) => item.startsWith('s:') && !known.has(item))
  const end = before.indexOf('g:ended')
  return end < 0 ? [...before, ...came] : [...before.slice(0, end), ...came, ...before.slice(end)]
}

/**
 * What a phone shows first: those who need somebody, at most so many of them. Where nobody does it
 * is the whole list. `waiting`: how many need somebody.
 */
export function needsFirst(
  items: readonly Item[],
  most: number,
): { items: readonly Item[]; waiting: number } {
  const from = items.indexOf('g:needs')
  if (from < 0) return { items, waiting: 0 }
  const after = items.slice(from + 1)
  const end = after.findIndex((item) => !item.startsWith('s:') && !item.startsWith('e:'))
  const waiting = end < 0 ? after : after.slice(0, end)
  const notes = items.filter((item) => item.startsWith('n:'))
  return { items: [...notes, 'g:needs', ...waiting.slice(0, most)], waiting: waiting.length }
}

/** How many entries stand under each group's heading: by the group's name, or by the heading itself. */
export function countGroups(items: readonly Item[]): Map<string, number> {
  const counts = new Map<string, number>()
  let group = ''
  for (const item of items) {
    if (item.startsWith('g:')) group = item.slice(2)
    else if (item.startsWith('k:')) group = item
    else if (item.startsWith('h:')) group = ''
    else if (!item.startsWith('n:')) counts.set(group, (counts.get(group) ?? 0) + 1)
  }
  return counts
}

/** Of each group of rows, by its heading: how many need somebody, and the most urgent need. */
export function groupNeeds(
  items: readonly Item[],
  places: readonly NeedPlace[],
  needs: Needs,
): Map<string, { count: number; lead: AttentionView }> {
  const groupOfItem = new Map<Item, Item>()
  let group: Item | undefined
  for (const item of items) {
    if (/^[gkh]:/.test(item)) group = item
    else if (group) groupOfItem.set(item, group)
  }
  const found = new Map<string, { count: number; lead: AttentionView }>()
  for (const place of places) {
    const key = groupOfItem.get(itemOf(place))
    const lead = needs.get(place.agent)
    if (key === undefined || !lead) continue
    const known = found.get(key)
    found.set(key, { count: (known?.count ?? 0) + 1, lead: known?.lead ?? lead })
  }
  return found
}

/** The row in which a need is told. */
function itemOf(place: NeedPlace): Item {
  return place.type === 'agent' ? `e:${place.agent}` : `s:${place.session}`
}

/** Who needs somebody, most urgent first, whether the terminal is there or only its memory. */
function needItems(
  feed: Readonly<FeedState>,
  needs: Needs,
  sessions: readonly string[],
  gone: readonly AgentView[],
): Item[] {
  const found = new Set([...sessions.map((id) => `s:${id}`), ...gone.map(({ id }) => `e:${id}`)])
  const told = needPlaces(needs, feed.agents, feed.sessions)
    .map(itemOf)
    .filter((item) => found.has(item))
  const known = new Set(told)
  const untold = sessions.map((id): Item => `s:${id}`).filter((item) => !known.has(item))
  return [...told, ...untold]
}
