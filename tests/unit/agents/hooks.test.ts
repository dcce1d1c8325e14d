import { expect, test } from 'playwright/test'
import type { HookEvent, Observation } from '../../../server/agents/adapter.ts'
import { ADAPTERS, adapterOf } from '../../../server/agents/index.ts'
import type { AgentKind } from '../../../server/protocol.ts'
import { inWords, linesOf, recordings } from '../../support/fixtures.ts'

function hook(kind: AgentKind, event: string, payload: Record<string, unknown>): HookEvent {
  return { kind, event, payload, pane: '%1', pid: 1, at: 5_000 }
}

function observe(kind: AgentKind, event: string, payload: Record<string, unknown>): Observation[] {
  return adapterOf(kind).fromHook?.(hook(kind, event, payload)) ?? []
}

/** Each recorded payload, in the order of its file, and what it says. */
const SAYS: Record<string, readonly (string | null)[]> = {
  claude: [
    'started',
    'prompted',
    'working',
    'asking permission [Bash]: touch made-by-agent.txt',
    'asking permission',
    'working',
    'working',
    'idle done',
    'working',
    'asking permission [Write]: /work/note.txt',
    'asking question [AskUserQuestion]: Which colour should the button be?',
    'asking question [AskUserQuestion]: Which colour should the button be?',
    'working',
    'working',
    null,
    'working',
    null,
    'failed',
    null,
    'started',
  ],
  codex: [
    'started',
    'prompted',
    null,
    'working',
    'asking permission [Bash]: touch made-by-agent.txt',
    'working',
    'idle done',
    'idle interrupted',
    'working',
    'working',
    'working',
    null,
    null,
    null,
    'started',
  ],
  copilot: [
    'started',
    'prompted',
    'working',
    'asking permission [bash]: touch made-by-agent.txt',
    'asking permission',
    'working',
    'idle done',
    'working',
    'asking permission [edit]: /work/note.txt',
    'asking question [ask_user]: Which colour should the button be?',
    'asking question',
    'working',
    'retrying',
    null,
    'started',
  ],
  gemini: [
    'started',
    'prompted',
    'working',
    'working',
    'asking permission [touch]: touch made-by-agent.txt',
    'working',
    'idle',
    'working',
    'asking question [ask_user]: Which colour should the button be?',
    'working',
    null,
    'started',
  ],
  opencode: [
    null,
    null,
    'prompted',
    null,
    null,
    'working',
    null,
    'working',
    'asking permission [bash]: touch made-by-agent.txt',
    'working',
    'working',
    'idle',
    'idle',
    'asking question [question]: Which colour should the button be?',
    'working',
    'idle interrupted',
    'retrying',
  ],
}

for (const recording of recordings()) {
  const lines = linesOf(recording, 'hooks.jsonl')
  if (lines.length === 0) continue
  test(`${recording.kind} ${recording.version}: every hook event says what happened`, () => {
    const said = lines.map((line) => {
      const { event, payload } = JSON.parse(line)
      const observations = observe(recording.kind, event, payload)
      expect(observations.length, event).toBeLessThanOrEqual(1)
      for (const one of observations) {
        expect(one.at).toBe(5_000)
        expect(one.line).toContain(event)
      }
      return { event, says: inWords(observations[0]) }
    })
    const expected = SAYS[recording.kind] ?? []
    expect(said).toEqual(said.map(({ event }, at) => ({ event, says: expected[at] })))
  })
}

test('a prompt gives its text, a title of one short line, and clears the tool', () => {
  const prompt = `\n  Fix the parser\n${'and more '.repeat(100)}`
  const [said] = observe('claude', 'UserPromptSubmit', { session_id: 'a-session', prompt })
  expect(said?.facts).toMatchObject({
    title: 'Fix the parser',
    tool: '',
    conversation: 'a-session',
  })
  expect(said?.facts?.titleIsChosen).toBeUndefined()
  expect(said?.facts?.prompt?.length).toBeLessThanOrEqual(240)
  const long = observe('codex', 'UserPromptSubmit', { prompt: 'word '.repeat(50) })
  expect(Array.from(long[0]?.facts?.title ?? '').length).toBeLessThanOrEqual(60)
})

test('a prompt that nobody typed opens no turn and names nothing', () => {
  const prompt = '<task-notification>\n<task-id>a1</task-id>\n</task-notification>'
  const [said] = observe('claude', 'UserPromptSubmit', { prompt })
  expect(said?.says).toEqual({ type: 'working' })
  expect(said?.facts).toEqual({})
})

