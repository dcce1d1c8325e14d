import type { AgentView, AttentionView } from '../../server/protocol.ts'
import { agentName } from './agents.ts'
import { REASON_MARKS } from './attention.ts'
import { type Place, pathOf } from './place.ts'
import { visible } from './words.ts'

/** What this device tells of needs while nobody looks at the page. Pure. */

/** Characters of a notice's second line: a lock screen is read by others, too. */
const TEXT_CHARS = 100

/** One notice as the browser shows it. */
export interface Notice {
  /** Two of the same tag are one: each need is told once, however many pages are open. */
  tag: string
  title: string
  body: string
  /** Where it leads. */
  path: string
}

/** A need with what its notice says. */
export interface Told {
  item: AttentionView
  agent: AgentView
  /** Name of its session, where it has one. */
  session: string | undefined
}

/** One notice for what became due together; undefined where nothing did. */
export function noticeOf(due: readonly Told[]): Notice | undefined {
  const [first, ...more] = due
  if (!first) return undefined
  if (more.length === 0) {
    const { item } = first
    const text = [...visible(item.text)].slice(0, TEXT_CHARS).join('')
    return {
      tag: item.id,
      title: `${nameOf(first)}: ${REASON_MARKS[item.reason].word}`,
      body: text,
      path: pathOf(placeOfNeed(first)),
    }
  }
  return {
    tag: 'several',
    title: `${due.length} agents need you`,
    body: due.map((one) => `${nameOf(one)}: ${REASON_MARKS[one.item.reason].word}`).join('\n'),
    path: '/',
  }
}

function nameOf({ agent, session }: Told): string {
  return visible(session ?? agentName(agent))
}

function placeOfNeed({ agent, session }: Told): Place {
  return agent.liveness === 'live' && session !== undefined
    ? { page: 'session', session: agent.session, view: 'terminal' }
    : { page: 'agent', agent: agent.id, view: 'timeline' }
}
