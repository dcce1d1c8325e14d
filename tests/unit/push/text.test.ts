import { expect, test } from 'playwright/test'
import { noticeOf, PUSH_CHARS, type Told } from '../../../server/core/push-text.ts'
import type { AgentView, AttentionView } from '../../../server/protocol.ts'
import { agent } from '../../support/agent-view.ts'

const TOKEN = `ghp_${'q7W2'.repeat(9)}`

function told(
  id: string,
  item: Partial<AttentionView> = {},
  more: { agent?: Partial<AgentView>; session?: string } = {},
): Told {
  const common = { reason: 'permission', since: 0, text: 'npm run migrate', generation: 1 } as const
  return {
    item: { id, agent: `agent-${id}`, ...common, ...item },
    agent: agent({ id: `agent-${id}`, session: `session-${id}`, ...more.agent }),
    session: 'session' in more ? more.session : `work-${id}`,
  }
}

test('one need says who, why and what, and leads to where it can be answered', () => {
  expect(noticeOf([])).toBeUndefined()
  expect(noticeOf([told('a')])).toEqual({
    tag: 'a',
    title: 'work-a: permission',
    body: 'npm run migrate',
    path: '/s/session-a',
    plain: 'work-a: permission',
    isUrgent: true,
  })
  const ended = told('b', { reason: 'uncommitted' }, { agent: { liveness: 'ended' } })
  expect(noticeOf([ended])).toMatchObject({ path: '/a/agent-b/timeline', isUrgent: false })
  const lost = told('c', {}, { session: undefined, agent: { kind: 'codex' } })
  expect(noticeOf([lost])).toMatchObject({ title: 'Codex: permission' })
})

test('several needs are one notice that names them and leads to the list', () => {
  const many = noticeOf([told('a'), told('b', { reason: 'turn' }), told('c')])
  expect(many).toMatchObject({ tag: 'several', title: '3 agents need you', path: '/' })
  expect(many?.body).toBe('work-a: permission, work-b: your turn, work-c: permission')
})

test('a notice has at most a hundred characters, and no secret in any of them', () => {
  const long = told('a', { text: `${'x'.repeat(500)} ${TOKEN}` }, { session: 'y'.repeat(300) })
  const leaking = told('b', { text: `use ${TOKEN} now` }, { session: TOKEN })
  const fleet = Array.from({ length: 40 }, (_, at) => told(`s${at}`, {}, { session: TOKEN }))
  for (const notice of [noticeOf([long]), noticeOf([leaking]), noticeOf(fleet)]) {
    expect(`${notice?.title}${notice?.body}`.length).toBeLessThanOrEqual(PUSH_CHARS)
    expect(JSON.stringify(notice)).not.toContain(TOKEN.slice(0, 12))
    expect(JSON.stringify(notice)).not.toContain(TOKEN.slice(-12))
  }
})

test('a notice hides no characters', () => {
  const sly = noticeOf([told('a', { text: 'rm \u202efr\u200b -r\u0007' }, { session: 'a\u2066b' })])
  expect(sly).toMatchObject({ title: 'ab: permission', body: 'rm fr -r' })
})
