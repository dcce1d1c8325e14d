import { expect, test } from 'playwright/test'
import { adapterOf } from '../../../server/agents/index.ts'
import { type ActivityState, beginActivity, observe } from '../../../server/core/activity.ts'
import { at, see, T0 } from '../../support/seen.ts'

const opencode = adapterOf('opencode')
const sessionID = 'ses_e0075cc67ffeL9yEcO6th30s3B'

/** What opencode 1.18 reports when its terminal is taken away while it answers. */
const HANGUP: readonly [string, object][] = [
  ['session.error', { error: { name: 'MessageAbortedError', data: { message: 'Aborted' } } }],
  ['session.status', { status: { type: 'idle' } }],
  ['session.idle', {}],
]

function hears(
  state: ActivityState,
  events: readonly [string, object][],
  second: number,
  heardAt = second,
): ActivityState {
  return events
    .flatMap(([event, more]) => {
      const payload = { sessionID, ...more }
      return (
        opencode.fromHook?.({
          ...{ kind: 'opencode', pane: '%1', pid: 1, event, payload },
          at: at(second),
        }) ?? []
      )
    })
    .reduce((all, one) => observe(all, one, at(heardAt)), state)
}

const working = () =>
  hears(
    beginActivity('a1', opencode.patience, T0),
    [
      ['chat.message', { parts: [] }],
      ['session.status', { status: { type: 'busy' } }],
    ],
    1,
  )

test('a turn that opencode interrupts itself because its terminal goes is lost', () => {
  const ended = observe(hears(working(), HANGUP, 20), see('process', { type: 'ended' }, 22), at(22))
  expect(ended.lastTurn).toMatchObject({ end: 'lost', endedAt: at(20) })
  // Its last words may reach us after the end of its process.
  const late = hears(
    observe(working(), see('process', { type: 'ended' }, 22), at(22)),
    HANGUP,
    20,
    23,
  )
  expect(late.lastTurn).toMatchObject({ end: 'lost' })
})

test('a turn that was interrupted before the end of opencode had nothing to do with it', () => {
  const ended = observe(hears(working(), HANGUP, 20), see('process', { type: 'ended' }, 40), at(40))
  expect(ended.lastTurn).toMatchObject({ end: 'interrupted' })
})
