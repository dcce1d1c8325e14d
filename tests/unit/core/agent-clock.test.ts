import { expect, test } from 'playwright/test'
import type { ScreenFacts } from '../../../server/agents/adapter.ts'
import { Registry } from '../../../server/core/registry.ts'
import type { AgentKind, FeedFrame } from '../../../server/protocol.ts'
import { inWords, recordings, screensOf } from '../../support/fixtures.ts'
import { keptAgent, seen, T0 } from '../../support/kept-agent.ts'

const DAY_SECONDS = 86_400

test('a fleet that is idle for 24 hours says nothing', async () => {
  const end = new AbortController()
  const registry = new Registry({ signal: end.signal })
  const frames: FeedFrame[] = []
  registry.frames.on((frame) => frames.push(frame))
  const kinds: AgentKind[] = ['claude', 'codex', 'copilot', 'gemini', 'opencode']
  const fleet = kinds.map((kind) => keptAgent(kind, { id: kind }))
  const says = { type: 'idle' } as const
  for (const agent of fleet) {
    agent.hear(seen(0, { source: 'live', says }), T0)
    registry.putAgent(agent.view())
  }
  await expect.poll(() => frames.length).toBe(fleet.length)
  frames.length = 0
  const written: unknown[] = []
  const views = fleet.map((agent) => agent.view())
  let changes = 0
  for (let second = 1; second <= DAY_SECONDS; second += 1) {
    for (const [index, agent] of fleet.entries()) {
      // What is read again and again is said again every few seconds.
      const isRead = second % 3 === 0
      const now = T0 + second * 1_000
      if (isRead) written.push(...agent.hear(seen(0, { source: 'live', says }), now))
      if (isRead) written.push(...agent.hear(seen(second, { source: 'screen', says }), now))
      written.push(...agent.tick(now))
      registry.putAgent(agent.view())
      if (agent.view() !== views[index]) changes += 1
    }
  }
  // One change, told after all that came before it.
  registry.dropAgent('claude')
  await expect.poll(() => frames.length).toBeGreaterThan(0)
  expect(frames.map(({ type }) => type)).toEqual(['agent-gone'])
  expect(written).toEqual([])
  expect(changes).toBe(0)
  end.abort()
})

/** The first recorded screen of each version that says idle by its rows. */
const idleScreens = recordings().flatMap((recording) => {
  const { adapter } = keptAgent(recording.kind)
  const screen = screensOf(recording).find(
    (one) => !one.exited && inWords(adapter.fromScreen?.(one)) === 'idle',
  )
  return screen ? [{ kind: recording.kind, version: recording.version, screen }] : []
})

for (const { kind, version, screen } of idleScreens) {
  test(`${kind} ${version}: an idle screen with a clock and a spinner in it is idle for a minute, without a word`, () => {
    const agent = keptAgent(kind)
    const views = new Set<unknown>()
    for (let tenth = 0; tenth < 600; tenth += 1) {
      const now = T0 + tenth * 100
      const spinner = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'][tenth % 10]
      const clock = `${spinner} 12:00:${String(Math.trunc(tenth / 10)).padStart(2, '0')}`
      const rows = [clock, ...screen.rows.slice(1)]
      const facts: ScreenFacts = { ...screen, rows, at: now }
      const said = agent.adapter.fromScreen?.(facts)
      if (said) agent.hear(said, now)
      agent.tick(now)
      expect(agent.view().activity).toBe('idle')
      views.add(agent.view())
    }
    expect(views.size).toBe(1)
  })
}

test('work that a hook alone tells of is derived anew within seconds', () => {
  const agent = keptAgent('claude')
  const idle = { type: 'idle' } as const
  agent.hear(seen(0, { says: { type: 'working' } }), T0)
  expect(agent.view().activity).toBe('working')
  for (let second = 1; second <= 6; second += 1) {
    agent.hear(seen(second, { source: 'screen', says: idle }), T0 + second * 1_000)
    agent.tick(T0 + second * 1_000)
  }
  expect(agent.view()).toMatchObject({ activity: 'idle', evidence: { source: 'screen' } })
  // Without any other source it is not known what it does.
  const alone = keptAgent('claude')
  alone.hear(seen(0, { says: { type: 'working' } }), T0)
  alone.tick(T0 + 6_000)
  expect(alone.view().activity).toBe('unknown')
})

test('with another conversation the title and the words of the one before go', () => {
  const agent = keptAgent('claude')
  const hear = (second: number, facts: object, source: 'live' | 'hook' = 'hook') =>
    agent.hear(seen(second, { facts, source }), T0 + second * 1_000)
  const old = 'c-00000-old'
  hear(0, { conversation: old, title: 'Old', prompt: 'Old prompt', lastWords: 'Old words' })
  hear(1, { transcript: '/x/old.jsonl', model: 'opus' })
  hear(10, { conversation: 'c-00001-new' }, 'live')
  expect(agent.view()).toMatchObject({
    ...{ conversation: 'c-00001-new', title: '', prompt: '', lastWords: '', model: 'opus' },
  })
  expect(agent.transcript).toBeUndefined()
  // A word of the old one that was on its way.
  hear(9, { conversation: old, lastWords: 'Late' })
  expect(agent.view()).toMatchObject({ conversation: 'c-00001-new', lastWords: '' })
  hear(11, { conversation: 'c-00001-new', title: 'New' })
  expect(agent.view().title).toBe('New')
})
