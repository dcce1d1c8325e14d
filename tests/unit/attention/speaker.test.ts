import { expect, test } from 'playwright/test'
import type { Statement } from '../../../server/agents/adapter.ts'
import { type ActivityState, beginActivity, observe } from '../../../server/core/activity.ts'
import { speakerOf } from '../../../server/core/speaker.ts'
import type { EvidenceSource, TurnEnd } from '../../../server/protocol.ts'

const NOW = 10_000_000
const patience = { hookMs: 5_000, silenceMs: 5_000 }

/** An agent of which these were heard, each a second after the one before. */
function heard(...words: [EvidenceSource, Statement][]): ActivityState {
  return words.reduce(
    (state, [source, says], index) => {
      const at = NOW + index * 1_000
      const said = { source, at, line: '', confidence: 'high', says } as const
      return observe(state, said, at)
    },
    beginActivity('a1', patience, NOW),
  )
}

const prompted: [EvidenceSource, Statement] = ['hook', { type: 'prompted' }]
const asked: [EvidenceSource, Statement] = [
  'hook',
  { type: 'asking', ask: { kind: 'permission', text: 'make' } },
]

function ended(end: Exclude<TurnEnd, 'lost'>): [EvidenceSource, Statement] {
  return ['hook', { type: 'idle', end }]
}

function who(state: ActivityState, typedAt?: number): string | undefined {
  return speakerOf(state, state.lastTurn, typedAt)?.who
}

test('the last word is the prompt, the end of the turn, the dialog or what was typed', () => {
  expect(who(heard())).toBeUndefined()
  expect(who(heard(), NOW)).toBe('user')
  expect(who(heard(prompted))).toBe('user')
  expect(who(heard(prompted, ended('done')))).toBe('agent')
  expect(who(heard(prompted, ended('failed')))).toBe('agent')
  expect(who(heard(prompted, ended('interrupted')))).toBe('user')
  expect(who(heard(prompted, asked))).toBe('agent')
  expect(who(heard(prompted, asked), NOW + 1_000)).toBe('user')
  expect(who(heard(prompted, ended('done'), prompted))).toBe('user')
  expect(who(heard(prompted, ended('done')), NOW + 999)).toBe('agent')
  expect(who(heard(prompted, ended('done')), NOW + 1_001)).toBe('user')
  expect(who(heard(prompted, ['process', { type: 'ended' }]))).toBe('user')
})

test('the end of a turn that nobody saw begin is the word of the agent', () => {
  const state = heard(['transcript', { type: 'idle', end: 'done' }])
  expect(state.lastTurn).toBeUndefined()
  expect(speakerOf(state, undefined, undefined)).toEqual({ who: 'agent', at: NOW })
  const known = { generation: 1, startedAt: 1, endedAt: NOW - 30_000, end: 'interrupted' } as const
  expect(speakerOf(state, known, undefined)?.who).toBe('user')
  const older = { ...known, endedAt: NOW - 90_000 }
  expect(speakerOf(state, older, undefined)).toEqual({ who: 'agent', at: NOW })
})
