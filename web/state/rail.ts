import type { AgentView } from '../../server/protocol.ts'
import { agentsBySession, endedAgents, searchText, standing } from './agents.ts'
import type { FeedState } from './apply.ts'
import { finds, groups, matches } from './derive.ts'

/** What the list shows and in which order. Pure. */

export const GROUPS = ['needs', 'working', 'unknown', 'idle'] as const
/** A group of sessions by what their agents do. */
export type AgentGroup = (typeof GROUPS)[number]

export const GROUP_WORDS: Readonly<Record<AgentGroup | 'plain' | 'ended', string>> = {
  needs: 'Needs you',
  working: 'Working',
  unknown: 'Unknown',
  idle: 'Idle',
  plain: 'Sessions',
  ended: 'Ended',
}

export type Heading = AgentGroup | 'plain' | 'ended'

/**
 * One entry of the list: `g` heading of a group, `h` heading of a tmux server, `n` what there is to
 * say of a server, `s` a session, `e` an agent that ended. After the colon stands the id.
 */
export type Item = `${'g' | 'h' | 'n' | 's' | 'e'}:${string}`

function groupOf(agent: AgentView): AgentGroup {
  switch (standing(agent)) {
    case 'asking':
    case 'failed':
      return 'needs'
    case 'working':
    case 'retrying':
      return 'working'
    case 'idle':
      return 'idle'
    default:
      return 'unknown'
  }
}

/** The list's entries in their order. */
export function railItems(feed: Readonly<FeedState>, query: string): Item[] {
  const agents = agentsBySession(feed.agents)
  const inGroup = new Map<AgentGroup, string[]>(GROUPS.map((group) => [group, []]))
  const placed = new Set<string>()
  for (const id of feed.order) {
    const session = feed.sessions[id]
    const own = agents.get(id)
    const lead = own?.[0]
    if (!session || !own || !lead) continue
    placed.add(id)
    const text = own.map(searchText).join(' ')
    if (matches(session, query, text)) inGroup.get(groupOf(lead))?.push(id)
  }
  const lead = (id: string) => agents.get(id)?.[0]
  // Who is blocked on a person comes before who has stopped, and who waits longest before the rest.
  const rank = (id: string) => (lead(id)?.activity === 'asking' ? 0 : 1)
  inGroup
    .get('needs')
    ?.sort((a, b) => rank(a) - rank(b) || (lead(a)?.since ?? 0) - (lead(b)?.since ?? 0))

  const several = feed.servers.length > 1
  const items: Item[] = several ? [] : feed.servers.map(({ id }): Item => `n:${id}`)
  for (const [group, ids] of inGroup) {
    if (ids.length > 0) items.push(`g:${group}`, ...ids.map((id): Item => `s:${id}`))
  }
  const grouped = placed.size > 0
  for (const { server, sessions } of groups(feed, query)) {
    const plain = sessions.filter((id) => !placed.has(id))
    if (several) items.push(`h:${server}`, `n:${server}`)
    else if (grouped && plain.length > 0) items.push('g:plain')
    items.push(...plain.map((id): Item => `s:${id}`))
  }
  const ended = endedAgents(feed.agents).filter((agent) =>
    finds(`${searchText(agent)} ${agent.cwd}`, query),
  )
  if (ended.length > 0) items.push('g:ended', ...ended.map(({ id }): Item => `e:${id}`))
  return items
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

/** How many entries stand under each group's heading. */
export function countGroups(items: readonly Item[]): Map<string, number> {
  const counts = new Map<string, number>()
  let group = ''
  for (const item of items) {
    if (item.startsWith('g:')) group = item.slice(2)
    else if (item.startsWith('h:')) group = ''
    else if (!item.startsWith('n:')) counts.set(group, (counts.get(group) ?? 0) + 1)
  }
  return counts
}

/** Sessions in which somebody is waited for. */
export function needing(feed: Readonly<FeedState>): string[] {
  const agents = agentsBySession(feed.agents)
  return feed.order.filter((id) => {
    const lead = agents.get(id)?.[0]
    return lead !== undefined && groupOf(lead) === 'needs'
  })
}
