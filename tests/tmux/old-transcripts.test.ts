import { mkdirSync, readlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'playwright/test'
import type { AgentView, FeedFrame } from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

const DAY_MS = 86_400_000
const CLAUDE = '686dfa20-0c8e-4121-9720-db46dcc809b9'
const CODEX = '01a1feae-f00b-7372-92c2-41a4452c32bf'

/** A log of some age. */
function put(path: string, records: readonly object[], at: number): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  for (const one of [path, dirname(path)]) utimesSync(one, at / 1_000, at / 1_000)
}

function claudeLog(home: string, project: string, id: string, words: string, at: number): void {
  const timestamp = new Date(at).toISOString()
  const content = [{ type: 'text', text: words }]
  const message = { id, role: 'assistant', content }
  const record = { type: 'assistant', uuid: id, sessionId: id, timestamp, message }
  put(join(home, '.claude', 'projects', project, `${id}.jsonl`), [record], at)
}

function codexLog(home: string, id: string, cwd: string, words: string, at: number): void {
  const timestamp = new Date(at).toISOString()
  const day = timestamp.slice(0, 10).replaceAll('-', '/')
  const name = `rollout-${timestamp.slice(0, 19).replaceAll(':', '-')}-${id}.jsonl`
  const item = {
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text: words }],
  }
  put(
    join(home, '.codex', 'sessions', day, name),
    [
      { timestamp, type: 'session_meta', payload: { id, timestamp, cwd, source: 'cli' } },
      { timestamp, type: 'response_item', payload: item },
    ],
    at,
  )
}

test('5,000 old conversations make no agents and no noise, and keep none from its own', async () => {
  await using tmux = await startTmux()
  const claude = new FakeAgent(tmux, 'claude', 'one')
  const codex = new FakeAgent(tmux, 'codex', 'two')
  await claude.start()
  await codex.start()
  claude.show('06-idle-after-turn')
  codex.show('06-idle-after-turn')
  const now = Date.now()
  const cwd = readlinkSync(`/proc/${await codex.pid()}/cwd`)
  for (let index = 0; index < 2_500; index += 1) {
    const id = `00000000-0000-4000-8000-${`${index}`.padStart(12, '0')}`
    const at = now - DAY_MS * (2 + (index % 600))
    claudeLog(tmux.dir, `-src-${index % 50}`, id, 'Old words.', at)
    codexLog(tmux.dir, id, cwd, 'Old words.', at)
  }
  claudeLog(tmux.dir, '-src-7', CLAUDE, 'Words of Claude.', now)
  codexLog(tmux.dir, CODEX, cwd, 'Words of Codex.', now)
  await claude.writeLive('idle', { sessionId: CLAUDE })

  const began = Date.now()
  await using server = await startServer({ tmux })
  const started = Date.now() - began
  const token = await server.pair()
  const told: AgentView[] = []
  let boundAt = 0
  const words = () =>
    new Map(told.map(({ kind, lastWords, conversation }) => [kind, [lastWords, conversation]]))
  await server.ws('/ws/feed', token, (data) => {
    const frame = JSON.parse(`${data}`) as FeedFrame
    if (frame.type === 'hello') told.push(...frame.agents)
    if (frame.type === 'agent') told.push(frame.agent)
    if (boundAt === 0 && words().size === 2 && [...words().values()].every(([, id]) => id)) {
      boundAt = Date.now()
    }
  })
  await expect.poll(() => words().get('claude')).toEqual(['Words of Claude.', CLAUDE])
  await expect.poll(() => words().get('codex')).toEqual(['Words of Codex.', CODEX])
  const bound = boundAt - began
  process.stdout.write(`5,000 old transcripts: started in ${started} ms, bound after ${bound} ms\n`)
  expect(new Set(told.map(({ id }) => id)).size).toBe(2)
  expect(told.length).toBeLessThan(20)
  expect(told.filter(({ lastWords }) => lastWords === 'Old words.')).toEqual([])
})
