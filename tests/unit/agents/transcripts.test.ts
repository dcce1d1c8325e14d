import { expect, test } from 'playwright/test'
import type { ObservedFacts } from '../../../server/agents/adapter.ts'
import { ADAPTERS, adapterOf } from '../../../server/agents/index.ts'
import type { AgentKind } from '../../../server/protocol.ts'
import { inWords, linesOf, recordings } from '../../support/fixtures.ts'

function read(kind: AgentKind, record: object) {
  const all = adapterOf(kind).fromTranscript?.(JSON.stringify(record), 7_000) ?? []
  expect(all.length).toBeLessThanOrEqual(1)
  return all[0]
}

/** Types of records that say or tell something, in the order of their files; all others say nothing. */
const SAYS: Record<string, readonly [string, string | null][]> = {
  claude: [
    ['user', 'prompted'],
    ['assistant', 'idle done'],
    ['cost-state', null],
  ],
  codex: [
    ['session_meta', null],
    ['event_msg/task_started', 'working'],
    ['turn_context', null],
    ['event_msg/item_completed', 'prompted'],
    ['response_item/message', null],
    ['response_item/function_call', 'working'],
    ['token_usage_record', null],
    ['response_item/function_call_output', 'working'],
    ['event_msg/token_count', null],
    ['event_msg/task_complete', 'idle done'],
    ['event_msg/turn_aborted', 'idle interrupted'],
  ],
  copilot: [
    ['session.start', null],
    ['session.model_change', null],
    ['user.message', 'prompted'],
    ['assistant.turn_start', 'working'],
    ['session.usage_record', null],
    ['assistant.message', 'idle done'],
    ['session.resume', null],
    ['session.shutdown', null],
    ['tool.execution_start', 'working'],
    ['permission.requested', 'asking permission [shell]: touch made-by-agent.txt'],
    ['permission.completed', 'working'],
    ['tool.execution_complete', 'working'],
    ['abort', 'idle interrupted'],
    ['human_response.recorded', 'working'],
    // Written after a rewind, which is how Esc Esc takes back a prompt without an answer.
    ['session.usage_checkpoint', 'idle interrupted'],
    ['session.error', 'failed'],
  ],
  gemini: [
    ['session', null],
    ['user', 'prompted'],
    ['gemini', null],
    ['info', 'idle interrupted'],
    ['error', 'failed'],
    ['session', null],
    ['user', 'prompted'],
    ['gemini', null],
  ],
}

for (const recording of recordings()) {
  const lines = linesOf(recording, 'transcript.jsonl')
  if (lines.length === 0) continue
  test(`${recording.kind} ${recording.version}: every record says what happened`, () => {
    const adapter = adapterOf(recording.kind)
    const said = lines.flatMap((line) =>
      (adapter.fromTranscript?.(line, 7_000) ?? []).map((one) => {
        const record = JSON.parse(line)
        const time = Date.parse(record.timestamp ?? record.startTime)
        expect(one.at).toBe(Number.isFinite(time) ? time : 7_000)
        return [one.line.split(' ')[0], inWords(one)]
      }),
    )
    expect(said).toEqual(SAYS[recording.kind])
  })
}

test('input counts the same for all: what came from the cache is counted apart', () => {
  const counted = recordings().flatMap((recording) =>
    linesOf(recording, 'transcript.jsonl').flatMap((line) =>
      (adapterOf(recording.kind).fromTranscript?.(line, 0) ?? []).flatMap(({ facts }) =>
        facts?.usage?.input === undefined ? [] : [{ kind: recording.kind, facts }],
      ),
    ),
  )
  const inputs = (kind: string) =>
    counted.filter((one) => one.kind === kind).map(({ facts }) => facts.usage?.input)
  // 24,200 tokens in, 23,000 of them from the cache; two calls in Copilot's total.
  expect(inputs('claude')).toEqual([1_200, 1_200])
  expect(inputs('codex')).toEqual([1_200, 1_200])
  expect(inputs('copilot')).toEqual([1_200, 2_400])
  expect(inputs('gemini')).toEqual([1_200, 1_200])
})

