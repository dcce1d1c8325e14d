import Sqlite from 'better-sqlite3'
import { expect, test } from 'playwright/test'
import { listAttentionOf } from '../../../db/attention.ts'
import type { AgentView } from '../../../server/protocol.ts'
import { agent, dirty } from '../../support/agent-view.ts'
import { AttentionStage, DAY, MINUTE } from '../../support/attention.ts'
import { Random } from '../../support/random.ts'
import { differences } from '../../support/wire.ts'

let stage: AttentionStage

test.beforeEach(async () => {
  stage = await AttentionStage.open()
})

test.afterEach(async () => {
  await stage[Symbol.asyncDispose]()
})

/** An agent whose turn ended a minute ago. */
function waits(id: string, generation = 1, change: Partial<AgentView> = {}): AgentView {
  const at = stage.clock.now() - MINUTE
  return agent({
    id,
    activity: 'idle',
    lastTurn: { generation, startedAt: at - MINUTE, endedAt: at, end: 'done' },
    spoke: { who: 'agent', at },
    lastWords: `words of ${id}`,
    ...change,
  })
}

function asks(id: string, text = 'rm -r build', ask = `${id}.1.1`): AgentView {
  const at = stage.clock.now() - MINUTE
  return agent({
    id,
    activity: 'asking',
    turn: { generation: 1, startedAt: at - MINUTE },
    spoke: { who: 'agent', at },
    ask: { id: ask, kind: 'permission', text, since: at },
  })
}

function only() {
  const [item, ...more] = stage.keeper.items()
  if (!item || more.length > 0) throw new Error(`${more.length} more items`)
  return item
}

test('three needs outlive exit, restart and a week, in the same order with the right ages', async () => {
  await stage.tell(waits('a2'), asks('a1'), waits('a3', 1, { activity: 'failed' }))
  expect(stage.needs()).toEqual(['permission a1', 'failed a3', 'turn a2'])
  const before = stage.keeper.items()
  await stage.tell(
    ...['a1', 'a2', 'a3'].map((id) => agent({ id, liveness: 'ended', activity: 'unknown' })),
  )
  expect(stage.keeper.items()).toEqual(before)
  await stage.restart()
  expect(stage.keeper.items()).toEqual(before)
  stage.clock.pass(7 * DAY)
  await stage.restart()
  expect(stage.needs()).toEqual(['permission a1', 'failed a3', 'turn a2'])
  const [permission, , turn] = stage.ages()
  expect(permission).toBe(7 * DAY + MINUTE)
  expect(turn).toBe(7 * DAY + MINUTE)
  await stage.tell(
    ...['a1', 'a2', 'a3'].map((id) => agent({ id, liveness: 'historical', activity: 'unknown' })),
  )
  expect(stage.keeper.items().map(({ id }) => id)).toEqual(before.map(({ id }) => id))
})

test('of one reason the oldest comes first, or the newest where people want it so', async () => {
  await stage.tell(waits('old'))
  stage.clock.pass(MINUTE)
  await stage.tell(waits('new'), asks('ask'))
  expect(stage.needs()).toEqual(['permission ask', 'turn old', 'turn new'])
  stage.newestFirst = true
  expect(stage.needs()).toEqual(['permission ask', 'turn new', 'turn old'])
})

test('a repository is as urgent as the most urgent in it, and what is snoozed does not count', async () => {
  const git = (repository: string) => ({ git: { ...dirty, repository, worktree: repository } })
  await stage.tell(
    waits('a1', 1, git('/w/shop')),
    { ...asks('a2'), ...git('/w/shop') },
    waits('a3', 1, { ...git('/w/blog'), activity: 'failed' }),
    waits('a4', 1, git('/w/blog')),
    waits('a5'),
  )
  const at = stage.clock.now() - MINUTE
  const numbers = () =>
    stage.keeper.repositories().map(({ repository, count, reason }) => [repository, count, reason])
  expect(numbers()).toEqual([
    ['/w/shop', 2, 'permission'],
    ['/w/blog', 2, 'failed'],
  ])
  const [first] = stage.keeper.repositories()
  expect(first).toMatchObject({ lead: stage.keeper.items()[0]?.id, since: at })
  stage.keeper.snooze(first?.lead ?? '', stage.clock.now() + MINUTE, 'phone')
  expect(numbers()).toEqual([
    ['/w/blog', 2, 'failed'],
    ['/w/shop', 1, 'turn'],
  ])
})

