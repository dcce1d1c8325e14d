import { execFileSync } from 'node:child_process'
import { appendFile, mkdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'playwright/test'
import type { Agent } from '../../../server/core/agent.ts'
import { SubagentFiles } from '../../../server/core/subagent-files.ts'
import { makeLog } from '../../../server/log.ts'
import type { AgentKind, AgentView } from '../../../server/protocol.ts'
import { linesOf, recordings } from '../../support/fixtures.ts'
import { keptAgent, seen } from '../../support/kept-agent.ts'
import { scratchFolder } from '../../support/scratch.ts'

/** When the recorded subagents worked. */
const AT = Date.parse('2026-11-21T18:34:00Z')
const CLAUDE = {
  conversation: '30c706e5-2688-4b73-abae-a78bdf526f14',
  subagent: 'a801fa0d52ab9f1d5',
}

/** An agent at work, the folder with its transcript, and the rows that a page would hold. */
async function open(kind: AgentKind, transcript: string, conversation: string) {
  const folder = await scratchFolder()
  const path = join(folder.path, transcript)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, '')
  const agent = keptAgent(kind, { now: AT })
  const stop = new AbortController()
  const hear = (all: Parameters<Agent['hear']>[0][]) => {
    for (const one of all) agent.hear(one, AT + 600_000)
  }
  hear([{ ...seen(0, { says: { type: 'working' }, facts: { conversation } }), at: AT }])
  const files = new SubagentFiles({
    agent,
    hear: (all) => hear([...all]),
    log: makeLog('error'),
    signal: stop.signal,
  })
  const rows = new Map<string, AgentView>()
  return {
    agent,
    hear,
    folder: dirname(path),
    look: async () => {
      await files.look({ path, root: folder.path })
      const { rows: news, gone } = agent.subagents.changes(agent.view())
      for (const row of news) rows.set(row.id, row)
      for (const id of gone) rows.delete(id)
      return [...rows.values()]
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await folder[Symbol.asyncDispose]()
    },
  }
}

async function openClaude() {
  const { conversation } = CLAUDE
  const kept = await open('claude', `-work/${conversation}.jsonl`, conversation)
  const logs = join(kept.folder, conversation, 'subagents')
  await mkdir(logs, { recursive: true })
  return Object.assign(kept, { logs })
}

function recorded(kind: AgentKind, file: 'subagent.jsonl' | 'subagent-parent.jsonl'): string[] {
  return (
    recordings()
      .filter((one) => one.kind === kind)
      .map((one) => linesOf(one, file))
      .findLast((lines) => lines.length > 0) ?? []
  )
}

async function card(): Promise<string> {
  const [folder] = recordings().filter(
    ({ kind, version }) => kind === 'claude' && version === '2.1.329',
  )
  return readFile(join(folder?.folder ?? '', 'subagent.meta.json'), 'utf8')
}

/** One record of Claude Code's log of a subagent. */
function record(id: string, text: string, end = 'end_turn', second = 0): string {
  const message = {
    id: `m${id}`,
    role: 'assistant',
    stop_reason: end,
    content: [{ type: 'text', text }],
  }
  const timestamp = new Date(AT + second * 1_000).toISOString()
  return `${JSON.stringify({ type: 'assistant', isSidechain: true, agentId: id, timestamp, message })}\n`
}

test('what Claude Code writes of a subagent is a row under it, without any hook', async () => {
  await using kept = await openClaude()
  const log = join(kept.logs, `agent-${CLAUDE.subagent}.jsonl`)
  const lines = recorded('claude', 'subagent.jsonl')
  const called = lines.findIndex((line) => line.includes('"tool_use"')) + 2
  await writeFile(log.replace('.jsonl', '.meta.json'), await card())
  await writeFile(log, `${lines.slice(0, called).join('\n')}\n`)
  expect(await kept.look()).toMatchObject([
    {
      parent: 'a1',
      kind: 'claude',
      title: 'Say hello',
      activity: 'working',
      liveness: 'live',
      tool: 'Bash: touch made-by-agent.txt',
      evidence: { source: 'transcript' },
    },
  ])
  await appendFile(log, `${lines.slice(called).join('\n')}\n`)
  expect(await kept.look()).toMatchObject([
    { liveness: 'ended', activity: 'idle', tool: '', lastWords: 'All done now.' },
  ])
  const { lastWords, tool } = kept.agent.view()
  expect([lastWords, tool]).toEqual(['', ''])
})

test('hooks and logs that tell of the same subagent make one row, in whatever order', async () => {
  const { subagent: id } = CLAUDE
  const lines = recorded('claude', 'subagent.jsonl')
  const of = { agent_id: id, agent_type: 'general-purpose' }
  for (const first of ['hooks', 'logs'] as const) {
    await using kept = await openClaude()
    const hook = (at: string, event: string, payload: object) =>
      kept.hear([
        ...(kept.agent.adapter.fromHook?.({
          kind: 'claude',
          event,
          payload: { ...of, ...payload },
          pane: '%1',
          pid: 1,
          at: Date.parse(`2026-11-21T18:34:${at}Z`),
        }) ?? []),
      ])
    const hooks = () => {
      hook('27.6', 'SubagentStart', {})
      hook('33.1', 'PreToolUse', { tool_name: 'Bash', tool_input: { command: 'touch x' } })
      hook('36.6', 'PostToolUse', { tool_name: 'Bash' })
      hook('38.2', 'SubagentStop', { last_assistant_message: 'All done now.' })
    }
    const logs = async () => {
      await writeFile(join(kept.logs, `agent-${id}.meta.json`), await card())
      await writeFile(join(kept.logs, `agent-${id}.jsonl`), `${lines.join('\n')}\n`)
      await kept.look()
    }
    if (first === 'hooks') hooks()
    await logs()
    hooks()
    const rows = await kept.look()
    expect(rows, first).toMatchObject([
      { liveness: 'ended', tool: '', lastWords: 'All done now.', title: 'Say hello' },
    ])
  }
})

