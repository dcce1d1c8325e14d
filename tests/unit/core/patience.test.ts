import { expect, test } from 'playwright/test'
import type { Observation } from '../../../server/agents/adapter.ts'
import { beginActivity, observe } from '../../../server/core/activity.ts'
import type { Patience } from '../../../server/core/claims.ts'
import { at, PATIENCE, see, T0 } from '../../support/seen.ts'

test('a dialog against a stronger "working" must stay, but where nothing else tells of dialogs', () => {
  const seen = [see('live', 'working', 1), see('screen', 'asking', 5)]
  const after = (patience: Patience, second: number) => {
    const first = seen.reduce(
      (state, one) => observe(state, one, one.at),
      beginActivity('a1', patience, T0),
    )
    return observe(first, see('screen', 'asking', second), at(second)).activity
  }
  expect(after(PATIENCE, 5.4)).toBe('working')
  expect(after(PATIENCE, 6.6)).toBe('asking')
  const alone = { ...PATIENCE, dialogMs: 0 }
  expect(after(alone, 5)).toBe('asking')
  // A record that is written while it is there takes nothing back; the next screen does.
  const all = [see('screen', 'asking', 5), see('transcript', 'working', 5.5)]
  const play = (...words: Observation[]) =>
    words.reduce((state, one) => observe(state, one, one.at), beginActivity('a1', alone, T0))
  expect(play(...all).activity).toBe('asking')
  expect(play(...all, see('screen', 'working', 6)).activity).toBe('working')
})

test('a sign of work while an agent starts is no turn, unless it lasts', () => {
  const patience = { ...PATIENCE, startMs: 6_000 }
  const seen = (...words: Observation[]) =>
    words.reduce((state, one) => observe(state, one, one.at), beginActivity('a1', patience, T0))
  const started = seen(see('live', 'working', 1), see('live', 'idle', 3))
  expect(started).toMatchObject({ activity: 'idle', generation: 0 })
  expect(started.turn ?? started.lastTurn).toBeUndefined()
  const works = seen(see('live', 'working', 1), see('live', 'working', 7))
  expect(works).toMatchObject({ activity: 'working', turn: { startedAt: at(1) } })
  expect(seen(see('hook', 'prompted', 1)).turn).toMatchObject({ startedAt: at(1) })
})

test('a record that the screen contradicts is believed for the time of its kind', () => {
  const after = (patience: Patience) => {
    const words = [see('transcript', 'working', 1), see('screen', 'idle', 3)]
    return words.reduce(
      (state, one) => observe(state, one, one.at),
      beginActivity('a1', patience, T0),
    )
  }
  expect(after(PATIENCE).activity).toBe('working')
  expect(after({ ...PATIENCE, transcriptMs: 1_500 }).activity).toBe('idle')
})
