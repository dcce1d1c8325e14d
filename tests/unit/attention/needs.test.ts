import { expect, test } from 'playwright/test'
import {
  type AttentionFacts,
  byNeed,
  needsOf,
  type Ranked,
  type Settled,
  settle,
  step,
} from '../../../server/core/attention.ts'
import { ATTENTION_REASONS, type AttentionReason, LIVENESS } from '../../../server/protocol.ts'
import { agent, dirty as git } from '../../support/agent-view.ts'
import { Random } from '../../support/random.ts'

const done = { generation: 3, startedAt: 100, endedAt: 200, end: 'done' } as const
const ask = { id: 'q1', kind: 'permission', text: 'rm -r build', since: 300 } as const

/** An agent that waits since its third turn has ended. */
const waiting = agent({
  activity: 'idle',
  lastTurn: done,
  lastWords: 'All tidy.',
  spoke: { who: 'agent', at: 200 },
})
const asking = agent({ activity: 'asking', ask, turn: { generation: 4, startedAt: 250 } })

function reasons(facts: AttentionFacts): AttentionReason[] {
  return needsOf(facts).map(({ reason }) => reason)
}

test('what an agent needs, from what is known of it', () => {
  const table: [string, AttentionFacts, AttentionReason | undefined][] = [
    ['it works', agent({ turn: { generation: 1, startedAt: 5 } }), undefined],
    ['nothing is known', agent({ activity: 'unknown' }), undefined],
    ['fresh, never prompted', agent({ activity: 'idle' }), undefined],
    ['a permission', asking, 'permission'],
    ['a question', { ...asking, ask: { ...ask, kind: 'question' } }, 'question'],
    ['a start-up dialog', { ...asking, ask: { ...ask, kind: 'startup' } }, 'permission'],
    ['failed now', agent({ activity: 'failed' }), 'failed'],
    ['failed, then idle', { ...waiting, lastTurn: { ...done, end: 'failed' } }, 'failed'],
    ['its turn is over', waiting, 'turn'],
    ['its turn is over, then it ended', { ...waiting, liveness: 'ended' }, 'turn'],
    ['the same, known from before', { ...waiting, liveness: 'historical' }, 'turn'],
    ['the user answered', { ...waiting, spoke: { who: 'user', at: 300 } }, undefined],
    [
      'ended with changes left',
      { ...waiting, liveness: 'ended', spoke: { who: 'user', at: 300 }, git },
      'uncommitted',
    ],
    ['changes while it lives', { ...waiting, spoke: { who: 'user', at: 300 }, git }, undefined],
    [
      'changes of others, it never had a turn',
      agent({ liveness: 'ended', activity: 'unknown', git }),
      undefined,
    ],
    [
      'git could not tell',
      {
        ...waiting,
        liveness: 'ended',
        spoke: { who: 'user', at: 300 },
        git: { ...git, state: 'unknown' },
      },
      undefined,
    ],
    [
      'cut off in its turn',
      agent({
        liveness: 'ended',
        activity: 'unknown',
        lastTurn: { ...done, end: 'lost' },
        spoke: { who: 'user', at: 100 },
      }),
      'interrupted',
    ],
    [
      'cut off by a restart',
      agent({ liveness: 'historical', lastTurn: { ...done, end: 'interrupted' } }),
      'interrupted',
    ],
    [
      'interrupted by its user',
      agent({
        activity: 'idle',
        lastTurn: { ...done, end: 'interrupted' },
        spoke: { who: 'user', at: 200 },
      }),
      undefined,
    ],
  ]
  for (const [what, facts, reason] of table) expect(reasons(facts)[0], what).toBe(reason)
})

