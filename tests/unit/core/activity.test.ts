import { expect, test } from 'playwright/test'
import type { Observation, Statement } from '../../../server/agents/adapter.ts'
import {
  type ActivityState,
  askView,
  beginActivity,
  derive,
  impossible,
  observe,
} from '../../../server/core/activity.ts'
import type { Activity, EvidenceSource } from '../../../server/protocol.ts'
import { ask, at, PATIENCE, type SAYS, see, T0 } from '../../support/seen.ts'

/** Applies observations, each at its own time unless it says when it reached us. */
function play(...seen: (Observation & { arrives?: number })[]): ActivityState {
  let state = beginActivity('a1', PATIENCE, T0)
  for (const { arrives, ...observation } of seen) {
    state = observe(state, observation, arrives ?? observation.at)
  }
  return state
}

test('nothing seen is unknown, and stays unknown', () => {
  const state = beginActivity('a1', PATIENCE, T0)
  expect(state.activity).toBe('unknown')
  expect(derive(state, at(3_600))).toBe(state)
})

test.describe('from each activity, each word leads where the table says', () => {
  const arrive: Record<Activity, ActivityState> = {
    unknown: play(),
    idle: play(see('hook', 'working', 0), see('hook', 'idle', 1)),
    working: play(see('hook', 'prompted', 1)),
    asking: play(see('hook', 'prompted', 0), see('hook', 'asking', 1)),
    retrying: play(see('hook', 'prompted', 0), see('hook', 'retrying', 1)),
    failed: play(see('hook', 'prompted', 0), see('hook', 'failed', 1)),
  }
  type Row = [word: keyof typeof SAYS, to: Record<Activity, Activity>]
  const all = (activity: Activity): Record<Activity, Activity> => ({
    unknown: activity,
    idle: activity,
    working: activity,
    asking: activity,
    retrying: activity,
    failed: activity,
  })
  const table: Row[] = [
    ['prompted', all('working')],
    ['working', all('working')],
    ['asking', all('asking')],
    ['retrying', all('retrying')],
    ['failed', all('failed')],
    // A failure stays until there is work again, and a start lowers nothing.
    ['idle', { ...all('idle'), failed: 'failed' }],
    [
      'started',
      {
        unknown: 'idle',
        idle: 'idle',
        working: 'working',
        asking: 'asking',
        retrying: 'retrying',
        failed: 'failed',
      },
    ],
  ]
  for (const [word, to] of table) {
    for (const [from, activity] of Object.entries(to)) {
      test(`${from}, then ${word}: ${activity}`, () => {
        const state = observe(arrive[from as Activity], see('hook', word, 3), at(3))
        expect(state.activity).toBe(activity)
      })
    }
  }
})

