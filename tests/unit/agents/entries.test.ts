import { expect, test } from 'playwright/test'
import type { EntryPart } from '../../../server/agents/entry.ts'
import { adapterOf } from '../../../server/agents/index.ts'
import type { AgentKind } from '../../../server/protocol.ts'
import { linesOf, recordings } from '../../support/fixtures.ts'

const AT = '2026-11-21T10:00:00.000Z'
const at = Date.parse(AT)

function read(kind: AgentKind, record: object | string): EntryPart[] {
  const line = typeof record === 'string' ? record : JSON.stringify(record)
  return adapterOf(kind).entries?.(line) ?? []
}

/** What people read of the recorded sessions; all other records are the machinery's. */
const TOLD: Record<string, string[]> = {
  claude: [
    'user First words.',
    'agent Looking at the project layout',
    'user Say hello. (ae7f03b78bfb907db)',
    'agent Looking at the project layout (ae7f03b78bfb907db)',
  ],
  codex: [
    'user Please tidy up.',
    'agent Looking at the project layout',
    'call exec_command: <text 130 chars>',
    'result done <text 102 chars>',
    'note Interrupted by the user.',
  ],
  copilot: [
    'user First words.',
    'agent Looking at the project layout',
    'call bash: touch made-by-agent.txt',
    'result done <shellId: 0 completed with exit code 0>',
    'note Interrupted by the user.',
    'note 400 bad request (fake)',
  ],
  gemini: [
    'user Please tidy up.',
    'agent Looking at the project layout',
    'note Request cancelled.',
    'note <text 94 chars>',
    'user First words.',
    'agent Looking at the project layout',
  ],
}

function inWords(part: EntryPart): string {
  if (part.type === 'call') return `call ${part.name}: ${part.summary}`
  if (part.type === 'result') {
    return `result ${part.status} ${part.output.trim().split('\n')[0]}`
  }
  const words = part.text.split('\n')[0]?.slice(0, 29).trim()
  return `${part.type} ${words}${part.subagent ? ` (${part.subagent})` : ''}`
}

for (const recording of recordings()) {
  const lines = linesOf(recording, 'transcript.jsonl')
  if (lines.length === 0) continue
  test(`${recording.kind} ${recording.version}: what people read of a recorded session`, () => {
    const parts = lines.flatMap((line) => read(recording.kind, line))
    expect(parts.map(inWords)).toEqual(TOLD[recording.kind])
    expect(parts.every((part) => part.at > 0)).toBe(true)
  })
}

test('Claude Code: thinking, words and calls of one message, and its results', () => {
  const message = {
    content: [
      { type: 'thinking', thinking: 'Hm.' },
      { type: 'text', text: 'I look.' },
      { type: 'tool_use', id: 't1', name: 'Bash', input: { command: 'npm test' } },
    ],
  }
  expect(read('claude', { type: 'assistant', timestamp: AT, message })).toEqual([
    { type: 'thinking', at, text: 'Hm.' },
    { type: 'agent', at, text: 'I look.' },
    {
      ...{ type: 'call', call: 't1', at, name: 'Bash', summary: 'npm test', command: 'npm test' },
      input: '{\n  "command": "npm test"\n}',
    },
  ])
  const result = (more: object, block: object = {}) =>
    read('claude', {
      ...{ type: 'user', timestamp: AT, ...more },
      message: { content: [{ type: 'tool_result', tool_use_id: 't1', content: 'out', ...block }] },
    })
  const one = { type: 'result', call: 't1', at, output: 'out' }
  expect(result({})).toEqual([{ ...one, status: 'done' }])
  expect(result({}, { is_error: true })).toEqual([{ ...one, status: 'failed' }])
  expect(result({ toolDenialKind: 'user-rejected' }, { is_error: true })).toEqual([
    { ...one, status: 'denied' },
  ])
})

test('Claude Code: an edit shows as a diff', () => {
  const message = { content: [{ type: 'tool_result', tool_use_id: 't1', content: 'ok' }] }
  const hunk = { oldStart: 3, oldLines: 2, newStart: 3, newLines: 2, lines: [' a', '-b', '+c'] }
  const edited = { filePath: '/w/x.ts', structuredPatch: [hunk] }
  const [part] = read('claude', { type: 'user', message, toolUseResult: edited })
  expect(part).toMatchObject({
    diff: '--- a/w/x.ts\n+++ b/w/x.ts\n@@ -3,2 +3,2 @@\n a\n-b\n+c\n',
  })
  const created = { type: 'create', filePath: '/w/y', content: 'one\ntwo\n', structuredPatch: [] }
  const [made] = read('claude', { type: 'user', message, toolUseResult: created })
  expect(made).toMatchObject({ diff: '--- a/w/y\n+++ b/w/y\n@@ -0,0 +1,2 @@\n+one\n+two\n' })
})

test('Claude Code: what the harness writes under the user’s name is no prompt', () => {
  const user = (content: unknown, more: object = {}) =>
    read('claude', { type: 'user', timestamp: AT, message: { content }, ...more })
  expect(user('<task-notification>done</task-notification>')).toEqual([])
  expect(user('context', { isMeta: true })).toEqual([])
  expect(user('[Request interrupted by user]')).toMatchObject([{ type: 'note' }])
  expect(user([{ type: 'image' }, { type: 'text', text: 'See.' }])).toMatchObject([
    { type: 'user', text: 'See.\n[1 image]' },
  ])
})

