import { expect, test } from 'playwright/test'
import type { AgentRow } from '../../../db/agents.ts'
import type { TmuxRunRow } from '../../../db/tmux-runs.ts'
import { LAST_MOMENTS_MS } from '../../../server/core/layouts.ts'
import { agentsLostWith } from '../../../server/core/lost.ts'
import { resumePlan, shellLine } from '../../../server/core/resume-plan.ts'
import {
  historicalView,
  KEPT_AGENTS,
  KEPT_DAYS,
  rowsToForget,
  SHOWN_AGENTS,
  shownRows,
} from '../../../server/core/stored-agent.ts'
import type { AgentView } from '../../../server/protocol.ts'
import { agent } from '../../support/agent-view.ts'
import { CONVERSATIONS } from '../../support/resumable-agent.ts'

const NOW = 1_700_000_000_000
const [CONVERSATION] = CONVERSATIONS

function row(id: string, change: Partial<AgentRow> = {}, view: Partial<AgentView> = {}): AgentRow {
  return {
    id,
    view: agent({ id, ...view }),
    run: 't1-1-1',
    window: 0,
    argv: ['claude'],
    transcript: null,
    tool: '',
    seenAt: NOW,
    endedAt: null,
    ...change,
  }
}

function plan(view: Partial<AgentView>, argv = ['claude'], hasFolder = true) {
  return resumePlan(row('a', { argv }, { conversation: CONVERSATION, ...view }), hasFolder)
}

test('an agent of before is unknown, its tool named, and nothing of it runs', () => {
  const view = { activity: 'working', turn: { generation: 2, startedAt: 5 } } as const
  const past = historicalView(row('a', { tool: 'Bash: npm test' }, view))
  expect(past).toMatchObject({
    liveness: 'historical',
    activity: 'unknown',
    tool: 'Bash: npm test',
    evidence: { line: 'last seen working', at: NOW },
  })
  expect(past.turn).toBe(undefined)
})

test('the newest are shown, one for each conversation', () => {
  const many = Array.from({ length: SHOWN_AGENTS + 10 }, (_, at) => row(`a${at}`, { seenAt: at }))
  expect(shownRows(many, () => false)).toHaveLength(SHOWN_AGENTS)
  expect(shownRows(many, () => false)[0]?.id).toBe(`a${SHOWN_AGENTS + 9}`)
  const same = { conversation: CONVERSATION }
  const rows = [row('old', { seenAt: 1 }, same), row('new', { seenAt: 2 }, same)]
  expect(shownRows(rows, () => false).map(({ id }) => id)).toEqual(['new'])
})

test('what is too much or too old is forgotten, but never what is needed', () => {
  const many = Array.from({ length: KEPT_AGENTS + 3 }, (_, at) =>
    row(`a${at}`, { seenAt: NOW - at }),
  )
  const last = `a${KEPT_AGENTS + 2}`
  expect(rowsToForget(many, () => false, NOW)).toHaveLength(3)
  expect(rowsToForget(many, (id) => id === last, NOW)).not.toContain(last)
  const old = row('old', { seenAt: NOW - (KEPT_DAYS + 1) * 86_400_000 })
  expect(rowsToForget([old, row('new')], () => false, NOW)).toEqual(['old'])
})

test('an agent is lost with its tmux unless it ended by itself before', () => {
  const run: TmuxRunRow = {
    id: 't1-1-1',
    server: 't1',
    label: 'default',
    sessions: [],
    restoredBy: null,
    seenAt: NOW,
    resumedAt: null,
  }
  const rows = [
    row('live'),
    row('with-it', { endedAt: NOW - LAST_MOMENTS_MS + 1 }),
    row('before', { endedAt: NOW - LAST_MOMENTS_MS }),
    row('elsewhere', { run: 't1-2-2' }),
    row('child', {}, { parent: 'live' }),
  ]
  expect(agentsLostWith(run, rows).map(({ id }) => id)).toEqual(['live', 'with-it'])
})

test('a resume keeps the model and drops the prompt; what cannot be resumed says why', () => {
  const argv = ['claude', '--model', 'opus', 'Please tidy up']
  expect(plan({}, argv)).toEqual({
    command: ['claude', '--model', 'opus', '--resume', CONVERSATION],
  })
  const reason = (view: Partial<AgentView>, words?: string[], hasFolder?: boolean) => {
    const made = plan(view, words, hasFolder)
    return 'reason' in made ? made.reason : ''
  }
  expect(reason({}, ['claude'], false)).toMatch(/folder .* is gone/)
  expect(reason({ where: 'ssh' })).toMatch(/another machine/)
  expect(reason({ where: 'container' })).toMatch(/container/)
  expect(reason({ kind: 'other' })).toMatch(/no command/)
  expect(reason({ parent: 'a0' })).toMatch(/Another agent/)
  expect(reason({ conversation: '--help' })).toMatch(/no known form/)
  expect(reason({}, ['claude', '--settings', '[redacted:token:40]'])).toMatch(/secret/)
  expect('reason' in resumePlan(row('a'), true)).toBe(true)
})

test('words that mean something to a shell are quoted', () => {
  expect(shellLine(['claude', '--model=opus', '/a/b'])).toBe('claude --model=opus /a/b')
  expect(shellLine(["it's", '$(x)', '', 'a b', '~/x', '=ls'])).toBe(
    "'it'\\''s' '$(x)' '' 'a b' '~/x' '=ls'",
  )
})