test('a parent that stops while its subagent runs is still at work', () => {
  const task = { id: 't', type: 'subagent', status: 'running' }
  const [runs] = observe('claude', 'Stop', { background_tasks: [task] })
  expect(runs?.says).toEqual({ type: 'working' })
  const [over] = observe('claude', 'Stop', { background_tasks: [{ ...task, status: 'completed' }] })
  expect(over?.says).toEqual({ type: 'idle', end: 'done' })
})

test('what a subagent does with its tools changes neither words nor tool of its parent', () => {
  const payload = { agent_id: 'a7', tool_name: 'Bash', tool_input: { command: 'ls' } }
  const [said] = observe('claude', 'PreToolUse', payload)
  expect(said?.says).toEqual({ type: 'working' })
  expect(said?.facts).toEqual({ subagent: { id: 'a7', running: true, tool: 'Bash: ls' } })
  const [began] = observe('claude', 'SubagentStart', { agent_id: 'a7', agent_type: 'Explore' })
  expect(began?.facts?.subagent).toEqual({ id: 'a7', title: 'Explore', running: true })
})

test('a reminder of a permission does not know what it is for', () => {
  const payload = {
    notification_type: 'permission_prompt',
    message: 'Claude needs your permission',
  }
  const [said] = observe('claude', 'Notification', payload)
  expect(said?.says).toEqual({ type: 'asking', ask: { kind: 'permission', text: '' } })
})

test("the news of Codex's hidden threads says nothing", () => {
  const payload = { type: 'agent-turn-complete', 'last-assistant-message': '{"title":"x"}' }
  expect(observe('codex', 'notify', payload)).toEqual([])
})

test('a hook of Copilot whose session is a tool call is not about the conversation', () => {
  const payload = { sessionId: 'call_4qmj743vy23', toolName: 'bash', toolArgs: { command: 'ls' } }
  expect(observe('copilot', 'preToolUse', payload)).toEqual([])
})

test('arguments that come as text are read like the others', () => {
  const [said] = observe('copilot', 'preToolUse', {
    toolName: 'bash',
    toolArgs: '{"command":"ls -l"}',
  })
  expect(said?.facts?.tool).toBe('bash: ls -l')
})

test('an unrecoverable error of Copilot fails, a recoverable one is retried', () => {
  const error = { message: 'no such model' }
  const [fatal] = observe('copilot', 'errorOccurred', { recoverable: false, error })
  expect(fatal).toMatchObject({ says: { type: 'failed' }, facts: { lastWords: 'no such model' } })
  const [passing] = observe('copilot', 'errorOccurred', { recoverable: true, error })
  expect(passing?.says).toEqual({ type: 'retrying' })
})

test("Gemini's end hook does not claim that the turn went well, nor its path to be alive", () => {
  const [said] = observe('gemini', 'AfterAgent', { session_id: 'abc-def', transcript_path: '/x' })
  expect(said?.says).toEqual({ type: 'idle' })
  expect(said?.facts?.transcript).toBeUndefined()
})

test("opencode's title stands, its placeholder does not, and a child session is a subagent", () => {
  const info = (more: object) => ({ info: { id: 'ses_one', ...more } })
  const [named] = observe('opencode', 'session.updated', info({ title: 'Fix the parser' }))
  expect(named?.facts).toMatchObject({ title: 'Fix the parser', titleIsChosen: true })
  const [fresh] = observe(
    'opencode',
    'session.created',
    info({ title: 'New session - 2026-11-20' }),
  )
  expect(fresh?.facts?.title).toBeUndefined()
  const [child] = observe(
    'opencode',
    'session.created',
    info({ parentID: 'ses_two', title: 'Look' }),
  )
  expect(child?.facts).toEqual({
    subagent: { id: 'ses_one', title: 'Look', titleIsChosen: true, running: true },
  })
  const [renamed] = observe(
    'opencode',
    'session.updated',
    info({ parentID: 'ses_two', title: 'Looked' }),
  )
  expect(renamed?.facts).toEqual({
    subagent: { id: 'ses_one', title: 'Looked', titleIsChosen: true },
  })
})

test('events that nobody knows, and payloads of any shape, say nothing and break nothing', () => {
  const values: unknown[] = [undefined, null, 0, -1, '', 'x', [], [null], {}, { a: 1 }, true]
  const names = recordings().flatMap((recording) =>
    linesOf(recording, 'hooks.jsonl').map((line) => JSON.parse(line)),
  )
  for (const { kind, fromHook } of ADAPTERS) {
    expect(fromHook?.(hook(kind, 'SomethingNew', { a: 1 })) ?? []).toEqual([])
    for (const { event, payload } of names) {
      for (const value of values) {
        const broken = Object.fromEntries(Object.keys(payload).map((key) => [key, value]))
        const said = fromHook?.(hook(kind, event, broken)) ?? []
        if (!Array.isArray(said)) throw new Error(`${kind} ${event}`)
      }
    }
  }
})