test('time alone ends nothing, whatever passes', async () => {
  await stage.tell(waits('a1'))
  for (let day = 0; day < 400; day += 1) {
    stage.clock.pass(DAY)
    stage.keeper.tick()
  }
  expect(stage.needs()).toEqual(['turn a1'])
  expect(stage.ages()).toEqual([400 * DAY + MINUTE])
})

test('a clock that is set moves no age, and no age is below zero', async () => {
  const now = stage.clock.now()
  await stage.tell(waits('a1'), waits('a2', 1, { spoke: { who: 'agent', at: now + 5_000 } }))
  expect(stage.ages()).toEqual([MINUTE, 0])
  stage.clock.set(60 * MINUTE)
  stage.keeper.tick()
  expect(stage.ages()[0]).toBe(MINUTE)
  stage.clock.set(-180 * MINUTE)
  stage.clock.pass(MINUTE)
  stage.keeper.tick()
  expect(stage.ages()[0]).toBe(2 * MINUTE)
  expect(Math.min(...stage.ages())).toBeGreaterThanOrEqual(0)
  await stage.restart()
  expect(stage.ages()[0]).toBe(2 * MINUTE)
})

test('seen, snoozed and dismissed are the same for all, may be sent twice, and last', async () => {
  await stage.tell(waits('a1'), waits('a2'))
  const [first, second] = stage.keeper.items()
  if (!first || !second) throw new Error('two wait')
  expect(stage.keeper.seen(first.id, 'phone')).toBe(true)
  expect(stage.keeper.seen(first.id, 'laptop')).toBe(true)
  expect(stage.keeper.items()[0]).toMatchObject({ seenBy: 'phone', seenAt: stage.clock.now() })
  const until = stage.clock.now() + 60 * MINUTE
  expect(stage.keeper.snooze(first.id, until, 'phone')).toBe(true)
  expect(stage.keeper.items().map(({ id }) => id)).toEqual([second.id, first.id])
  await stage.restart()
  expect(stage.keeper.items()[1]).toMatchObject({
    id: first.id,
    snoozedUntil: until,
    seenBy: 'phone',
  })
  stage.frames.length = 0
  stage.clock.pass(61 * MINUTE)
  stage.keeper.tick()
  const [back] = stage.frames.flatMap((frame) => (frame.type === 'attention' ? [frame.item] : []))
  expect(back?.id).toBe(first.id)
  expect(back).not.toHaveProperty('snoozedUntil')
  expect(stage.keeper.dismiss(first.id, 'phone')).toBe(true)
  expect(stage.keeper.dismiss(first.id, 'laptop')).toBe(false)
  expect(stage.frames.at(-1)).toMatchObject({ type: 'attention-gone', id: first.id })
  expect(stage.keeper.items().map(({ id }) => id)).toEqual([second.id])
})

test('a snooze can be taken back', async () => {
  await stage.tell(waits('a1'))
  const { id } = only()
  stage.keeper.snooze(id, stage.clock.now() + DAY, 'phone')
  expect(only().snoozedUntil).toBe(stage.clock.now() + DAY)
  stage.keeper.snooze(id, 0, 'phone')
  expect(only()).not.toHaveProperty('snoozedUntil')
})

test('dismissed is dismissed until the next turn ends, over a restart too', async () => {
  await stage.tell(waits('a1'))
  stage.keeper.dismiss(only().id, 'phone')
  await stage.tell(waits('a1', 1, { title: 'another title' }))
  expect(stage.needs()).toEqual([])
  await stage.restart()
  await stage.tell(waits('a1'))
  expect(stage.needs()).toEqual([])
  await stage.tell(waits('a1', 2))
  expect(stage.needs()).toEqual(['turn a1'])
})

test('what the user answered does not come back with a restart, which forgets who spoke', async () => {
  await stage.tell(waits('a1'))
  await stage.tell(waits('a1', 1, { spoke: { who: 'user', at: stage.clock.now() } }))
  expect(stage.needs()).toEqual([])
  await stage.restart()
  await stage.tell(waits('a1'))
  expect(stage.needs()).toEqual([])
})

