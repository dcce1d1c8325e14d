import { expect, test } from 'playwright/test'
import type { SearchHit, SearchResponse } from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { Remembered } from '../support/remembered.ts'
import { type Server, startServer } from '../support/server.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'
import { CONVERSATION, QUICK_MEMORY, say } from '../support/told-story.ts'
import { differences } from '../support/wire.ts'

let tmux: Tmux
let server: Server
let memory: Remembered
let claude: FakeAgent

test.beforeEach(async () => {
  tmux = await startTmux()
  server = await startServer({ tmux, env: QUICK_MEMORY })
  memory = new Remembered(server, await server.pair())
  claude = new FakeAgent(tmux, 'claude', 'work')
  await claude.start()
  await expect.poll(() => memory.agent().catch(() => undefined)).toBeDefined()
})

test.afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await tmux[Symbol.asyncDispose]()
})

async function find(query: Record<string, string>): Promise<SearchHit[]> {
  const reply = await memory.get<SearchResponse>(`/api/search?${new URLSearchParams(query)}`)
  expect(differences(reply.json, 'SearchResponse'), reply.text).toEqual([])
  return reply.json.hits
}

test('what a screen shows now is found in its pane, plain shells included', async () => {
  await tmux.newSession({ name: 'shell', command: 'printf "a Needle #{in} the hay\\n"; exec cat' })
  await expect.poll(() => find({ q: 'needle', kind: 'screen' })).toHaveLength(1)
  const [hit] = await find({ q: 'NEEDLE "#{in} the"', kind: 'screen' })
  expect(hit).toMatchObject({
    kind: 'screen',
    session: 'shell',
    line: 0,
    text: 'a Needle #{in} the hay',
  })
  expect(await find({ q: 'needle', session: 'work' })).toEqual([])
  const screen = await memory.get<{ text: string }>(`/api/panes/${hit?.ref}/screen`)
  expect(screen.json.text).toContain('Needle')
})

test('what a turn showed and said is found when it is long gone, and opens at its place', async () => {
  await claude.writeLive('busy', { sessionId: CONVERSATION })
  await expect.poll(async () => (await memory.agent()).turn?.generation).toBeGreaterThan(0)
  say(tmux, 'user', 'Please fix the zebra crossing')
  claude.print('one line\r\nthe giraffe 日本語 stands here\r\n')
  await expect.poll(() => memory.screen()).toContain('giraffe')
  say(tmux, 'assistant', 'First I looked.\nThen the elephant was found.')
  claude.print('\x1b[2J\x1b[Hnothing left\r\n')
  await expect.poll(() => memory.screen()).toContain('nothing left')
  await claude.writeLive('idle', { sessionId: CONVERSATION })
  await expect.poll(async () => (await memory.agent()).turn).toBeUndefined()

  await expect.poll(async () => (await find({ q: 'giraffe' })).length).toBeGreaterThan(0)
  const [shown] = await find({ q: '本語 giraffe', kind: 'snapshot' })
  expect(shown).toMatchObject({ session: 'work', agentKind: 'claude' })
  const listed = (await memory.list()).find(({ id }) => id === shown?.ref)
  if (!listed || !shown) throw new Error('its snapshot is not there')
  const { scrollback, screen } = await memory.read(listed)
  const lines = [...(scrollback === '' ? [] : scrollback.split('\n')), ...screen.split('\n')]
  expect(lines[shown.line]).toContain('giraffe')

  await expect.poll(() => find({ q: 'elephant', kind: 'transcript' })).toHaveLength(1)
  const [said] = await find({ q: 'elephant', kind: 'transcript' })
  expect(said).toMatchObject({ line: 1, text: 'Then the elephant was found.' })
  const { id } = await memory.agent()
  const transcript = await memory.get<{ entries: { id: string }[] }>(`/api/agents/${id}/transcript`)
  expect(transcript.json.entries.map((entry) => entry.id)).toContain(said?.ref)
  await expect.poll(() => find({ q: 'zebra', kind: 'prompt' })).toHaveLength(1)
  expect(await find({ q: 'elephant', agent: 'somebody-else' })).toEqual([])
  expect(await find({ q: 'elephant', to: '1000' })).toEqual([])

  await server.stop()
  await server.start()
  expect((await find({ q: 'giraffe', kind: 'snapshot' })).length).toBeGreaterThan(0)
})

test('hostile words are only words', async () => {
  const hostile = [
    '"',
    "'; DROP TABLE turns; --",
    'AND',
    'NEAR(',
    '*',
    '#{pane_pid}',
    '#(touch x)',
    '%',
  ]
  for (const q of [...hostile, '\\', '},#{q:x', 'x'.repeat(1_000), '日', '\u0001']) {
    await find({ q })
  }
  const status = async (query: string) => (await memory.get(`/api/search?${query}`)).status
  expect(await status('')).toBe(400)
  expect(await status('q=a&kind=nothing')).toBe(400)
  expect(await status('q=a&from=yesterday')).toBe(400)
  expect(await status(`q=${'x'.repeat(1_001)}`)).toBe(400)
})
