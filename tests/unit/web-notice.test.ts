import { expect, test } from 'playwright/test'
import { noticeOf, type Told } from '../../web/state/notice.ts'
import { Untold } from '../../web/state/untold.ts'
import { agent } from '../support/agent-view.ts'

function told(id: string, text = 'npm run migrate'): Told {
  return {
    item: { id, agent: `agent-${id}`, reason: 'permission', since: 0, text, generation: 1 },
    agent: agent({ id: `agent-${id}`, session: `session-${id}` }),
    session: `work-${id}`,
  }
}

test('a need is told once, ten seconds after it came, while nobody sees the page', () => {
  const untold = new Untold()
  untold.begin([])
  untold.note(['a'], 1_000, false)
  expect(untold.take(10_999)).toEqual([])
  expect(untold.take(11_000)).toEqual(['a'])
  untold.note(['a'], 60_000, false)
  expect(untold.take(120_000)).toEqual([])
})

test('what was there before, what a page showed and what is over is not told', () => {
  const untold = new Untold()
  untold.begin(['old'])
  untold.note(['old', 'seen', 'over', 'elsewhere'], 0, false)
  untold.settle(['elsewhere'])
  untold.note(['old', 'seen'], 5_000, true)
  untold.note(['old', 'seen'], 6_000, false)
  expect(untold.take(60_000)).toEqual([])
})

test('needs that are due together become one notice', () => {
  expect(noticeOf([])).toBeUndefined()
  expect(noticeOf([told('a')])).toEqual({
    tag: 'a',
    title: 'work-a: permission',
    body: 'npm run migrate',
    path: '/s/session-a',
  })
  const many = noticeOf([told('a'), told('b'), told('c')])
  expect(many).toMatchObject({ title: '3 agents need you', path: '/' })
  expect(many?.body.split('\n')).toHaveLength(3)
})

test('a notice is short, and hides no characters', () => {
  const long = noticeOf([told('a', `${'x'.repeat(500)}\u202e`)])
  expect(long?.body.length).toBe(100)
  expect(noticeOf([told('a', 'a\u202eb')])?.body).not.toContain('\u202e')
})