test('of all that may hold at once, the first reason is the one, for each liveness', () => {
  for (const liveness of LIVENESS) {
    for (let bits = 0; bits < 64; bits += 1) {
      const [isPermission, isQuestion, isFailed, isTurn, isDirty, isLost] = [
        ...Array(6).keys(),
      ].map((bit) => ((bits >> bit) & 1) === 1)
      const held = isPermission || isQuestion
      const kind = isPermission ? 'permission' : 'question'
      const facts = agent({
        liveness,
        activity: held ? 'asking' : isFailed ? 'failed' : 'idle',
        ...(held ? { ask: { ...ask, kind } } : {}),
        lastTurn: { ...done, end: isLost ? 'lost' : isFailed ? 'failed' : 'done' },
        spoke: isTurn ? { who: 'agent', at: 200 } : { who: 'user', at: isLost ? 150 : 200 },
        ...(isDirty ? { git } : {}),
      })
      const isFailedShown = isFailed && !(held && isLost)
      const expected: AttentionReason[] = [
        ...(isPermission ? (['permission'] as const) : []),
        ...(!isPermission && isQuestion ? (['question'] as const) : []),
        ...(isFailedShown ? (['failed'] as const) : []),
        ...(isTurn ? (['turn'] as const) : []),
        ...(isDirty && liveness !== 'live' ? (['uncommitted'] as const) : []),
        ...(isLost ? (['interrupted'] as const) : []),
      ]
      expect(reasons(facts), `${liveness} ${bits.toString(2)}`).toEqual(expected)
    }
  }
})

/** Lets an agent live through facts; what is open after each. */
function live(...facts: AttentionFacts[]): (string | undefined)[] {
  let open: ReturnType<typeof needsOf>[number] | undefined
  let settled: Settled = {}
  return facts.map((one) => {
    const next = step(open, settled, one)
    if (next.type === 'changed') open = next.open
    if (next.type === 'closed' && open) settled = settle(settled, open, false)
    if (next.type === 'closed' || next.type === 'opened') open = next.next
    return open && `${open.reason} ${open.generation}`
  })
}

const gone = agent({ liveness: 'ended', activity: 'unknown' })
const blank = agent({ activity: 'unknown' })

test('only what shows that somebody acted ends a need', () => {
  const said = { who: 'user', at: 400 } as const
  const turn4 = { generation: 4, startedAt: 350 }
  const table: [string, AttentionFacts[], (string | undefined)[]][] = [
    [
      'it ended',
      [waiting, { ...waiting, liveness: 'ended' }, gone],
      ['turn 3', 'turn 3', 'turn 3'],
    ],
    ['nothing is known any more', [waiting, blank], ['turn 3', 'turn 3']],
    ['the user typed', [waiting, { ...waiting, spoke: said }], ['turn 3', undefined]],
    ['a new turn', [waiting, agent({ turn: turn4 })], ['turn 3', undefined]],
    [
      'a new turn that was over before we looked',
      [waiting, { ...waiting, lastTurn: { ...done, generation: 4 } }],
      ['turn 3', 'turn 4'],
    ],
    ['asked, then silence', [asking, { ...blank, turn: turn4 }], ['permission 4', 'permission 4']],
    ['asked, then its end', [asking, gone], ['permission 4', 'permission 4']],
    [
      'asked, then its end, idle as far as one knows',
      [asking, { ...gone, activity: 'idle' }],
      ['permission 4', 'permission 4'],
    ],
    [
      'failed, then typing at what is known of it no more',
      [agent({ activity: 'failed' }), agent({ activity: 'unknown', spoke: said })],
      ['failed 0', 'failed 0'],
    ],
    [
      'asked, then its end with a turn that was lost',
      [asking, { ...gone, lastTurn: { ...done, generation: 4, end: 'lost' } }],
      ['permission 4', 'permission 4'],
    ],
    ['asked, then work', [asking, agent({ turn: turn4 })], ['permission 4', undefined]],
    [
      'keys that answered nothing yet',
      [asking, { ...asking, spoke: said }],
      ['permission 4', 'permission 4'],
    ],
    [
      'another dialog',
      [asking, { ...asking, ask: { ...ask, id: 'q2', text: 'make' } }],
      ['permission 4', 'permission 4'],
    ],
    [
      'failed, and typing alone is no new turn',
      [
        agent({ activity: 'failed', lastTurn: { ...done, end: 'failed' } }),
        agent({ activity: 'idle', lastTurn: { ...done, end: 'failed' }, spoke: said }),
        agent({ turn: turn4, lastTurn: { ...done, end: 'failed' } }),
      ],
      ['failed 3', 'failed 3', undefined],
    ],
    [
      'your turn, then it ended with changes, then they were committed',
      [
        waiting,
        { ...waiting, spoke: said, git },
        { ...waiting, spoke: said, git, liveness: 'ended' },
        { ...waiting, spoke: said, git: { ...git, state: 'unknown' }, liveness: 'ended' },
        { ...waiting, spoke: said, git: { ...git, state: 'clean' }, liveness: 'ended' },
      ],
      ['turn 3', undefined, 'uncommitted 3', 'uncommitted 3', undefined],
    ],
  ]
  for (const [what, facts, open] of table) expect(live(...facts), what).toEqual(open)
})

