import { expect, test } from 'playwright/test'
import type { Observation, ObservedFacts, Statement } from '../../../server/agents/adapter.ts'
import { type ActivityState, beginActivity, observe } from '../../../server/core/activity.ts'
import { excerpt } from '../../../server/core/excerpt.ts'
import {
  changedTurns,
  EMPTY_BOOK,
  keepTurns,
  type TurnBook,
  turnView,
} from '../../../server/core/turns.ts'
import type { EvidenceSource } from '../../../server/protocol.ts'

const T0 = 1_700_000_000_000

/** An agent with its books. */
class Kept {
  state: ActivityState = beginActivity('a1', { hookMs: 4_000, silenceMs: 5_000 }, T0)
  book: TurnBook = EMPTY_BOOK

  see(second: number, says?: Statement, facts?: ObservedFacts, source: EvidenceSource = 'hook') {
    const observation: Observation = {
      source,
      at: T0 + second * 1_000,
      line: '',
      confidence: 'high',
      ...(says ? { says } : {}),
      ...(facts ? { facts } : {}),
    }
    this.state = observe(this.state, observation, observation.at)
    const before = this.book
    this.book = keepTurns(this.book, this.state, observation)
    return changedTurns(before, this.book)
  }
}

const prompted: Statement = { type: 'prompted' }
const working: Statement = { type: 'working' }
const idle: Statement = { type: 'idle' }

test('a turn has its prompt, its last words, its tools and why it ended', () => {
  const kept = new Kept()
  kept.see(1, prompted, { prompt: 'Please\n  tidy up' })
  kept.see(2, working, { toolStarted: true, tool: 'Bash: ls' })
  kept.see(3, working, { toolStarted: true, tool: 'Edit: a.ts' })
  kept.see(4, undefined, { lastWords: 'I looked around.' }, 'transcript')
  kept.see(9, { type: 'idle', end: 'done' }, { lastWords: 'All done.' })
  expect(turnView(kept.book.last ?? fail(), 'a1')).toEqual({
    id: 'a1.1',
    agent: 'a1',
    generation: 1,
    startedAt: T0 + 1_000,
    endedAt: T0 + 9_000,
    end: 'done',
    prompt: 'Please tidy up',
    lastWords: 'All done.',
    tools: 2,
    usage: {},
  })
})

function fail(): never {
  throw new Error('there is no such turn')
}

test('nothing is to be written where nothing changed', () => {
  const kept = new Kept()
  expect(kept.see(1, prompted, { prompt: 'x' })).toHaveLength(1)
  expect(kept.see(2, working)).toEqual([])
  expect(kept.see(3, working, { lastWords: 'a' })).toHaveLength(1)
  expect(kept.see(4, working, { lastWords: 'a' })).toEqual([])
  expect(kept.see(5, idle)).toHaveLength(1)
  expect(kept.see(6, idle)).toEqual([])
})

test('tokens count once, however often their record is read', () => {
  const kept = new Kept()
  kept.see(1, prompted)
  const use = (recordId: string): ObservedFacts => ({
    usage: { input: 100, output: 20, contextUsed: 120 },
    usageKind: 'sum',
    recordId,
  })
  for (let replay = 0; replay < 3; replay += 1) {
    kept.see(2, undefined, use('r1'), 'transcript')
    kept.see(3, undefined, use('r2'), 'transcript')
  }
  expect(kept.book.current?.usage).toEqual({ input: 200, output: 40, contextUsed: 120 })
  expect(kept.book.total).toEqual({ input: 200, output: 40, contextUsed: 120 })
})

test('totals that come after the end replace what was counted, and belong to the last turn', () => {
  const kept = new Kept()
  kept.see(1, prompted)
  kept.see(2, undefined, { usage: { output: 20 }, recordId: 'r1' }, 'transcript')
  kept.see(5, idle)
  const totals: ObservedFacts = {
    usage: { input: 5_000, output: 321 },
    usageKind: 'total',
    recordId: 'shutdown',
  }
  for (let replay = 0; replay < 3; replay += 1) kept.see(25, undefined, totals, 'transcript')
  expect(kept.book.total).toEqual({ input: 5_000, output: 321 })
  expect(kept.book.last?.usage, 'its parts are what we know of the turn').toEqual({ output: 20 })
})

test("where an agent tells only totals, a turn's part is the difference", () => {
  const kept = new Kept()
  const total = (output: number): ObservedFacts => ({ usage: { output }, usageKind: 'total' })
  kept.see(1, idle, total(100), 'transcript')
  kept.see(2, prompted)
  kept.see(3, working, total(150), 'transcript')
  kept.see(4, working, total(170), 'transcript')
  kept.see(5, idle)
  expect([kept.book.last?.usage, kept.book.total]).toEqual([{ output: 70 }, { output: 170 }])
})

test('one call that hook and transcript both tell of is one call', () => {
  const kept = new Kept()
  kept.see(1, prompted)
  for (const source of ['hook', 'transcript'] as const) {
    kept.see(2, working, { toolStarted: true }, source)
    kept.see(3, working, { toolStarted: true }, source)
  }
  expect(turnView(kept.book.current ?? fail(), 'a1').tools).toBe(2)
})

test('late facts go to the turn they are of, older ones to none', () => {
  const kept = new Kept()
  kept.see(1, prompted, { prompt: 'first' })
  kept.see(5, idle)
  kept.see(10, prompted, { prompt: 'second' })
  kept.see(4, undefined, { lastWords: 'words of the first' }, 'transcript')
  kept.see(0.5, undefined, { lastWords: 'words from before' }, 'transcript')
  expect([kept.book.last?.lastWords, kept.book.current?.lastWords]).toEqual([
    'words of the first',
    '',
  ])
  expect(kept.book.current?.prompt).toBe('second')
})

test('the first turn has its prompt, also where the log that tells it is found later', () => {
  const kept = new Kept()
  kept.see(5, working, undefined, 'screen')
  kept.see(6, idle, undefined, 'screen')
  const [told] = kept.see(4.8, prompted, { prompt: 'First words.' }, 'transcript')
  expect(turnView(told ?? fail(), 'a1')).toMatchObject({
    generation: 1,
    startedAt: T0 + 4_800,
    endedAt: T0 + 6_000,
    prompt: 'First words.',
  })
  expect(kept.book.current).toBeUndefined()
})

test('numbers that are none are unknown, not zero', () => {
  const kept = new Kept()
  kept.see(1, prompted)
  const usage = { input: Number.NaN, output: -3, costUsd: Number.POSITIVE_INFINITY, cacheRead: 7 }
  kept.see(2, undefined, { usage }, 'transcript')
  expect(kept.book.current?.usage).toEqual({ cacheRead: 7 })
})

test('what is stored of texts has passed the redactor', () => {
  const kept = new Kept()
  const token = `ghp_${'a1'.repeat(18)}`
  kept.see(1, prompted, { prompt: `use ${token}`, lastWords: `${'.'.repeat(225)} ${token}` })
  const view = turnView(kept.book.current ?? fail(), 'a1')
  expect(view.prompt).toBe('use [redacted:code-host:40]')
  // What an excerpt cuts in two is taken out before.
  expect(view.lastWords).not.toContain('ghp_')
})

test('an excerpt is one line of at most 240 characters and cuts no character in two', () => {
  expect(excerpt('  a\n\tb\u0007c  ')).toBe('a b c')
  const long = excerpt('😀'.repeat(300))
  expect(long.length).toBeLessThanOrEqual(240)
  expect(long.endsWith('😀…')).toBe(true)
  expect(excerpt('x'.repeat(10_000_000))).toHaveLength(240)
})