test('a dialog that is still there after a restart is the same need', async () => {
  await stage.tell(asks('a1'))
  const before = only()
  await stage.restart()
  await stage.tell(asks('a1', 'rm -r build', 'a1.1.9'))
  expect(only()).toEqual({ ...before, ask: 'a1.1.9' })
})

test('a dialog that was dismissed stays so after a restart; the next one of the same words asks', async () => {
  await stage.tell(asks('a1'))
  stage.keeper.dismiss(only().id, 'phone')
  await stage.restart()
  await stage.tell(asks('a1', 'rm -r build', 'a1.1.9'))
  expect(stage.needs()).toEqual([])
  await stage.tell(asks('a1', 'rm -r build', 'a1.1.10'))
  expect(stage.needs()).toEqual(['permission a1'])
})

test('what is left of a turn that was cut off at a dismissed dialog is no news after a restart either', async () => {
  const dialog = asks('a1')
  await stage.tell(dialog)
  stage.keeper.dismiss(only().id, 'phone')
  await stage.restart()
  const at = stage.clock.now()
  const lastTurn = { generation: 1, startedAt: at - MINUTE, endedAt: at, end: 'lost' } as const
  const left = agent({ id: 'a1', liveness: 'historical', lastTurn })
  await stage.tell(left)
  expect(stage.needs()).toEqual([])
  await stage.tell({ ...left, git: dirty })
  expect(stage.needs()).toEqual([])
  await stage.tell({ ...left, spoke: { who: 'agent', at: dialog.ask?.since ?? 0 } })
  expect(stage.needs()).toEqual([])
  await stage.tell({ ...left, git: dirty, lastTurn: { ...lastTurn, generation: 2 } })
  expect(stage.needs()).toEqual(['uncommitted a1'])
})

test('an answer by a device ends the need and says whose it was', async () => {
  await stage.tell(asks('a1'))
  expect(stage.keeper.answered('a1', 'another', 'phone')).toBe(false)
  expect(stage.keeper.answered('a1', 'a1.1.1', 'phone')).toBe(true)
  expect(stage.needs()).toEqual([])
  await stage.keeper.written()
  const [row] = listAttentionOf(stage.db, 'a1')
  expect(row).toMatchObject({ answeredBy: 'phone', closedAt: stage.clock.now() })
  await stage.tell(asks('a1'))
  expect(stage.needs()).toEqual([])
})

test('a dialog that is seen to go while a device answers it was answered by that device', async () => {
  await stage.tell(asks('a1'), asks('a2', 'ls'))
  const isOver = stage.keeper.answering('a1', 'a1.1.1', 'phone')
  const isOver2 = stage.keeper.answering('a2', 'a2.1.1', 'phone')
  const works = { activity: 'working', turn: { generation: 1, startedAt: 0 } } as const
  await stage.tell(agent({ id: 'a1', ...works }))
  expect(stage.keeper.answered('a1', 'a1.1.1', 'phone')).toBe(false)
  isOver()
  // The second one stayed, and went long after it, by whatever.
  isOver2()
  await stage.tell(agent({ id: 'a2', ...works }))
  expect(stage.needs()).toEqual([])
  await stage.keeper.written()
  const [first, second] = ['a1', 'a2'].map((id) => listAttentionOf(stage.db, id)[0])
  expect(first).toMatchObject({ answeredBy: 'phone', closedAt: stage.clock.now() })
  expect(second).toMatchObject({ answeredBy: null, closedAt: stage.clock.now() })
})

test('an agent that is taken up again in another process needs nobody as its old self', async () => {
  const conversation = 'c-1234567'
  await stage.tell(waits('old', 1, { liveness: 'historical', conversation }))
  expect(stage.needs()).toEqual(['turn old'])
  await stage.tell(agent({ id: 'new', activity: 'idle', conversation }))
  expect(stage.needs()).toEqual([])
  await stage.tell(waits('new', 1, { conversation }))
  await stage.tell(waits('old', 1, { liveness: 'historical', conversation, title: 'told again' }))
  expect(stage.needs()).toEqual(['turn new'])
})

