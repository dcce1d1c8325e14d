import { expect, test } from 'playwright/test'
import {
  ENDED_MS,
  type GitMemory,
  LIVE_MS,
  nextPause,
  type WorktreeLife,
  whatIsDue,
} from '../../../server/core/git-timing.ts'

const life = (change: Partial<WorktreeLife> = {}): WorktreeLife => ({
  isWorking: false,
  isLive: true,
  turnEnds: '1',
  stir: 'idle',
  ...change,
})
const memory = (change: Partial<GitMemory> = {}): GitMemory => ({
  lookedAt: 0,
  pauseMs: LIVE_MS,
  turnEnds: '1',
  stir: 'idle',
  state: 'clean',
  ...change,
})
const WORKING = life({ isWorking: true })
const ENDED = life({ isLive: false })

const RULES: [string, GitMemory | undefined, WorktreeLife, boolean, number, string][] = [
  ['never asked', undefined, life(), false, 0, 'ask'],
  ['a turn has ended', memory(), life({ turnEnds: '2' }), false, 1, 'ask'],
  ['working, just asked', memory(), WORKING, true, LIVE_MS - 1, 'nothing'],
  ['working for a minute', memory(), WORKING, false, LIVE_MS, 'ask'],
  [
    'working after a long quiet time',
    memory({ pauseMs: ENDED_MS }),
    WORKING,
    false,
    LIVE_MS,
    'ask',
  ],
  ['something happened', memory(), life({ stir: 'asking' }), false, LIVE_MS, 'ask'],
  ['idle and on screen', memory(), life(), true, LIVE_MS, 'ask'],
  ['idle and on screen, quiet', memory({ pauseMs: 120_000 }), life(), true, LIVE_MS, 'nothing'],
  ['idle, nobody looks', memory(), life(), false, LIVE_MS, 'look'],
  ['ended a minute ago', memory(), ENDED, true, LIVE_MS, 'nothing'],
  ['ended, clean', memory(), ENDED, true, ENDED_MS, 'look'],
  ['ended, dirty', memory({ state: 'dirty' }), ENDED, true, ENDED_MS, 'ask'],
  ['ended, unknown', memory({ state: 'unknown' }), ENDED, true, ENDED_MS, 'ask'],
  ['ended, dirty, nobody looks', memory({ state: 'dirty' }), ENDED, false, ENDED_MS, 'look'],
  ['the clock was set back', memory({ lookedAt: 1e9 }), WORKING, false, 0, 'ask'],
]

for (const [name, held, now, isLooking, at, due] of RULES) {
  test(`${name}: ${due}`, () => expect(whatIsDue(held, now, isLooking, at)).toBe(due))
}

test('the pause doubles up to 15 minutes while nothing is new, and ends with any news', () => {
  expect(nextPause(undefined, life(), false)).toBe(LIVE_MS)
  expect(nextPause(memory(), life(), false)).toBe(2 * LIVE_MS)
  expect(nextPause(memory({ pauseMs: ENDED_MS }), life(), false)).toBe(ENDED_MS)
  expect(nextPause(memory({ pauseMs: ENDED_MS }), life(), true)).toBe(LIVE_MS)
  expect(nextPause(memory({ pauseMs: ENDED_MS }), WORKING, false)).toBe(LIVE_MS)
  expect(nextPause(memory({ pauseMs: ENDED_MS }), life({ stir: 'x' }), false)).toBe(LIVE_MS)
})