test('what is summed up has an id, so that it counts once', () => {
  const facts: ObservedFacts[] = recordings().flatMap((recording) =>
    linesOf(recording, 'transcript.jsonl').flatMap((line) =>
      (adapterOf(recording.kind).fromTranscript?.(line, 0) ?? []).flatMap((one) => one.facts ?? []),
    ),
  )
  const sums = facts.filter(({ usageKind }) => usageKind === 'sum')
  expect(sums.length).toBeGreaterThan(2)
  expect(sums.every(({ recordId }) => Boolean(recordId))).toBe(true)
})

test('the context of Codex and Copilot comes with its size', () => {
  const info = {
    last_token_usage: { input_tokens: 24_200, output_tokens: 321 },
    model_context_window: 258_400,
  }
  const codex = read('codex', { type: 'event_msg', payload: { type: 'token_count', info } })
  expect(codex?.facts).toEqual({ usage: { contextUsed: 24_521, contextSize: 258_400 } })
  const usage = { inputTokens: 100, outputTokens: 5, maxPromptTokens: 64_000, apiCallId: 'a' }
  const copilot = read('copilot', { type: 'session.usage_record', data: { usage } })
  expect(copilot?.facts?.usage).toMatchObject({ contextUsed: 105, contextSize: 64_000 })
})

test('only the last record of an ended session is its terminal one', () => {
  const terminal = recordings().map((recording) => {
    const isTerminal = adapterOf(recording.kind).isTerminal ?? (() => false)
    const types = linesOf(recording, 'transcript.jsonl')
      .filter((line) => isTerminal(line))
      .map((line) => JSON.parse(line))
      .map(({ type, payload }) => payload?.type ?? type)
    return [recording.kind, types]
  })
  expect(Object.fromEntries(terminal)).toEqual({
    claude: ['last-prompt', 'cost-state', 'tools-used'],
    codex: ['task_complete', 'turn_aborted'],
    copilot: ['session.shutdown'],
    gemini: [],
    opencode: [],
  })
})

test('a turn of Claude that calls a tool goes on, one that asks a question asks', () => {
  const call = (name: string, input: object) => ({
    type: 'assistant',
    message: {
      id: 'm',
      model: 'claude-x',
      stop_reason: 'tool_use',
      content: [
        { type: 'text', text: 'Let me look.' },
        { type: 'tool_use', id: 't', name, input },
      ],
    },
  })
  const bash = read('claude', call('Bash', { command: 'npm test' }))
  expect(bash).toMatchObject({
    says: { type: 'working' },
    facts: { tool: 'Bash: npm test', toolStarted: true, lastWords: 'Let me look.' },
  })
  const questions = [{ question: 'Which one?', options: [] }]
  expect(inWords(read('claude', call('AskUserQuestion', { questions })))).toBe(
    'asking question [AskUserQuestion]: Which one?',
  )
})

test('what Claude notes of a failed call or an interruption ends the turn so', () => {
  const failed = read('claude', {
    type: 'assistant',
    isApiErrorMessage: true,
    message: {
      model: '<synthetic>',
      content: [{ type: 'text', text: 'API Error: 400 bad request' }],
    },
  })
  expect(failed).toMatchObject({
    says: { type: 'failed' },
    facts: { lastWords: 'API Error: 400 bad request' },
  })
  expect(failed?.facts?.model).toBeUndefined()
  const text = '[Request interrupted by user for tool use]'
  const interrupted = read('claude', {
    type: 'user',
    message: { content: [{ type: 'text', text }] },
  })
  expect(inWords(interrupted)).toBe('idle interrupted')
})

