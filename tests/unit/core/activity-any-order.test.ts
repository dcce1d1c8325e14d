import { expect, test } from 'playwright/test'
import type { Observation, Statement } from '../../../server/agents/adapter.ts'
import {
  type ActivityState,
  askView,
  beginActivity,
  derive,
  observe,
} from '../../../server/core/activity.ts'
import type { Activity, EvidenceSource } from '../../../server/protocol.ts'
import { Random } from '../../support/random.ts'

const PATIENCE = { hookMs: 4_000, silenceMs: 5_000 }
const T0 = 1_700_000_000_000
const SEEDS = 200

const STATEMENTS: readonly Statement[] = [
  { type: 'started' },
  { type: 'prompted' },
  { type: 'working' },
  { type: 'working' },
  { type: 'retrying' },
  { type: 'idle' },
  { type: 'idle', end: 'interrupted' },
  { type: 'idle', end: 'failed' },
  { type: 'failed' },
  { type: 'asking', ask: { kind: 'permission', text: 'touch a', tool: 'Bash' } },
  { type: 'asking', ask: { kind: 'permission', text: 'rm b', tool: 'Bash', id: 'p2' } },
  { type: 'asking', ask: { kind: 'question', text: 'Which colour?' } },
]
const SOURCES: readonly EvidenceSource[] = ['live', 'hook', 'hook', 'transcript', 'screen']

function story(random: Random): Observation[] {
  let at = T0
  return Array.from({ length: random.whole(5, 60) }, () => {
    at += random.pick([1, 20, 300, 900, 3_000, 12_000])
    if (random.next() < 0.05) {
      return { source: 'silence', says: { type: 'idle' }, at, line: 'quiet', confidence: 'low' }
    }
    const says = random.pick(STATEMENTS)
    return { source: random.pick(SOURCES), says, at, line: says.type, confidence: 'medium' }
  })
}

/** The same story as it may reach us: in another order, with losses and repetitions. */
function garble(told: readonly Observation[], random: Random): Observation[] {
  const heard = told.flatMap((one) => {
    const dice = random.next()
    return dice < 0.15 ? [] : dice < 0.3 ? [one, one] : [one]
  })
  return random.shuffle(heard)
}

/** Plain throws, because the runner's `expect` is too slow for this many states. */
function must(holds: boolean, what: string, seed: number): void {
  if (!holds) throw new Error(`seed ${seed}: ${what}`)
}

/** What must hold in every state, whatever led to it. */
function check(state: ActivityState, now: number, before: ActivityState, seed: number): void {
  const { activity, turn, lastTurn } = state
  must(state.since <= now, 'since lies in the past', seed)
  must(state.generation >= before.generation, 'generations only grow', seed)
  must(state.asks >= before.asks, 'asks are only added', seed)
  for (const { source, at } of Object.values(state.claims)) {
    const held = before.claims[source]
    const isNewer = !held || held.says.type === 'started' || at >= held.at
    must(isNewer, 'no source is taken at an older word of its own', seed)
  }
  if (turn) {
    must(turn.generation === state.generation, 'the open turn is the newest', seed)
    must(turn.startedAt <= now, 'a turn starts in the past', seed)
    must(turn.startedAt >= (lastTurn?.endedAt ?? 0), 'turns do not overlap', seed)
  }
  if (lastTurn) must(lastTurn.endedAt >= lastTurn.startedAt, 'a turn ends after its start', seed)
  const running = activity === 'working' || activity === 'retrying'
  must(!running || turn !== undefined, 'work happens in a turn', seed)
  must((askView(state) !== undefined) === (activity === 'asking'), 'asking has an ask', seed)
}

/** What a person is told: a word that comes twice may make no second turn or ask. */
function shownOf(state: ActivityState): string {
  const { activity, generation, asks, turn } = state
  return [activity, generation, asks, turn?.startedAt, askView(state)?.id].join(' ')
}

function hear(told: readonly Observation[], start: number, seed: number) {
  let state = beginActivity('a1', PATIENCE, T0)
  let now = start
  for (const one of told) {
    const before = state
    now = Math.max(now + 7, one.at)
    state = observe(state, one, now)
    const again = JSON.stringify(derive(state, now)) === JSON.stringify(state)
    must(again, 'deriving again at the same time changes nothing', seed)
    // What is read again and again is no repetition: it says what is so now.
    const isPrompt = one.says?.type === 'prompted'
    const isEvent = one.source === 'hook' || one.source === 'transcript' || isPrompt
    const twice = isEvent ? shownOf(observe(state, one, now)) : shownOf(state)
    must(twice === shownOf(state), 'an event that comes twice changes nothing', seed)
    check(state, now, before, seed)
  }
  return { state, now }
}

const TRUTHS: readonly [says: Statement, activity: Activity][] = [
  [{ type: 'working' }, 'working'],
  [{ type: 'retrying' }, 'retrying'],
  [{ type: 'idle' }, 'idle'],
  [{ type: 'asking', ask: { kind: 'permission', text: 'mkdir c', tool: 'Bash' } }, 'asking'],
]

for (const sources of [['screen'], ['live', 'screen']] as const) {
  const names = sources.join(' and ')
  test(`after any order, loss and repetition, what ${names} go on saying is what we say`, () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = new Random(seed)
      const told = story(random)
      let { state, now } = hear(garble(told, random), T0, seed)
      const [says, activity] = random.pick(TRUTHS)
      // A weaker source needs the time of the stronger ones; then its word holds.
      for (let second = 0; second < 80; second += 2) {
        now += 2_000
        for (const source of sources) {
          state = observe(state, { source, says, at: now, line: 'now', confidence: 'high' }, now)
        }
      }
      const waits = activity === 'idle' ? ['idle', 'failed'] : [activity]
      expect(waits, `seed ${seed}`).toContain(state.activity)
      if (activity === 'idle') expect(state.turn, `seed ${seed}`).toBeUndefined()
      else expect(state.turn, `seed ${seed}`).toBeDefined()
    }
  })
}

test('after any order the process is the last word', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const random = new Random(seed)
    const told = story(random)
    const { state, now } = hear(garble(told, random), T0, seed)
    const gone: Observation = {
      source: 'process',
      says: { type: 'ended' },
      at: now,
      line: 'gone',
      confidence: 'high',
    }
    let ended = observe(state, gone, now)
    for (const late of garble(told, random)) ended = observe(ended, late, now + 1_000)
    expect(ended.endedAt, `seed ${seed}`).toBe(now)
    expect(ended.turn).toBeUndefined()
    expect(askView(ended)).toBeUndefined()
  }
})

test('without any more words nothing but waiting states remain', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const random = new Random(seed)
    const { state, now } = hear(garble(story(random), random), T0, seed)
    const later = derive(state, now + 3_600_000)
    expect(['working', 'retrying'], `seed ${seed}`).not.toContain(later.activity)
  }
})