test('the old self of one that is taken up again may leave the list in the same moment', async () => {
  const conversation = 'c-1234567'
  await stage.tell(waits('old', 1, { liveness: 'historical', conversation }))
  stage.hide('old')
  await stage.tell(agent({ id: 'new', activity: 'idle', conversation }))
  expect(stage.needs()).toEqual([])
})

test('the old self of one that was taken up again while we were away may never be listed', async () => {
  const conversation = 'c-1234567'
  await stage.tell(
    waits('old', 1, { conversation }),
    waits('other', 1, { conversation: 'c-7654321' }),
  )
  await stage.restart([
    { id: 'old', conversation },
    { id: 'other', conversation: 'c-7654321' },
  ])
  await stage.tell(agent({ id: 'new', activity: 'idle', conversation }))
  expect(stage.needs()).toEqual(['turn other'])
})

test('a subagent needs nobody by itself', async () => {
  await stage.tell(waits('sub', 1, { parent: 'a1', activity: 'failed' }))
  expect(stage.needs()).toEqual([])
})

test('broadcasts run no statement', async () => {
  const agents = Array.from({ length: 50 }, (_, at) => `a${at}`)
  await stage.tell(...agents.map((id, at) => (at % 2 === 0 ? waits(id) : asks(id))))
  await stage.keeper.written()
  let count = 0
  const { prototype } = Object.getPrototypeOf(stage.db.$client.prepare('SELECT 1')).constructor
  const own = ['run', 'get', 'all'] as const
  const originals = own.map((name) => prototype[name])
  for (const [at, name] of own.entries()) {
    prototype[name] = function counted(...args: unknown[]) {
      count += 1
      return originals[at].apply(this, args)
    }
  }
  try {
    expect(stage.db.$client).toBeInstanceOf(Sqlite)
    stage.db.$client.prepare('SELECT 1').get()
    expect(count).toBe(1)
    for (let times = 0; times < 100; times += 1) {
      await stage.tell(
        ...agents.map((id, at) => (at % 2 === 0 ? waits(id, 1, { model: `m${times}` }) : asks(id))),
      )
      expect(stage.keeper.items()).toHaveLength(50)
    }
    expect(count).toBe(1)
  } finally {
    for (const [at, name] of own.entries()) prototype[name] = originals[at]
  }
})

test('a thousand agents that are forgotten leave nothing behind in memory', async () => {
  const ids = Array.from({ length: 1_000 }, (_, at) => `a${at}`)
  await stage.tell(...ids.map((id) => waits(id)))
  for (const id of ids.slice(0, 500)) {
    stage.hide(id)
    stage.keeper.forget(id)
  }
  for (const { id } of stage.keeper.items()) stage.keeper.dismiss(id, 'phone')
  for (const id of ids.slice(500)) await stage.forget(id)
  expect(stage.keeper.size).toBe(0)
})

test('restarts at any moment change nothing of what is open', async () => {
  const random = new Random(11)
  const views = [
    () => waits('a1', random.whole(1, 4)),
    () => waits('a1', 2, { liveness: 'ended' }),
    () => waits('a1', 2, { spoke: { who: 'user', at: stage.clock.now() } }),
    () => asks('a1', 'make', `a1.1.${random.whole(1, 3)}`),
    () => agent({ id: 'a1', activity: 'unknown' }),
    () => agent({ id: 'a1', turn: { generation: 5, startedAt: stage.clock.now() } }),
  ]
  for (let steps = 0; steps < 60; steps += 1) {
    stage.clock.pass(random.whole(1, 5_000))
    await stage.tell(random.pick(views)())
    if (random.whole(0, 4) === 0) {
      for (const { id } of stage.keeper.items()) stage.keeper.dismiss(id, 'phone')
    }
    const before = stage.keeper.items()
    if (random.whole(0, 3) === 0) await stage.restart()
    expect(stage.keeper.items(), `step ${steps}`).toEqual(before)
  }
})

test('items and frames are what the wire says', async () => {
  await stage.tell(asks('a1'))
  stage.keeper.snooze(only().id, stage.clock.now() + DAY, 'phone')
  expect(differences(stage.keeper.items(), 'AttentionView[]')).toEqual([])
  const told = stage.frames.flatMap((frame) => (frame.type === 'attention' ? [frame.item] : []))
  expect(told).toHaveLength(2)
  expect(differences(told, 'AttentionView[]')).toEqual([])
})
