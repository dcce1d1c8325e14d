import { expect, test } from 'playwright/test'
import type { Observation } from '../../../server/agents/adapter.ts'
import type { Agent } from '../../../server/core/agent.ts'
import type { AgentKind, AgentView } from '../../../server/protocol.ts'
import { keptAgent, seen, T0 } from '../../support/kept-agent.ts'

/** What a page would hold of an agent's subagents. */
class Page {
  readonly rows = new Map<string, AgentView>()
  readonly agent: Agent

  constructor(agent: Agent) {
    this.agent = agent
  }

  hear(observations: readonly Observation[]): void {
    for (const one of observations) this.agent.hear(one, one.at)
    this.read()
  }

  read(): AgentView[] {
    const { rows, gone } = this.agent.subagents.changes(this.agent.view())
    for (const row of rows) this.rows.set(row.id, row)
    for (const id of gone) this.rows.delete(id)
    return [...this.rows.values()]
  }
}

function open(kind: AgentKind) {
  const agent = keptAgent(kind)
  const page = new Page(agent)
  const hook = (second: number, event: string, payload: Record<string, unknown>) =>
    page.hear(
      agent.adapter.fromHook?.({
        kind,
        event,
        payload,
        pane: '%1',
        pid: 1,
        at: T0 + second * 1_000,
      }) ?? [],
    )
  return { agent, page, hook }
}

test('a subagent is a row under its parent, and its tools and words are its own', () => {
  const { agent, page, hook } = open('claude')
  const of = { session_id: 'c-0001-parent', agent_id: 'a7', agent_type: 'Explore' }
  hook(0, 'UserPromptSubmit', { session_id: 'c-0001-parent', prompt: 'Find it' })
  hook(1, 'PreToolUse', { tool_name: 'Agent', tool_input: { description: 'Look' } })
  hook(2, 'SubagentStart', of)
  hook(3, 'PreToolUse', { ...of, tool_name: 'Bash', tool_input: { command: 'ls' } })
  expect([...page.rows.values()]).toMatchObject([
    {
      parent: 'a1',
      kind: 'claude',
      pane: 'p1',
      session: 's1',
      title: 'Explore',
      activity: 'working',
      liveness: 'live',
      tool: 'Bash: ls',
      startedAt: T0 + 2_000,
    },
  ])
  expect(agent.view()).toMatchObject({ tool: 'Agent: Look', prompt: 'Find it', lastWords: '' })
  hook(4, 'PostToolUse', { ...of, tool_name: 'Bash' })
  hook(5, 'SubagentStop', { ...of, last_assistant_message: 'It is in src.' })
  hook(4.5, 'PreToolUse', { ...of, tool_name: 'Read', tool_input: {} })
  expect([...page.rows.values()]).toMatchObject([
    { activity: 'idle', liveness: 'ended', tool: '', lastWords: 'It is in src.' },
  ])
  const { conversation, lastWords, tool } = agent.view()
  expect([conversation, lastWords, tool]).toEqual(['c-0001-parent', '', 'Agent: Look'])
})

test('500 subagents are 500 rows at most, those that ended are few, and none outlives the parent', () => {
  const { agent, page, hook } = open('codex')
  for (let at = 0; at < 500; at += 1) hook(at, 'SubagentStart', { agent_id: `s${at}` })
  expect(page.rows.size).toBe(500)
  hook(500, 'SubagentStart', { agent_id: 's500' })
  expect(page.rows.size).toBe(500)
  for (let at = 100; at < 300; at += 1) hook(600 + at, 'SubagentStop', { agent_id: `s${at}` })
  const ended = [...page.rows.values()].filter(({ liveness }) => liveness === 'ended')
  expect(ended.length).toBe(20)
  agent.hear(seen(1_000, { source: 'process', says: { type: 'ended' } }), T0 + 1_000_000)
  expect(page.read()).toEqual([])
  expect(agent.subagents.has('s400')).toBe(false)
})

test('a subagent whose end nobody told is over a minute after its parent has stopped', () => {
  const { agent, page, hook } = open('claude')
  hook(0, 'UserPromptSubmit', { prompt: 'Go' })
  hook(1, 'SubagentStart', { agent_id: 'a7' })
  agent.tick(T0 + 40_000)
  hook(42, 'Stop', {})
  agent.tick(T0 + 50_000)
  expect(page.read()).toMatchObject([{ liveness: 'live' }])
  agent.tick(T0 + 61_000)
  expect(page.read()).toMatchObject([{ liveness: 'ended', activity: 'unknown' }])
  // It was only quiet.
  hook(80, 'PreToolUse', { agent_id: 'a7', tool_name: 'Bash', tool_input: { command: 'make' } })
  expect(page.read()).toMatchObject([{ liveness: 'live', tool: 'Bash: make' }])
})

test("a child session of opencode has its own state; only its dialogs are its parent's too", () => {
  const { agent, page, hook } = open('opencode')
  const parent = { sessionID: 'ses_parent' }
  const child = { sessionID: 'ses_child' }
  const info = { id: 'ses_child', parentID: 'ses_parent', title: 'Look' }
  hook(0, 'session.status', { ...parent, status: { type: 'busy' } })
  hook(1, 'session.created', { info })
  hook(2, 'tool.execute.before', { ...child, tool: 'grep', args: { pattern: 'x' } })
  expect(page.read()).toMatchObject([{ activity: 'working', tool: 'grep: x', title: 'Look' }])
  expect(agent.view()).toMatchObject({ conversation: 'ses_parent', tool: '' })
  hook(3, 'permission.asked', { ...child, id: 'per_1', permission: 'bash', patterns: ['ls'] })
  expect(page.read()).toMatchObject([{ activity: 'asking' }])
  expect(agent.view().activity).toBe('asking')
  hook(4, 'permission.replied', child)
  hook(5, 'session.error', { ...child, error: { name: 'APIError', message: 'no' } })
  expect(page.read()).toMatchObject([{ liveness: 'ended', lastWords: 'no' }])
  hook(6, 'session.idle', child)
  hook(7, 'session.updated', { info: { ...info, title: 'Looked' } })
  expect(page.read()).toMatchObject([{ liveness: 'ended' }])
  expect(agent.view()).toMatchObject({ activity: 'working', lastWords: '' })
})

test('rows move with their parent', () => {
  const { agent, page, hook } = open('claude')
  hook(0, 'SubagentStart', { agent_id: 'a7' })
  agent.session = 's2'
  agent.subagents.tellAll()
  expect(page.read()).toMatchObject([{ session: 's2' }])
})
