import { expect, test } from 'playwright/test'
import { createStore } from 'solid-js/store'
import { DEFAULT_SETTINGS } from '../../server/core/settings.ts'
import type {
  AgentView,
  FeedFrame,
  SessionView,
  StartRow,
  StartView,
  TmuxServerView,
} from '../../server/protocol.ts'
import { applyFrame, emptyFeed, type FeedState } from '../../web/state/apply.ts'
import { agent } from '../support/agent-view.ts'

const server: TmuxServerView = {
  id: 'main',
  label: 'default',
  socketPath: '/tmp/tmux-0/default',
  state: 'connected',
  freshness: 'healthy',
  channel: 'control',
  outputSource: 'inotify',
  since: 0,
}

function session(number: number, name = `s${number}`, on = 'main'): SessionView {
  return {
    id: `s${number}-${on}`,
    server: on,
    tmuxId: `$${number}`,
    name,
    createdAt: 0,
    attached: 0,
    freshness: 'healthy',
    windows: [],
  }
}

function hello(
  epoch: number,
  sessions: SessionView[],
  boot = 'first',
  agents: AgentView[] = [],
): FeedFrame {
  return {
    type: 'hello',
    boot,
    epoch,
    version: '1',
    host: 'box',
    home: '/home/ada',
    scope: 'full',
    now: 0,
    kinds: {},
    servers: [server],
    sessions,
    output: {},
    agents,
    attention: [],
    starts: [],
    batches: {},
    settings: { version: 0, settings: DEFAULT_SETTINGS },
    storage: { state: 'saving', since: 0, bytes: 0 },
  }
}

function start(...frames: FeedFrame[]) {
  const [state, set] = createStore<FeedState>(emptyFeed())
  const apply = (...more: FeedFrame[]) => {
    for (const frame of more) applyFrame(state, set, frame)
  }
  apply(...frames)
  const names = () => state.order.map((id) => state.sessions[id]?.name)
  return { state, set, apply, names }
}

test('a list from before a created session removes nothing', () => {
  const { apply, names } = start(hello(1, [session(1)]))
  apply({ type: 'session', epoch: 3, session: session(2) })
  apply(hello(2, [session(1)]))
  expect(names()).toEqual(['s1', 's2'])
})

test('a late frame does not bring a session back that has ended', () => {
  const { apply, names } = start(hello(1, [session(1), session(2)]))
  apply({ type: 'session-gone', epoch: 5, id: 's2-main' })
  apply({ type: 'session', epoch: 4, session: session(2) })
  expect(names()).toEqual(['s1'])
})

test('a list that leaves a session out ends it, and an older frame does not bring it back', () => {
  const { apply, names } = start(hello(1, [session(1), session(2)]))
  apply(hello(7, [session(1)]))
  apply({ type: 'session', epoch: 6, session: session(2) })
  expect(names()).toEqual(['s1'])
})

test('frames that arrive twice change nothing', () => {
  const frame: FeedFrame = { type: 'session', epoch: 2, session: session(2, 'renamed') }
  const { apply, names } = start(hello(1, [session(1), session(2)]), frame)
  apply(frame, frame)
  expect(names()).toEqual(['s1', 'renamed'])
})

test('an older view of a session does not undo a newer one', () => {
  const { apply, names } = start(hello(1, [session(1)]))
  apply({ type: 'session', epoch: 9, session: session(1, 'new') })
  apply({ type: 'session', epoch: 8, session: session(1, 'old') })
  expect(names()).toEqual(['new'])
})

test('after a restart of the server its first list replaces everything, whatever its epoch', () => {
  const { apply, names, state } = start(hello(500, [session(1), session(2)]))
  apply(hello(1, [session(3)], 'second'))
  expect(names()).toEqual(['s3'])
  expect(state.epoch).toBe(1)
  apply({ type: 'session', epoch: 2, session: session(4) })
  expect(names()).toEqual(['s3', 's4'])
})

test('rows stand in the order of creation, the tenth after the second', () => {
  const { apply, names } = start(hello(1, [session(10), session(2)]))
  apply({ type: 'session', epoch: 2, session: session(5) })
  expect(names()).toEqual(['s2', 's5', 's10'])
})

