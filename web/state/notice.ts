import type { AgentView, AttentionView } from '../../server/protocol.ts'
import { agentName } from './agents.ts'
import { REASON_MARKS } from './attention.ts'
import { type Place, pathOf } from './place.ts'
import { visible } from './words.ts'

/** What this device tells of needs while nobody looks at the page. Pure. */

/** A need is told when it has been open for so long and no page has shown it (milliseconds). */
export const NOTICE_AFTER_MS = 10_000
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

/** Needs that came while this page was open, until each was shown by it or told. */
export class Untold {
  readonly #since = new Map<string, number>()
  #known = new Set<string>()

  /** What is there when the page comes is no news. */
  begin(ids: readonly string[]): void {
    this.#known = new Set(ids)
    this.#since.clear()
  }

  /** The needs that are open at this moment (milliseconds); `isShown`: a person can see the page. */
  note(ids: readonly string[], now: number, isShown: boolean): void {
    for (const id of this.#since.keys()) if (!ids.includes(id)) this.#since.delete(id)
    for (const id of ids) {
      if (this.#known.has(id)) continue
      if (isShown) this.settle([id])
      else if (!this.#since.has(id)) this.#since.set(id, now)
    }
  }

  /** Takes those that have waited long enough; each is taken once. */
  take(now: number): string[] {
    const due = [...this.#since].filter(([, since]) => now - since >= NOTICE_AFTER_MS)
    const ids = due.map(([id]) => id)
    this.settle(ids)
    return ids
  }

  /** A person has seen these. */
  settle(ids: readonly string[]): void {
    for (const id of ids) {
      this.#since.delete(id)
      this.#known.add(id)
    }
  }
}