test('what was dismissed comes back with a new end or dialog, and with nothing else', () => {
  const [need] = needsOf(waiting)
  const [dialog] = needsOf(asking)
  if (!need || !dialog) throw new Error('nobody waits')
  const settled = settle(settle({}, need, true), dialog, true)
  const opens = (facts: AttentionFacts) => {
    const next = step(undefined, settled, facts)
    return next.type === 'opened' ? next.next.reason : undefined
  }
  expect(opens(waiting)).toBeUndefined()
  expect(opens({ ...waiting, liveness: 'ended', git })).toBeUndefined()
  expect(opens(asking)).toBeUndefined()
  const end = { ...done, generation: 4, endedAt: 900 }
  expect(opens({ ...waiting, lastTurn: end, spoke: { who: 'agent', at: 900 } })).toBe('turn')
  expect(opens({ ...waiting, spoke: { who: 'agent', at: 90_000 } })).toBe('turn')
  expect(opens({ ...asking, ask: { ...ask, id: 'q2' } })).toBe('permission')
})

for (const newestFirst of [false, true]) {
  const end = newestFirst ? 'newest' : 'oldest'
  test(`the order is total: snoozed last, reason, sound before doubtful, the ${end} first`, () => {
    checkOrder(newestFirst)
  })
}

function checkOrder(newestFirst: boolean): void {
  const byOrder = (a: Ranked, b: Ranked) => byNeed(a, b, newestFirst)
  const random = new Random(7)
  const many: Ranked[] = Array.from({ length: 200 }, (_, at) => ({
    id: `n${String(at).padStart(3, '0')}`,
    reason: random.pick(ATTENTION_REASONS),
    since: random.whole(0, 5),
    isSnoozed: random.whole(0, 3) === 0,
    isDegraded: random.whole(0, 3) === 0,
  }))
  const sorted = [...many].sort(byOrder)
  for (let tries = 0; tries < 20; tries += 1) {
    expect(random.shuffle(many).sort(byOrder)).toEqual(sorted)
  }
  const key = ({ isSnoozed, reason, isDegraded, since, id }: Ranked) =>
    [
      ...[Number(isSnoozed), ATTENTION_REASONS.indexOf(reason), Number(isDegraded)],
      ...[newestFirst ? 5 - since : since, id],
    ].join(' ')
  expect(sorted.map(key)).toEqual(sorted.map(key).sort())
  for (const a of many.slice(0, 30)) {
    for (const b of many.slice(0, 30)) {
      expect(Math.sign(byOrder(a, b))).toBe(-Math.sign(byOrder(b, a)) || 0)
      expect(byOrder(a, b) === 0).toBe(a === b)
    }
  }
}

test('a permission outranks your turn however long that has waited', () => {
  const place = { isSnoozed: false, isDegraded: false }
  const old = { id: 'a', reason: 'turn', since: 0, ...place } as const
  const fresh = { id: 'b', reason: 'permission', since: 9e12, ...place } as const
  expect([old, fresh].sort((a, b) => byNeed(a, b)).map(({ id }) => id)).toEqual(['b', 'a'])
})