test.describe('turns', () => {
  test('one opens at the prompt and closes when the agent waits', () => {
    const open = play(see('hook', 'prompted', 1), see('hook', 'working', 2))
    expect(open.turn).toEqual({ generation: 1, startedAt: at(1), prompted: true })
    const closed = observe(open, see('hook', 'idle', 9), at(9))
    expect(closed.turn).toBeUndefined()
    expect(closed.lastTurn).toMatchObject({ generation: 1, endedAt: at(9), end: 'done' })
  })

  test('an ask and a prompt in between are the same turn', () => {
    const state = play(
      see('hook', 'prompted', 1),
      see('hook', 'asking', 2),
      see('hook', 'working', 3),
      see('hook', 'prompted', 4),
    )
    expect(state.turn?.generation).toBe(1)
  })

  test('work that nobody prompted in our sight is a turn too, from its first sign', () => {
    const state = play(see('screen', 'working', 5))
    expect(state.turn).toEqual({ generation: 1, startedAt: at(5), prompted: false })
  })

  test('a prompt that is reported after its work moves the beginning', () => {
    const state = play(see('screen', 'working', 5), {
      ...see('hook', 'prompted', 4),
      arrives: at(6),
    })
    expect(state.turn).toEqual({ generation: 1, startedAt: at(4), prompted: true })
  })

  test('a prompt that is heard again after its turn ended begins no other, whoever tells it', () => {
    for (const source of ['live', 'hook', 'transcript'] as const) {
      const closed = play(see(source, 'prompted', 1), see(source, 'idle', 5))
      const again = observe(closed, see(source, 'prompted', 1), at(6))
      expect(again, source).toMatchObject({ activity: 'idle', generation: 1 })
      expect(again.turn, source).toBeUndefined()
      const next = observe(again, see(source, 'prompted', 7), at(7))
      expect(next.turn, source).toMatchObject({ generation: 2, startedAt: at(7) })
    }
  })

  test('a log that is found after the first turn says when that began', () => {
    const closed = play(see('screen', 'working', 5), see('screen', 'idle', 6))
    const told = observe(closed, see('transcript', 'prompted', 4.8), at(8))
    expect(told.turn).toBeUndefined()
    expect(told.lastTurn).toMatchObject({ generation: 1, startedAt: at(4.8), prompted: true })
    // One of an earlier run is none of this turn's.
    const older = observe(closed, see('transcript', 'prompted', -60), at(8))
    expect(older.lastTurn).toEqual(closed.lastTurn)
  })

  test('a dialog before the first prompt is no turn', () => {
    const state = play(see('screen', ask('Do you trust this folder?', undefined, 'startup'), 1))
    expect(state.activity).toBe('asking')
    expect(state.turn).toBeUndefined()
  })

  test('the reason is taken from whoever tells it', () => {
    const stop = (says: Statement) => play(see('hook', 'prompted', 1), see('transcript', says, 5))
    const ends = (state: ActivityState) => derive(state, at(6)).lastTurn?.end
    expect(
      ends(observe(stop({ type: 'idle', end: 'interrupted' }), see('live', 'idle', 6), at(6))),
    ).toBe('interrupted')
    expect(ends(observe(stop({ type: 'failed' }), see('live', 'idle', 6), at(6)))).toBe('failed')
  })

  test('a reason that comes after the end still corrects a guess, but no word of a source', () => {
    const guessed = play(see('hook', 'prompted', 1), see('live', 'idle', 5))
    expect(guessed.lastTurn).toMatchObject({ end: 'done', told: false })
    const late = see('transcript', { type: 'idle', end: 'interrupted' }, 5.2)
    const told = observe(guessed, late, at(7))
    expect(told.lastTurn).toMatchObject({ end: 'interrupted', told: true })
    const again = observe(told, see('transcript', { type: 'idle', end: 'done' }, 5.3), at(8))
    expect(again.lastTurn?.end).toBe('interrupted')
  })

  test('an ask that is left for good ends the turn as asked', () => {
    const state = play(see('live', 'working', 1), see('live', 'asking', 2), see('live', 'idle', 20))
    expect(state.lastTurn?.end).toBe('asked')
  })

  test('late words of an older turn are ignored', () => {
    const state = play(
      see('hook', 'prompted', 1),
      see('hook', 'idle', 5),
      see('screen', 'working', 10),
    )
    const second = derive(state, at(10))
    expect(second.turn?.generation).toBe(2)
    const late = observe(second, see('transcript', 'idle', 4), at(11))
    expect(late.turn?.generation).toBe(2)
    expect(late.activity).toBe('working')
    const failed = observe(second, see('transcript', 'failed', 4), at(11))
    expect(failed.activity).toBe('working')
    expect(failed.failure).toBeUndefined()
  })

  test('a prompt after a gap in what we know is a new turn, the old one is lost', () => {
    const working = play(see('hook', 'prompted', 1))
    const unknown = derive(working, at(60))
    expect(unknown.activity).toBe('unknown')
    expect(unknown.turn?.generation).toBe(1)
    const next = observe(unknown, see('hook', 'prompted', 61), at(61))
    expect(next.lastTurn).toMatchObject({ generation: 1, end: 'lost' })
    expect(next.turn?.generation).toBe(2)
  })
})