test('Codex: commands of all versions, and how they ended', () => {
  const item = (payload: object) => read('codex', { type: 'response_item', timestamp: AT, payload })
  const shell = {
    type: 'local_shell_call',
    call_id: 'c',
    action: { command: ['bash', '-lc', 'ls'] },
  }
  expect(item(shell)).toMatchObject([{ call: 'c', name: 'shell', command: 'ls' }])
  const call = { type: 'function_call', call_id: 'c', name: 'exec_command' }
  expect(item({ ...call, arguments: '{"cmd":"npm test"}' })).toMatchObject([
    { summary: 'npm test', command: 'npm test' },
  ])
  const patch = '*** Begin Patch\n*** End Patch'
  expect(
    item({ type: 'custom_tool_call', call_id: 'c', name: 'apply_patch', input: patch }),
  ).toMatchObject([{ name: 'apply_patch', input: patch }])
  const output = (text: string) =>
    item({ type: 'function_call_output', call_id: 'c', output: text })[0]
  expect(output('Process exited with code 0\nOutput:\nx')).toMatchObject({ status: 'done' })
  expect(output('Process exited with code 1\nOutput:\nx')).toMatchObject({ status: 'failed' })
  expect(output('{"output":"x","metadata":{"exit_code":2}}')).toMatchObject({
    output: 'x',
    status: 'failed',
  })
  expect(output('Wall time: 1.0 seconds\naborted by user')).toMatchObject({ status: 'denied' })
  expect(item({ type: 'message', role: 'user', content: [{ text: '<context>' }] })).toEqual([])
  expect(item({ type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] })).toEqual([
    { type: 'thinking', at, text: 'Hm.' },
  ])
})

test('Copilot: a refused and a failed tool', () => {
  const event = (type: string, data: object) => read('copilot', { type, timestamp: AT, data })
  expect(
    event('permission.completed', { toolCallId: 'c', result: { kind: 'denied-by-user' } }),
  ).toMatchObject([{ call: 'c', status: 'denied' }])
  expect(event('permission.completed', { toolCallId: 'c', result: { kind: 'approved' } })).toEqual(
    [],
  )
  expect(
    event('tool.execution_complete', {
      ...{ toolCallId: 'c', success: true, shellExecution: { exitCode: 1 } },
      result: { content: 'no' },
    }),
  ).toMatchObject([{ call: 'c', status: 'failed', output: 'no' }])
  expect(
    event('assistant.message', { content: 'Hi.', parentToolCallId: 'c', reasoningText: 'Hm.' }),
  ).toMatchObject([
    { type: 'thinking', subagent: 'c' },
    { type: 'agent', subagent: 'c' },
  ])
})

test('Gemini: a record with its tools, and a history that was written again', () => {
  const call = {
    ...{ id: 'c', name: 'run_shell_command', args: { command: 'ls' }, status: 'success' },
    result: [{ functionResponse: { response: { output: 'Output: x\nExit Code: 1' } } }],
  }
  const record = { id: 'm', timestamp: AT, type: 'gemini', content: 'I look.' }
  expect(read('gemini', { ...record, toolCalls: [call] })).toMatchObject([
    { type: 'agent', id: 'm', text: 'I look.' },
    { type: 'call', call: 'c', command: 'ls' },
    { type: 'result', call: 'c', status: 'failed' },
  ])
  expect(read('gemini', { ...record, content: [{ text: 'I look.' }] })).toEqual([])
  const context = [{ text: '<session_context>\nx' }, { text: 'Old prompt' }]
  expect(read('gemini', { id: 'u', type: 'user', content: context })).toEqual([])
  const unfinished = { ...call, status: 'executing', result: undefined }
  expect(read('gemini', { ...record, content: '', toolCalls: [unfinished] })).toMatchObject([
    { type: 'call' },
  ])
})

test('nothing that stands in a file makes a reader fail', () => {
  const odd = [null, 1, 'x', [], {}, [null], [{ type: null }], { content: 3 }]
  const types = ['user', 'assistant', 'system', 'gemini', 'response_item', 'event_msg']
  const payloads = ['message', 'function_call', 'function_call_output', 'item_completed']
  for (const kind of ['claude', 'codex', 'copilot', 'gemini'] as const) {
    for (const line of ['', '{', 'null', '[]', '{"type":', '\u0000'])
      expect(read(kind, line)).toEqual([])
    for (const type of [...types, 'tool.execution_start', 'tool.execution_complete']) {
      for (const value of odd) {
        const record = { type, message: value, content: value, data: value, payload: value }
        expect(Array.isArray(read(kind, record))).toBe(true)
        for (const inner of payloads) {
          const payload = {
            type: inner,
            content: value,
            output: value,
            item: value,
            changes: value,
          }
          expect(Array.isArray(read(kind, { type, payload }))).toBe(true)
        }
      }
    }
  }
})