test('200 subagents at once are followed 64 at a time, and give way to others when they end', async () => {
  await using kept = await openClaude()
  const ids = Array.from({ length: 200 }, (_, at) => `a${at}`.padEnd(8, 'f'))
  for (const id of ids)
    await writeFile(join(kept.logs, `agent-${id}.jsonl`), record(id, 'So.', 'tool_use'))
  const live = (rows: AgentView[]) => rows.filter(({ liveness }) => liveness === 'live').length
  expect(live(await kept.look())).toBe(64)
  expect(live(await kept.look())).toBe(64)
  for (const [at, id] of ids.entries()) {
    await appendFile(join(kept.logs, `agent-${id}.jsonl`), record(id, 'Done.', 'end_turn', at + 1))
  }
  for (let round = 0; round < 5; round += 1) await kept.look()
  const rows = await kept.look()
  expect(live(rows)).toBe(0)
  expect(rows.length).toBe(20)
  // Those that are over have given way.
  await writeFile(join(kept.logs, 'agent-new.jsonl'), record('new', 'So.', 'tool_use', 300))
  expect(live(await kept.look())).toBe(1)
})

test('subagents of the past, of other conversations and files that are none are no rows', async () => {
  const codex = recorded('codex', 'subagent.jsonl')
  const [meta = ''] = codex
  const { id, parent_thread_id: parent } = JSON.parse(meta).payload
  const name = (one: string) => `rollout-2026-11-21T18-41-52-${one}.jsonl`
  await using kept = await open('codex', `2026/11/21/${name(parent)}`, parent)
  const put = (one: string, text: string) => writeFile(join(kept.folder, name(one)), text)
  const other = id.replace(/^0/, '1')
  await put(other, `${codex.join('\n')}\n`.replaceAll(parent, 'another-conversation'))
  const past = id.replace(/^0/, '2')
  await put(past, `${codex.join('\n')}\n`)
  await utimes(join(kept.folder, name(past)), AT / 1_000 - 120, AT / 1_000 - 120)
  await symlink(join(kept.folder, name(past)), join(kept.folder, name(id.replace(/^0/, '3'))))
  execFileSync('mkfifo', [join(kept.folder, name(id.replace(/^0/, '4')))])
  await mkdir(join(kept.folder, name(id.replace(/^0/, '5'))))
  expect(await kept.look()).toEqual([])
  // Its first line may be half written when it is seen first.
  await put(id, meta.slice(0, 200))
  expect(await kept.look()).toEqual([])
  await put(id, `${codex.slice(0, -1).join('\n')}\n`)
  expect(await kept.look()).toMatchObject([{ title: 'Laplace', liveness: 'live' }])
  await put(id, `${codex.join('\n')}\n`)
  expect(await kept.look()).toMatchObject([{ liveness: 'ended', lastWords: 'All done now.' }])
})

test("Gemini's subagent works until its parent's chat says that it is over", async () => {
  const parent = recorded('gemini', 'subagent-parent.jsonl')
  const chat = recorded('gemini', 'subagent.jsonl')
  const conversation = JSON.parse(parent[0] ?? '').sessionId
  const id = JSON.parse(chat[0] ?? '').sessionId
  await using kept = await open('gemini', 'work/chats/session-x.jsonl', conversation)
  await mkdir(join(kept.folder, conversation))
  await writeFile(join(kept.folder, conversation, `${id}.jsonl`), `${chat.join('\n')}\n`)
  expect(await kept.look()).toMatchObject([
    { title: 'Say hello.', liveness: 'live', lastWords: 'All done now.' },
  ])
  for (const line of parent) kept.hear(kept.agent.adapter.fromTranscript?.(line, AT) ?? [])
  const own = (await kept.look()).filter(({ lastWords }) => lastWords === 'All done now.')
  expect(own).toMatchObject([{ title: 'Say hello.', liveness: 'ended' }])
})

test('an idle agent has its folder left alone, until it works again', async () => {
  await using kept = await openClaude()
  expect(await kept.look()).toEqual([])
  kept.hear([{ ...seen(0, { says: { type: 'idle', end: 'done' } }), at: AT + 1_000 }])
  await writeFile(join(kept.logs, 'agent-a1.jsonl'), record('a1', 'So.', 'tool_use'))
  expect(await kept.look()).toEqual([])
  kept.hear([{ ...seen(0, { says: { type: 'prompted' } }), at: AT + 2_000 }])
  expect(await kept.look()).toMatchObject([{ liveness: 'live' }])
  // And goes on being looked at while one of its subagents works.
  kept.hear([{ ...seen(0, { says: { type: 'idle', end: 'done' } }), at: AT + 3_000 }])
  await appendFile(join(kept.logs, 'agent-a1.jsonl'), record('a1', 'Done.', 'end_turn', 4))
  expect(await kept.look()).toMatchObject([{ liveness: 'ended', lastWords: 'Done.' }])
})
