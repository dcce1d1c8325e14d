import type { AgentView, SearchHit, SearchKind, SessionView } from '../../../server/protocol.ts'
import { agentName } from '../../state/agents.ts'
import { windowOfPane } from '../../state/derive.ts'
import { kindName } from '../../state/kinds.ts'
import { momentPlace, pathOf } from '../../state/place.ts'
import type { Grouping } from './query.ts'

/** What was found, as the page shows it. Pure. */

export const KIND_WORDS: Readonly<Record<SearchKind, string>> = {
  screen: 'Now on screen',
  snapshot: 'Was on screen',
  transcript: 'Conversation',
  title: 'Title',
  prompt: 'Prompt',
}

/** What the page knows of the machine, as far as a hit needs it. */
export interface Known {
  sessions: Readonly<Record<string, SessionView>>
  agents: Readonly<Record<string, AgentView>>
}

/** Where a hit opens. `pane`: the pane to show there, where the session shows another. */
export interface HitPlace {
  path: string
  session?: string
  pane?: string
}

export function hitPlace(hit: SearchHit, known: Known): HitPlace {
  const { kind, agent = '', ref } = hit
  if (kind === 'snapshot') {
    const at = momentPlace(ref, hit.line)
    return { path: pathOf({ page: 'agent', agent, view: 'timeline', at }) }
  }
  if (kind === 'transcript') {
    return { path: pathOf({ page: 'agent', agent, view: 'conversation', at: ref }) }
  }
  if (kind === 'prompt') return { path: pathOf({ page: 'agent', agent, view: 'conversation' }) }
  // A title's agent may have no terminal any more, and then its pane is nobody's.
  const isThere = kind === 'screen' || known.agents[agent]?.liveness === 'live'
  const session = Object.values(known.sessions).find((view) => windowOfPane(view, ref))
  if (session && isThere) {
    const { id } = session
    return {
      path: pathOf({ page: 'session', session: id, view: 'terminal' }),
      session: id,
      pane: ref,
    }
  }
  return {
    path: agent ? pathOf({ page: 'agent', agent, view: 'timeline' }) : pathOf({ page: 'list' }),
  }
}

export interface HitGroup {
  key: string
  /** Name of the agent or session, or a day. */
  title: string
  /** What else tells it apart. */
  detail: string
  /** Folder of its repository, where all its hits are of one. */
  folder: string
  hits: SearchHit[]
}

/** Hits in groups in the order of their first, which is the newest. */
export function groupHits(
  hits: readonly SearchHit[],
  grouping: Grouping,
  known: Known,
  now: number,
): HitGroup[] {
  const groups = new Map<string, HitGroup>()
  for (const hit of hits) {
    const made = grouping === 'agent' ? byAgent(hit, known) : byDay(hit, now)
    const held = groups.get(made.key)
    if (held) held.hits.push(hit)
    else groups.set(made.key, { ...made, hits: [hit] })
  }
  return [...groups.values()]
}

function byAgent(hit: SearchHit, { agents }: Known): Omit<HitGroup, 'hits'> {
  const agent = hit.agent === undefined ? undefined : agents[hit.agent]
  const kind = hit.agentKind && kindName(hit.agentKind)
  return {
    key: hit.agent ?? `session ${hit.session}`,
    title: hit.session || (agent && agentName(agent)) || kind || 'An agent of before',
    detail: kind ?? 'no agent',
    folder: hit.repository,
  }
}

function byDay({ at }: SearchHit, now: number): Omit<HitGroup, 'hits'> {
  const day = new Date(at)
  const key = day.toDateString()
  // By the calendar, because not every day has 24 hours.
  const yesterday = new Date(now)
  yesterday.setDate(yesterday.getDate() - 1)
  const words = new Map([
    [new Date(now).toDateString(), 'Today'],
    [yesterday.toDateString(), 'Yesterday'],
  ])
  const date = day.toLocaleDateString('en', { weekday: 'short', day: 'numeric', month: 'short' })
  const year = day.getFullYear() === new Date(now).getFullYear() ? '' : ` ${day.getFullYear()}`
  return { key, title: words.get(key) ?? `${date}${year}`, detail: '', folder: '' }
}

/** A found line cut where its marks begin and end. Ranges that do not fit the text mark nothing. */
export function markedParts(
  text: string,
  ranges: readonly (readonly [number, number])[],
): { text: string; marked: boolean }[] {
  const parts: { text: string; marked: boolean }[] = []
  let last = 0
  for (const [start, end] of ranges) {
    if (start < last || end <= start || end > text.length) continue
    if (start > last) parts.push({ text: text.slice(last, start), marked: false })
    parts.push({ text: text.slice(start, end), marked: true })
    last = end
  }
  if (last < text.length) parts.push({ text: text.slice(last), marked: false })
  return parts
}