test('rows of several servers stay together, in the servers’ order', () => {
  const other = { ...server, id: 'other', label: 'other' }
  const first = { ...hello(1, [session(1, 'b', 'other'), session(2)]), servers: [server, other] }
  const { names } = start(first as FeedFrame)
  expect(names()).toEqual(['s2', 'b'])
})

test('a change keeps the objects of the rows that did not change', () => {
  const { apply, state } = start(hello(1, [session(1), session(2)]))
  const before = state.sessions['s1-main']
  apply({ type: 'session', epoch: 2, session: session(2, 'renamed') })
  expect(state.sessions['s1-main']).toBe(before)
})

test('what becomes of a start is taken in order, and a new hello says all of it', () => {
  const view = (state: StartRow['state']): StartView => ({
    ...{ id: 'start', at: 0, prompt: '' },
    rows: [{ directory: '/a', state }],
  })
  const { apply, state } = start(hello(1, []))
  const now = () => Object.values(state.starts).map(({ rows }) => rows[0]?.state)
  apply({ type: 'start', epoch: 2, start: view('making') })
  apply({ type: 'start', epoch: 4, start: view('done') })
  apply({ type: 'start', epoch: 3, start: view('starting') })
  expect(now()).toEqual(['done'])
  apply(hello(5, [], 'second'))
  expect(now()).toEqual([])
})

test('times of output only grow', () => {
  const { apply, state } = start(hello(1, [session(1)]))
  apply({ type: 'output', epoch: 2, at: { p1: 1_000 } })
  apply({ type: 'output', epoch: 3, at: { p1: 900 } })
  expect(state.output.p1).toBe(1_000)
})

test('a server changes its state in its own place', () => {
  const { apply, state } = start(hello(1, []))
  apply({ type: 'server', epoch: 2, server: { ...server, state: 'no-server' } })
  expect(state.servers.map((view) => view.state)).toEqual(['no-server'])
})

test('what is remembered of sessions that left is bounded', () => {
  const { apply, state } = start(hello(1, []))
  for (let number = 1; number <= 2_100; number += 1) {
    apply({ type: 'session', epoch: number * 2, session: session(number) })
    apply({ type: 'session-gone', epoch: number * 2 + 1, id: `s${number}-main` })
  }
  // With the server and the settings, which stay.
  expect(state.told.size).toBeLessThanOrEqual(2_002)
  apply({ type: 'session', epoch: 4_200, session: session(2_100) })
  expect(state.order).toEqual([])
})

test('an agent changes, goes, and no late frame brings back what it was', () => {
  const { apply, state } = start(hello(1, [session(1)], 'first', [agent({ id: 'a1' })]))
  apply({ type: 'agent', epoch: 4, agent: agent({ id: 'a1', activity: 'asking' }) })
  apply({ type: 'agent', epoch: 3, agent: agent({ id: 'a1', activity: 'idle' }) })
  expect(state.agents.a1?.activity).toBe('asking')
  apply({ type: 'agent-gone', epoch: 6, id: 'a1' })
  apply({ type: 'agent', epoch: 5, agent: agent({ id: 'a1' }) })
  expect(state.agents).toEqual({})
})

test('a field that an agent has no more goes with the frame that leaves it out', () => {
  const ask = { id: 'q1', kind: 'permission', text: 'ls', since: 1 } as const
  const { apply, state } = start(hello(1, [], 'first', [agent({ id: 'a1', ask })]))
  apply({ type: 'agent', epoch: 2, agent: agent({ id: 'a1' }) })
  expect(state.agents.a1?.ask).toBeUndefined()
})

test('a list that leaves an agent out ends it, also in a frame that is older', () => {
  const { apply, state } = start(hello(1, [], 'first', [agent({ id: 'a1' })]))
  apply(hello(9, []))
  apply({ type: 'agent', epoch: 8, agent: agent({ id: 'a1' }) })
  expect(state.agents).toEqual({})
  apply(hello(1, [], 'second', [agent({ id: 'a2' })]))
  expect(Object.keys(state.agents)).toEqual(['a2'])
})