test.describe('who is believed', () => {
  test('a live file beats a hook, a hook a transcript, a transcript a screen', () => {
    const order: EvidenceSource[] = ['live', 'hook', 'transcript', 'screen']
    order.forEach((strong, index) => {
      for (const weak of order.slice(index + 1)) {
        const state = play(
          see(strong, 'idle', 1),
          see(weak, 'working', 0.5),
          see(strong, 'idle', 1),
        )
        expect(state.activity, `${strong} over ${weak}`).toBe('idle')
        expect(state.evidence.source).toBe(strong)
      }
    })
  })

  test('a hook alone never holds working', () => {
    const state = play(see('hook', 'prompted', 1))
    expect(derive(state, at(4)).activity).toBe('working')
    expect(derive(state, at(6)).activity).toBe('unknown')
  })

  test('a screen takes over from a hook that fell silent, within its time', () => {
    const state = play(see('hook', 'working', 1), see('screen', 'idle', 2))
    expect(state.activity).toBe('working')
    const later = observe(state, see('screen', 'idle', 5.5), at(5.5))
    expect(later.activity).toBe('idle')
    expect(later.evidence.source).toBe('screen')
  })

  test('a live file that can no longer be read gives way', () => {
    const state = play(see('live', 'working', 1), see('screen', 'idle', 8))
    expect(state.activity).toBe('working')
    expect(derive(state, at(12)).activity).toBe('idle')
    expect(derive(state, at(40)).activity).toBe('unknown')
  })

  test('what a source that tells each change once said last holds while nobody contradicts', () => {
    const told = play(see('live', 'asking', 1))
    expect(derive(told, at(600)).activity).toBe('asking')
    expect(askView(derive(told, at(600)))?.id).toBe(askView(told)?.id)
    const idle = play(see('live', 'working', 1), see('live', 'idle', 2))
    expect(derive(idle, at(600)).activity).toBe('idle')
    expect(observe(idle, see('screen', 'working', 600), at(600)).activity).toBe('working')
  })

  test('silence fills only a blank', () => {
    const idle = see('silence', 'idle', 2)
    expect(play(idle).activity).toBe('idle')
    expect(play(see('transcript', 'working', 1), { ...idle, arrives: at(9) }).activity).toBe(
      'working',
    )
    expect(play(see('hook', 'asking', 1), { ...idle, arrives: at(9) }).activity).toBe('asking')
    expect(play(see('hook', 'working', 1), { ...idle, arrives: at(9) }).activity).toBe('idle')
  })

  test('what an older observation says never replaces a newer one of its source', () => {
    const state = play(see('hook', 'idle', 5), { ...see('hook', 'working', 3), arrives: at(5) })
    expect(state.activity).toBe('idle')
  })

  test('the process is the last word', () => {
    const gone = see('process', { type: 'ended' }, 5)
    const state = play(see('live', 'working', 1), gone, see('screen', 'working', 6))
    expect(state.endedAt).toBe(at(5))
    expect(state.lastTurn).toMatchObject({ end: 'lost', endedAt: at(5) })
    const told = observe(state, see('transcript', { type: 'idle', end: 'done' }, 4.9), at(25))
    expect(told.lastTurn?.end).toBe('done')
  })

  test('a failure stays though the file calls it idle, until there is work again', () => {
    const failed = play(
      see('live', 'working', 1),
      see('hook', 'failed', 5),
      see('live', 'working', 5.2),
      see('live', 'idle', 5.6),
    )
    expect(failed.activity).toBe('failed')
    const minutesLater = observe(failed, see('live', 'idle', 300), at(300))
    expect(minutesLater.activity).toBe('failed')
    expect(minutesLater.lastTurn?.end).toBe('failed')
    const again = observe(minutesLater, see('live', 'working', 301), at(301))
    expect(again.activity).toBe('working')
    expect(observe(again, see('live', 'idle', 310), at(310)).activity).toBe('idle')
  })

  test('a prompt counts at once although the file still says idle', () => {
    const state = play(see('live', 'idle', 1), see('hook', 'prompted', 5), see('live', 'idle', 5.3))
    expect(state.activity).toBe('working')
    expect(state.turn?.generation).toBe(1)
    expect(observe(state, see('live', 'idle', 12), at(12)).activity).toBe('idle')
  })

  test('an ask counts at once although the file still says busy', () => {
    const state = play(
      see('live', 'working', 1),
      see('hook', 'asking', 5),
      see('live', 'working', 5.3),
    )
    expect(state.activity).toBe('asking')
    const denied = observe(state, see('live', 'working', 7), at(7))
    expect(denied.activity, 'a hint that nothing confirms ends').toBe('working')
  })

  test('a coarse file that knows only busy is made precise by record, dialog and retry', () => {
    const busy = see('live', 'working', 1)
    const record = play(busy, see('transcript', 'asking', 5), see('live', 'working', 60))
    expect(record.activity).toBe('asking')
    const half = play(busy, see('screen', 'asking', 5))
    expect(half.activity, 'one frame is not enough').toBe('working')
    expect(observe(half, see('screen', 'asking', 7), at(7)).activity).toBe('asking')
    const retry = play(busy, see('screen', 'retrying', 5))
    expect(retry.activity).toBe('retrying')
    expect(observe(retry, see('screen', 'working', 6), at(6)).activity).toBe('working')
  })

  test('a clock that is set back does not freeze the state', () => {
    const ahead = play(see('screen', 'working', 3_600), see('hook', 'working', 3_600))
    const now = at(10)
    let state = derive(ahead, now)
    state = observe(state, see('screen', 'idle', 11), at(11))
    state = observe(state, see('screen', 'idle', 16), at(16))
    expect(state.activity).toBe('idle')
    expect(state.since).toBeLessThanOrEqual(at(16))
  })
})

