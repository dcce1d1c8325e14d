import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import type { Observation } from '../../../server/agents/adapter.ts'
import { adapterOf } from '../../../server/agents/index.ts'
import { newsOf } from '../../../server/agents/subagent-news.ts'
import { linesOf, recordings } from '../../support/fixtures.ts'

const recorded = recordings().filter((one) => linesOf(one, 'subagent.jsonl').length > 0)

/** What an observation says of a subagent, in words: `on (Bash: touch x)`, `over: All done now.`. */
function inWords({ says, facts }: Observation): string {
  const { running, tool, lastWords, title, titleIsChosen } = {
    ...newsOf({ ...(says ? { says } : {}), ...(facts ? { facts } : {}) }),
    ...facts?.subagent,
  }
  const state = running === undefined ? '' : running ? 'on' : 'over'
  const name = title ? `"${title}"${titleIsChosen ? '!' : ''}` : ''
  return [state, name, tool ? `(${tool})` : '', lastWords ?? ''].filter(Boolean).join(' ')
}

const CLAUDE = [
  'on "Say hello."',
  'on layout of',
  'on (Bash: touch made-by-agent.txt)',
  'on',
  'over All done now.',
]

/** What its own log says from its first word to its last, each once. */
const LOGS: Readonly<Record<string, readonly string[]>> = {
  'claude 2.1.239': CLAUDE,
  'claude 2.1.329': CLAUDE,
  'codex 0.169.0': [
    '"Laplace"!',
    'on',
    'on "Say hello."',
    'layout of',
    'on (exec_command: touch made-by-agent.txt)',
    'on',
    'All done now.',
    'over All done now.',
  ],
  'copilot 1.0.102': [
    'on "helper"',
    'on',
    'on layout of',
    'on (bash: touch made-by-agent.txt)',
    'on',
    'on All done now.',
    'over "helper"',
  ],
  'gemini 0.61.0': [
    'on "Say hello."',
    'on layout of',
    'on All done now.',
    'on',
    'on All done now.',
  ],
}

for (const recording of recorded) {
  const { kind, version } = recording
  test(`a subagent of ${kind} ${version} tells its own story, and none of its parent's`, () => {
    const { subagents, fromTranscript } = adapterOf(kind)
    const lines = linesOf(recording, 'subagent.jsonl')
    const told = lines.flatMap((line) => (subagents?.read ?? fromTranscript)?.(line, 1_000) ?? [])
    const news = told.map(inWords).filter(Boolean)
    expect(news.filter((words, at) => words !== news[at - 1])).toEqual(LOGS[`${kind} ${version}`])
    // Read as the agent's own log, these lines say nothing that a parent is taken by.
    const taken = lines.flatMap((line) => fromTranscript?.(line, 1_000) ?? [])
    if (kind !== 'claude' && kind !== 'copilot') return
    for (const { says, facts } of taken) {
      expect(says?.type ?? 'asking').toMatch(/asking|working/)
      expect(Object.keys(facts ?? {})).toEqual(facts ? ['subagent'] : [])
    }
  })
}

test('every recorded kind is in the table', () => {
  expect(recorded.map(({ kind, version }) => `${kind} ${version}`).sort()).toEqual(
    Object.keys(LOGS).sort(),
  )
})

test("a subagent's dialog of Copilot is its parent's too, since it stands on the same screen", () => {
  const [recording] = recorded.filter(({ kind }) => kind === 'copilot')
  const { fromTranscript } = adapterOf('copilot')
  const said = (recording ? linesOf(recording, 'subagent.jsonl') : []).flatMap((line) =>
    (fromTranscript?.(line, 1_000) ?? []).flatMap(({ says, line: row }) =>
      says && / *permission\./.test(row) ? [says.type] : [],
    ),
  )
  expect(said).toEqual(['asking', 'working'])
})

