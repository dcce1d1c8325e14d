import { appendFileSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import type { TurnsResponse } from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { screen } from '../support/fixtures.ts'
import type { Server } from '../support/server.ts'
import { callerOf, spool } from '../support/spooled.ts'
import type { Tmux } from '../support/tmux.ts'
import { WatchedStage } from '../support/watched-stage.ts'

const CONVERSATION = '686dfa20-0c8e-4121-9720-db46dcc809b9'

let stage: WatchedStage
let tmux: Tmux
let server: Server
let token = ''

test.beforeEach(async () => {
  stage = await WatchedStage.open()
  ;({ tmux, server, token } = stage)
})

test.afterEach(() => stage[Symbol.asyncDispose]())

const agents = () => stage.agents()

test('a transcript that two agents name is read for one, and for the other when that one ends', async () => {
  const folder = join(tmux.dir, '.claude', 'projects', '-work')
  mkdirSync(folder, { recursive: true })
  const say = (words: string) => {
    const content = [{ type: 'text', text: words }]
    const message = { id: words, role: 'assistant', content, usage: { output_tokens: 5 } }
    const record = { type: 'assistant', uuid: words, sessionId: CONVERSATION, message }
    const line = JSON.stringify({ ...record, timestamp: new Date().toISOString() })
    appendFileSync(join(folder, `${CONVERSATION}.jsonl`), `${line}\n`)
  }
  say('First words.')
  const both = [new FakeAgent(tmux, 'claude', 'one'), new FakeAgent(tmux, 'claude', 'two')]
  for (const one of both) {
    await one.start()
    await one.writeLive('idle', { sessionId: CONVERSATION })
  }
  const words = async () =>
    (await agents()).map(({ liveness, lastWords }) => `${liveness} ${lastWords}`.trim()).sort()
  await expect.poll(words).toEqual(['live', 'live First words.'])
  for (const more of ['Second words.', 'Third words.', 'Fourth words.']) {
    say(more)
    await expect.poll(words).toEqual(['live', `live ${more}`])
  }
  const owner = (await agents()).find(({ lastWords }) => lastWords !== '')
  const held = both.find(({ name }) => name === owner?.place?.session)
  if (!held) throw new Error('no agent has the words')
  process.kill(await held.pid(), 'SIGKILL')
  // One conversation is one row: the other goes on with it.
  await expect.poll(words).toEqual(['live Fourth words.'])
  const [heir] = await agents()
  expect(heir?.id).not.toBe(owner?.id)
  await expect.poll(async () => (await agents())[0]?.usage.output).toBe(20)
})

test('a first run that has no id until its second event is one agent with one turn', async () => {
  const claude = new FakeAgent(tmux, 'claude', 'work')
  await claude.start()
  await expect.poll(async () => (await agents()).length).toBe(1)
  const [{ id = '' } = {}] = await agents()
  const caller = await callerOf(tmux, claude)
  const at = Date.now()
  const hook = (index: number, event: string, payload: object) =>
    spool(server.dataDir, caller, { event, at: at + index, payload })
  hook(0, 'SessionStart', { session_id: '' })
  hook(1, 'UserPromptSubmit', { session_id: '', prompt: 'Tidy up' })
  hook(2, 'PreToolUse', { session_id: CONVERSATION, tool_name: 'Read' })
  hook(3, 'Stop', { session_id: CONVERSATION, last_assistant_message: 'Tidy.' })
  const told = async () =>
    (await agents()).map(({ id, conversation, prompt, lastWords }) => [
      ...[id, conversation, prompt, lastWords],
    ])
  await expect.poll(told).toEqual([[id, CONVERSATION, 'Tidy up', 'Tidy.']])
  const turns = async () =>
    (await server.api(token).get<TurnsResponse>(`/api/agents/${id}/turns`)).json.turns
  await expect.poll(async () => (await turns()).map(({ end }) => end)).toEqual(['done'])
})

test('an agent behind ssh is told by its screen alone, and that it is not here', async () => {
  const program = join(tmux.dir, 'ssh')
  copyFileSync('/usr/bin/tail', program)
  const shown = join(tmux.dir, 'shown')
  const { rows } = screen('claude', '02-working-stream')
  writeFileSync(shown, `\x1b[2J\x1b[H${rows.join('\r\n').trimEnd()}`)
  const size = { cols: 120, rows: 40 }
  await tmux.newSession({ name: 'far', ...size, command: `exec '${program}' -n +1 -f '${shown}'` })
  const told = async () =>
    (await agents()).map(({ kind, where, liveness, activity, evidence }) => [
      ...[kind, where, liveness, activity, evidence.source],
    ])
  await expect.poll(told).toEqual([['claude', 'ssh', 'live', 'working', 'screen']])
  const pid = await tmux.run('display-message', '-p', '-t', 'far', '#{pane_pid}')
  process.kill(Number(pid), 'SIGKILL')
  await expect
    .poll(async () => (await told()).map(([, where, live]) => [where, live]))
    .toEqual([['ssh', 'ended']])
})