test.describe('asks', () => {
  const idOf = (state: ActivityState) => askView(state)?.id

  test('one ask that several sources tell of is one ask, in the best words', () => {
    const state = play(
      see('hook', 'prompted', 1),
      see('live', ask('permission prompt'), 2),
      see('hook', ask('touch a', 'Bash'), 2.1),
      see('screen', ask('Bash command: touch a'), 2.4),
      see('hook', ask('Claude needs your permission'), 8),
    )
    expect(state.asks).toBe(1)
    expect(askView(state)).toMatchObject({ text: 'touch a', tool: 'Bash', since: at(2) })
  })

  test('another command of the same source is another ask', () => {
    const first = play(see('hook', ask('touch a', 'Bash'), 2))
    const second = observe(first, see('hook', ask('rm b', 'Bash'), 3), at(3))
    expect(idOf(second)).not.toBe(idOf(first))
    expect(askView(second)?.text).toBe('rm b')
  })

  test('the same command after work is another ask', () => {
    const first = play(see('hook', 'asking', 2))
    const worked = observe(first, see('hook', 'working', 3), at(3))
    const second = observe(worked, see('hook', 'asking', 4), at(4))
    expect(askView(worked)).toBeUndefined()
    expect(idOf(second)).not.toBe(idOf(first))
  })

  test('a dialog that is drawn at another width, or blinks, stays the same ask', () => {
    const first = play(see('screen', ask('Run touch some/long/path?'), 2))
    const wrapped = observe(first, see('screen', ask('Run touch  some/\nlong/pa…'), 5), at(5))
    expect(idOf(wrapped)).toBe(idOf(first))
    const blinked = observe(wrapped, see('screen', 'idle', 6), at(6))
    const back = observe(blinked, see('screen', ask('Run touch some/long/path?'), 6.5), at(6.5))
    expect(idOf(back)).toBe(idOf(first))
  })

  test('an ask outlives a gap in what we know', () => {
    const first = play(see('live', 'asking', 2))
    const later = derive(first, at(30))
    const back = observe(later, see('live', 'asking', 31), at(31))
    expect(idOf(back)).toBe(idOf(first))
  })

  test('ids that the agent gives tell its asks apart', () => {
    const named = (id: string, second: number) =>
      see('hook', ask('touch a', 'Bash', 'permission', id), second)
    const first = play(named('p1', 1))
    expect(idOf(observe(first, named('p1', 2), at(2)))).toBe(idOf(first))
    expect(idOf(observe(first, named('p2', 2), at(2)))).not.toBe(idOf(first))
  })
})

test('what cannot be is told and changes nothing', () => {
  const working = play(see('hook', 'prompted', 1))
  const wrong: Observation[] = [
    see('process', 'idle', 2),
    see('screen', { type: 'ended' }, 2),
    see('silence', 'working', 2),
    { ...see('hook', 'idle', 2), at: Number.NaN },
  ]
  for (const observation of wrong) {
    expect(impossible(working, observation)).toBeTruthy()
    expect(observe(working, observation, at(2))).toBe(working)
  }
  const gone = observe(working, see('process', { type: 'ended' }, 3), at(3))
  expect(impossible(gone, see('hook', 'working', 9))).toContain('after the process ended')
  expect(impossible(gone, see('hook', 'idle', 2))).toBeUndefined()
})

test('a repeated reading changes nothing that is shown', () => {
  const first = play(see('live', 'working', 1))
  const second = observe(
    first,
    { ...see('live', 'working', 4), line: 'a spinner has turned' },
    at(4),
  )
  const { claims: _, ...shownFirst } = first
  const { claims: __, ...shownSecond } = second
  expect(shownSecond).toEqual(shownFirst)
})