test('blocks that a harness wrote are no prompt and make no title', () => {
  const harness = [
    '<command-name>/clear</command-name>',
    '<local-command-stdout>x</local-command-stdout>',
    '<system-reminder>be brief</system-reminder>',
    'Caveat: The messages below were generated by the user while running local commands.',
    '# AGENTS.md instructions for /work',
    '<environment_context>\n  <cwd>/work</cwd>',
  ]
  for (const content of harness) {
    expect(read('claude', { type: 'user', message: { content } }), content).toBeUndefined()
    const event = { type: 'event_msg', payload: { type: 'user_message', message: content } }
    expect(read('codex', event)?.facts ?? {}, content).toEqual({})
  }
  expect(read('claude', { type: 'user', isMeta: true, message: { content: 'hi' } })).toBeUndefined()
  const mine = read('claude', { type: 'user', message: { content: 'Fix <b>this</b> tag' } })
  expect(mine?.facts?.title).toBe('Fix <b>this</b> tag')
})

test('a title that the agent made stands; placeholders do not', () => {
  const title = read('claude', { type: 'ai-title', aiTitle: 'Parser repair' })
  expect(title?.facts).toEqual({ title: 'Parser repair', titleIsChosen: true })
  expect(read('claude', { type: 'ai-title', aiTitle: ' ' })).toBeUndefined()
})

test('records of subagents are not the conversation', () => {
  const message = { content: [{ type: 'text', text: 'Done.' }], stop_reason: 'end_turn' }
  expect(read('claude', { type: 'assistant', isSidechain: true, message })).toBeUndefined()
  const data = { content: 'Done.', toolRequests: [], parentToolCallId: 'call_1' }
  const said = read('copilot', { type: 'assistant.message', data })
  expect([said?.says, Object.keys(said?.facts ?? {})]).toEqual([undefined, ['subagent']])
  const started = { toolCallId: 'call_1', agentDisplayName: 'Explore' }
  const record = { type: 'subagent.started', agentId: 'call_1', data: started }
  expect(read('copilot', record)?.facts?.subagent).toEqual({
    id: 'call_1',
    title: 'Explore',
    running: true,
  })
})

test("Codex's turn that ends in an error failed, though no hook ever says so", () => {
  const error = { message: 'exceeded retry limit', code: 429 }
  const payload = { type: 'task_complete', error, last_agent_message: null }
  expect(read('codex', { type: 'event_msg', payload })).toMatchObject({
    says: { type: 'failed' },
    facts: { lastWords: 'exceeded retry limit' },
  })
})

test("Copilot's refusal that is recorded behind the end of its turn is no work", () => {
  const completed = (kind: string) =>
    inWords(read('copilot', { type: 'permission.completed', data: { result: { kind } } }))
  expect(completed('approved')).toBe('working')
  expect(completed('approved-for-session')).toBe('working')
  // What Esc in its dialog leaves: `{"kind":"cancelled","reason":"Session aborted"}`.
  expect(completed('cancelled')).toBeNull()
  expect(completed('denied-interactively-by-user')).toBeNull()
  expect(completed('denied-by-rules')).toBeNull()
})

test('unknown records, half lines and fields of any type say nothing and break nothing', () => {
  const values: unknown[] = [null, 0, -1, '', 'x', [], [null], {}, { a: [] }, true]
  for (const recording of recordings()) {
    const { fromTranscript, isTerminal } = adapterOf(recording.kind)
    for (const line of linesOf(recording, 'transcript.jsonl')) {
      expect(fromTranscript?.(line.slice(0, -1), 0)).toEqual([])
      isTerminal?.(line.slice(0, -1))
      const record = JSON.parse(line)
      for (const key of Object.keys(record)) {
        for (const value of values) {
          const broken = JSON.stringify({ ...record, [key]: value })
          fromTranscript?.(broken, 0)
          isTerminal?.(broken)
        }
      }
    }
  }
  for (const { fromTranscript } of ADAPTERS) {
    for (const line of ['', 'null', '[]', '3', '"x"', '{"type":"something-new","a":1}'])
      expect(fromTranscript?.(line, 0) ?? []).toEqual([])
  }
})