test('parents tell of subagents that began or ended: Codex at the start, Gemini at the end', () => {
  const told = (kind: 'codex' | 'gemini') =>
    recorded
      .filter((one) => one.kind === kind)
      .flatMap((one) => linesOf(one, 'subagent-parent.jsonl'))
      .flatMap((line) => adapterOf(kind).fromTranscript?.(line, 1_000) ?? [])
      .flatMap(({ facts }) => facts?.subagent ?? [])
  expect(told('codex')).toEqual([
    {
      id: '01a1ff6a-3238-75d0-9672-0e16de3604c0',
      title: 'Laplace',
      titleIsChosen: true,
      running: true,
    },
  ])
  expect(told('gemini')).toEqual([
    { id: '32b61d52-0c32-4d32-80b9-1a4831dd13a5', title: 'generalist', running: false },
    // One that the user interrupted.
    { id: '51a15aed-7797-4c17-a3e6-c89dbd224be6', title: 'generalist', running: false },
  ])
})

test("logs are known by their names, Claude's cards say what a subagent is for", () => {
  const { claude, codex, gemini } = {
    claude: adapterOf('claude').subagents,
    codex: adapterOf('codex').subagents,
    gemini: adapterOf('gemini').subagents,
  }
  expect(claude?.folders('/p/-work/c1.jsonl', 'c1', 0)).toEqual(['/p/-work/c1/subagents'])
  expect(claude?.idOf('agent-a801fa0d52ab9f1d5.jsonl')).toBe('a801fa0d52ab9f1d5')
  expect(claude?.idOf('agent-a801fa0d52ab9f1d5.meta.json')).toBeUndefined()
  for (const recording of recorded.filter(({ kind }) => kind === 'claude')) {
    const card = readFileSync(join(recording.folder, 'subagent.meta.json'), 'utf8')
    expect(claude?.card?.title(card)).toBe('Say hello')
  }
  expect(claude?.card?.title('{"agentType":"Explore"}')).toBe('Explore')
  expect(claude?.card?.title('half of it')).toBeUndefined()

  const id = '01a1ff6a-3238-75d0-9672-0e16de3604c0'
  const now = new Date(2026, 10, 3).getTime()
  expect(codex?.folders('/s/2026/10/31/rollout-x.jsonl', 'c1', now)).toEqual([
    '/s/2026/10/31',
    '/s/2026/11/03',
    '/s/2026/11/02',
  ])
  expect(codex?.folders('/s/2026/11/03/rollout-x.jsonl', 'c1', now)).toEqual([
    '/s/2026/11/03',
    '/s/2026/11/02',
  ])
  // A minute after midnight, on the first of a month.
  const night = new Date(2028, 2, 1, 0, 1).getTime()
  expect(codex?.folders('/s/2028/02/20/rollout-x.jsonl', 'c1', night)).toEqual([
    '/s/2028/02/20',
    '/s/2028/03/01',
    '/s/2028/02/29',
  ])
  expect(codex?.idOf(`rollout-2026-11-21T18-41-52-${id}.jsonl`)).toBe(id)
  const [meta = ''] = recorded
    .filter(({ kind }) => kind === 'codex')
    .flatMap((one) => linesOf(one, 'subagent.jsonl'))
  expect(codex?.isOf?.(meta, '01a1ff6a-2bcb-7561-86c3-8ee5ba293fb2')).toBe(true)
  expect(codex?.isOf?.(meta, 'another')).toBe(false)
  expect(codex?.isOf?.('{"type":"session_meta","payload":{"session_id":"c1"}}', 'c1')).toBe(false)

  expect(gemini?.folders('/t/work/chats/session-x.jsonl', 'c-00001', 0)).toEqual([
    '/t/work/chats/c-00001',
  ])
  expect(gemini?.folders('/t/work/chats/session-x.jsonl', '../..', 0)).toEqual([])
  expect(gemini?.idOf(`${id}.jsonl`)).toBe(id)
})
