import { kindNames } from '../agents/index.ts'
import {
  type AgentView,
  type AttentionReason,
  type AttentionView,
  type PushMessage,
  REASON_WORDS,
} from '../protocol.ts'
import { excerpt } from './excerpt.ts'
import { redactExcerpt } from './redact.ts'

/** What a notice says. Pure. */

/** Characters of a notice, title and text together: a lock screen is read by others, too. */
export const PUSH_CHARS = 100
const TITLE_CHARS = 48
/** Marks that no eye sees and that can turn what stands around them. */
const HIDDEN = /\p{Cf}/gu

/** A need that is to be told. */
export interface Told {
  item: AttentionView
  agent: AgentView
  /** Name of its session; absent where that has gone. */
  session: string | undefined
}

/** What one notice is about, in two lines: with and without words of the agent. */
export interface PushNotice extends PushMessage {
  /** For whoever can read along: names and reasons alone. */
  plain: string
  /** It stops an agent; a push service may let other ones wait. */
  isUrgent: boolean
}

const URGENT: ReadonlySet<AttentionReason> = new Set(['permission', 'question', 'failed'])

/** One notice for all of these; undefined where there are none. */
export function noticeOf(told: readonly Told[]): PushNotice | undefined {
  const [first, ...more] = told
  if (!first) return undefined
  const isUrgent = told.some(({ item }) => URGENT.has(item.reason))
  const line = (one: Told) => `${nameOf(one)}: ${REASON_WORDS[one.item.reason]}`
  if (more.length === 0) {
    const title = line(first)
    const body = redactExcerpt(seen(first.item.text), PUSH_CHARS - title.length)
    return { tag: first.item.id, title, body, path: pathOf(first), plain: title, isUrgent }
  }
  const title = `${told.length} agents need you`
  const body = excerpt(told.map(line).join(', '), PUSH_CHARS - title.length)
  return { tag: 'several', title, body, path: '/', plain: `${title}: ${body}`, isUrgent }
}

/** The notice that somebody asks for to see whether one arrives. */
export const TEST_NOTICE: PushNotice = {
  tag: 'test',
  title: 'dogwatch',
  body: 'Notices arrive here.',
  path: '/settings',
  plain: 'dogwatch: notices arrive here.',
  isUrgent: true,
}

/** The same place as of the need in the page: where it can be answered. */
function pathOf({ agent, session }: Told): string {
  return agent.liveness === 'live' && session !== undefined
    ? `/s/${encodeURIComponent(agent.session)}`
    : `/a/${encodeURIComponent(agent.id)}/timeline`
}

function nameOf({ agent, session }: Told): string {
  return redactExcerpt(
    seen(session ?? agent.place?.session ?? kindNames()[agent.kind] ?? agent.kind),
    TITLE_CHARS,
  )
}

function seen(text: string): string {
  return text.replace(HIDDEN, '')
}
