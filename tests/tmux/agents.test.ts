import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'playwright/test'
import type {
  AgentsResponse,
  EvidenceResponse,
  FeedFrame,
  SessionsResponse,
  TurnsResponse,
  WrongResponse,
} from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { type Server, startServer } from '../support/server.ts'
import { callerOf, spool } from '../support/spooled.ts'
import type { Tmux } from '../support/tmux.ts'
import { WatchedStage } from '../support/watched-stage.ts'
import { differences } from '../support/wire.ts'

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
const only = () => stage.only()

/** `claude working live`: what is said of every agent, and by which source. */
async function states(): Promise<string[]> {
  return (await agents())
    .map(({ kind, activity, liveness, evidence }) =>
      [kind, liveness === 'live' ? activity : liveness, evidence.source].join(' '),
    )
    .sort()
}

/** Leaves what a hook leaves, by the script that agents call. */
async function hook(agent: FakeAgent, event: string, payload: object): Promise<void> {
  const script = join(server.dataDir, 'hook.sh')
  if (!existsSync(script)) {
    mkdirSync(server.dataDir, { recursive: true })
    execFileSync('cp', [resolve('server/agents/hook.sh'), script])
  }
  const pane = await tmux.run('display-message', '-p', '-t', agent.name, '#{pane_id}')
  const env = {
    ...tmux.env,
    TMUX_PANE: pane,
    TMUX: `${tmux.socketPath},${await tmux.serverPid()},0`,
  }
  execFileSync('/bin/sh', [script, agent.kind, event], { env, input: JSON.stringify(payload) })
}

test('finds an agent, follows its screen, and says when it ends', async () => {
  const claude = new FakeAgent(tmux, 'claude', 'work')
  await claude.start()
  await expect.poll(states).toHaveLength(1)
  claude.show('02-working-stream')
  await expect.poll(states).toEqual(['claude working screen'])
  claude.show('03-permission-bash')
  await expect.poll(states).toEqual(['claude asking screen'])
  expect((await only()).ask).toMatchObject({ kind: 'permission' })
  claude.show('06-idle-after-turn')
  await expect.poll(states).toEqual(['claude idle screen'])
  const { sessions } = (await server.api(token).get<SessionsResponse>('/api/sessions')).json
  const pane = sessions.find(({ name }) => name === 'work')?.windows[0]?.panes[0]
  expect(pane?.agent).toBe((await only()).id)
  process.kill(await claude.pid(), 'SIGKILL')
  await expect.poll(states).toEqual(['claude ended process'])
})

test('a live file of the agent counts more than its screen, and only its own does', async () => {
  const claude = new FakeAgent(tmux, 'claude', 'work')
  await claude.start()
  claude.show('06-idle-after-turn')
  await expect.poll(states).toEqual(['claude idle screen'])
  await claude.writeLive('busy', { sessionId: CONVERSATION })
  await expect.poll(states).toEqual(['claude working live'])
  expect((await only()).conversation).toBe(CONVERSATION)
  // What another process of the same number left says nothing: the screen counts when it is read.
  await claude.writeLive('waiting', { procStart: '1', waitingFor: 'permission prompt' })
  await expect.poll(states, { timeout: 20_000 }).toEqual(['claude idle screen'])
  await claude.writeLive('idle')
  await expect.poll(states).toEqual(['claude idle live'])
})

test('several agents at once, and another one in the place of one that ended', async () => {
  const claude = new FakeAgent(tmux, 'claude', 'one')
  const gemini = new FakeAgent(tmux, 'gemini', 'two')
  await claude.start()
  await gemini.start()
  gemini.show('00-idle-fresh')
  await expect
    .poll(async () => (await agents()).map(({ kind }) => kind).sort())
    .toEqual(['claude', 'gemini'])
  await hook(claude, 'UserPromptSubmit', { session_id: CONVERSATION, prompt: 'Tidy up' })
  await expect.poll(states).toContain('claude working hook')
  const before = (await agents()).find(({ kind }) => kind === 'claude')
  await tmux.run('respawn-pane', '-k', '-t', 'one', `exec ${claude.script}`)
  await expect
    .poll(async () => (await agents()).filter(({ kind }) => kind === 'claude').length)
    .toBe(2)
  await expect
    .poll(async () => (await agents()).find(({ id }) => id === before?.id)?.liveness)
    .toBe('ended')
})

test('hooks open and close turns, also those that came while nobody served', async () => {
  const claude = new FakeAgent(tmux, 'claude', 'work')
  await claude.start()
  await expect.poll(states).toHaveLength(1)
  const common = { session_id: CONVERSATION }
  await hook(claude, 'UserPromptSubmit', { ...common, prompt: 'Tidy up, token=abcdefghijklmnop' })
  await expect.poll(async () => (await only()).activity).toBe('working')
  const { id } = await only()
  expect((await only()).prompt).toBe('Tidy up, token=[redacted:token:16]')

  await server.stop()
  await hook(claude, 'Stop', { ...common, last_assistant_message: 'All tidy.' })
  await server.start()
  await expect.poll(async () => (await only()).lastWords).toBe('All tidy.')
  expect((await only()).id).toBe(id)
  const turns = async () =>
    (await server.api(token).get<TurnsResponse>(`/api/agents/${id}/turns`)).json.turns
  await expect.poll(async () => (await turns()).map(({ end }) => end)).toEqual(['done'])
  expect((await turns())[0]).toMatchObject({
    generation: 1,
    prompt: 'Tidy up, token=[redacted:token:16]',
    lastWords: 'All tidy.',
  })
})

test('a transcript tells words and tokens, and is read on after the end', async () => {
  const claude = new FakeAgent(tmux, 'claude', 'work')
  const folder = join(tmux.dir, '.claude', 'projects', '-work')
  mkdirSync(folder, { recursive: true })
  await claude.start()
  await claude.writeLive('busy', { sessionId: CONVERSATION })
  await expect.poll(states).toEqual(['claude working live'])
  const path = join(folder, `${CONVERSATION}.jsonl`)
  const say = (id: string, text: string) =>
    appendFileSync(
      path,
      `${JSON.stringify({
        type: 'assistant',
        uuid: id,
        sessionId: CONVERSATION,
        timestamp: new Date().toISOString(),
        message: {
          id: `m-${id}`,
          role: 'assistant',
          model: 'claude-opus-5-5',
          content: [{ type: 'text', text }],
          usage: { input_tokens: 10, output_tokens: 5 },
        },
      })}\n`,
    )
  say('1', 'First words.')
  await expect.poll(async () => (await only()).lastWords, { timeout: 15_000 }).toBe('First words.')
  expect((await only()).usage).toMatchObject({ input: 10, output: 5 })
  process.kill(await claude.pid(), 'SIGKILL')
  await expect.poll(async () => (await only()).liveness).toBe('ended')
  say('2', 'Last words.')
  await expect.poll(async () => (await only()).lastWords).toBe('Last words.')
})

test('pages hear of an agent only when something changed', async () => {
  const frames: FeedFrame[] = []
  const feed = await server.ws('/ws/feed', token, (data) => frames.push(JSON.parse(String(data))))
  const claude = new FakeAgent(tmux, 'claude', 'work')
  await claude.start()
  claude.show('06-idle-after-turn')
  const told = () => frames.flatMap((frame) => (frame.type === 'agent' ? [frame.agent] : []))
  await expect.poll(() => told().at(-1)?.activity).toBe('idle')
  expect(differences(told().at(-1), 'AgentView')).toEqual([])
  for (const [at, agent] of told().entries()) {
    expect(JSON.stringify(agent)).not.toBe(JSON.stringify(told()[at - 1]))
  }
  feed.close()
})

test('says why, and keeps what a person calls wrong without its secrets', async () => {
  const claude = new FakeAgent(tmux, 'claude', 'work')
  await claude.start()
  claude.show('06-idle-after-turn')
  await expect.poll(states).toEqual(['claude idle screen'])
  const { id } = await only()
  const api = server.api(token)
  const why = await api.get<EvidenceResponse>(`/api/agents/${id}/evidence`)
  expect(differences(why.json, 'EvidenceResponse')).toEqual([])
  expect(why.json.sources.map(({ source, says }) => `${source} ${says}`)).toContain('screen idle')
  const wrong = await api.post<WrongResponse>(`/api/agents/${id}/wrong`, { expected: 'working' })
  expect(wrong.status).toBe(200)
  const report = JSON.parse(readFileSync(wrong.json.path, 'utf8'))
  expect(report).toMatchObject({ kind: 'claude', said: 'idle', expected: 'working' })
  expect(report.screen.rows.length).toBeGreaterThan(10)
  expect((await api.post(`/api/agents/${id}/wrong`, { expected: 'happy' })).status).toBe(400)
  expect((await api.get('/api/agents/nobody/evidence')).status).toBe(404)
  const watcher = server.api(await server.pair('watch'))
  expect((await watcher.post(`/api/agents/${id}/wrong`, { expected: 'idle' })).status).toBe(403)
})

test('a launcher that gave way to its agent is no ended agent, though its title had spoken', async () => {
  const script = join(tmux.dir, 'gemini')
  const again = join(tmux.dir, 'again')
  writeFileSync(
    script,
    `#!${process.execPath}
const { existsSync } = require('node:fs')
const isAgent = existsSync(${JSON.stringify(again)})
process.stdout.write('\x1b]2;◇  Ready (work)\x07')
const timer = setInterval(() => {
  if (isAgent || !existsSync(${JSON.stringify(again)})) return
  clearInterval(timer)
  const flags = ['--max-old-space-size=200', process.argv[1]]
  require('node:child_process').spawn(process.execPath, flags, { stdio: 'inherit' })
}, 50)
`,
    { mode: 0o755 },
  )
  await tmux.newSession({ name: 'work', command: `exec ${script}` })
  await expect.poll(states).toEqual(['gemini idle live'])
  const { id } = await only()
  writeFileSync(again, '')
  await expect
    .poll(async () => (await agents()).map((one) => [one.liveness, one.id === id]))
    .toEqual([['live', false]])
})

test('a helper that looked like its agent for a moment leaves no ended one behind', async () => {
  const script = join(tmux.dir, 'gemini')
  const again = join(tmux.dir, 'again')
  // Its child has the agent's own name and no words, until it becomes a program with a task.
  writeFileSync(
    script,
    `#!${process.execPath}
const { existsSync } = require('node:fs')
process.stdout.write('\x1b]2;◇  Ready (work)\x07')
const stdio = ['pipe', 'ignore', 'ignore']
const helper = require('node:child_process').spawn('bash', [], { argv0: 'gemini', stdio })
const timer = setInterval(() => {
  if (!existsSync(${JSON.stringify(again)})) return
  clearInterval(timer)
  helper.stdin.write('exec -a gemini cat -\\n')
}, 50)
`,
    { mode: 0o755 },
  )
  await tmux.newSession({ name: 'work', command: `exec ${script}` })
  const pane = Number(await tmux.run('display-message', '-p', '-t', '=work:', '#{pane_pid}'))
  const rows = async () =>
    (await agents()).map(({ id, liveness, activity }) => {
      const isScript = Number.parseInt(id.split('-').at(-2) ?? '', 36) === pane
      return `${isScript ? 'script' : 'helper'} ${liveness} ${activity}`
    })
  await expect.poll(rows).toEqual(['helper live idle'])
  writeFileSync(again, '')
  await expect.poll(rows).toEqual(['script live idle'])
})

test('an ask that is known without its words gets them from the screen', async () => {
  const claude = new FakeAgent(tmux, 'claude', 'work')
  await claude.start()
  claude.show('02-working-stream')
  await claude.writeLive('busy')
  await expect.poll(states).toEqual(['claude working live'])
  claude.show('03-permission-bash')
  await claude.writeLive('waiting', { waitingFor: 'permission prompt' })
  await expect.poll(async () => (await only()).ask?.text ?? '').toContain('touch')
})

test('subagents that hooks tell of are rows under their parent, and go with it', async () => {
  const claude = new FakeAgent(tmux, 'claude', 'work')
  await claude.start()
  await expect.poll(states).toHaveLength(1)
  const { id } = await only()
  await hook(claude, 'UserPromptSubmit', { prompt: 'Look around' })
  await hook(claude, 'SubagentStart', { agent_id: 'a7', agent_type: 'Explore' })
  const rows = async () => (await agents()).filter(({ parent }) => parent === id)
  await expect.poll(async () => (await rows()).map(({ title }) => title)).toEqual(['Explore'])
  expect(differences((await rows())[0], 'AgentView')).toEqual([])
  process.kill(await claude.pid(), 'SIGKILL')
  const parent = async () => (await agents()).find((agent) => agent.id === id)
  await expect.poll(async () => (await parent())?.liveness).toBe('ended')
  await expect.poll(rows).toEqual([])
})

test('without hooks, what an agent writes of its subagents makes their rows', async () => {
  const claude = new FakeAgent(tmux, 'claude', 'work')
  await claude.start()
  const sessionId = CONVERSATION
  const project = join(tmux.dir, '.claude', 'projects', '-work')
  const logs = join(project, sessionId, 'subagents')
  mkdirSync(logs, { recursive: true })
  const write = (file: string, record: object) =>
    appendFileSync(file, `${JSON.stringify({ timestamp: new Date(), sessionId, ...record })}\n`)
  const content = 'Look around'
  write(join(project, `${sessionId}.jsonl`), { type: 'user', message: { role: 'user', content } })
  await claude.writeLive('busy', { sessionId })
  await expect.poll(states).toEqual(['claude working live'])
  const { id } = await only()
  writeFileSync(join(logs, 'agent-a7.meta.json'), '{"description":"Find the parser"}')
  const side = { isSidechain: true, agentId: 'a7', type: 'assistant' }
  const said = (text: string, stop_reason: string) => ({
    message: { id: text, role: 'assistant', stop_reason, content: [{ type: 'text', text }] },
  })
  write(join(logs, 'agent-a7.jsonl'), { ...side, ...said('I look.', 'tool_use') })
  const rows = async () =>
    (await agents()).flatMap(({ parent, title, liveness, lastWords }) =>
      parent === id ? [{ title, liveness, lastWords }] : [],
    )
  const title = 'Find the parser'
  await expect.poll(rows).toEqual([{ title, liveness: 'live', lastWords: 'I look.' }])
  // One that a hook tells of as well is the same.
  await hook(claude, 'PreToolUse', { agent_id: 'a7', agent_type: 'Explore', tool_name: 'Read' })
  write(join(logs, 'agent-a7.jsonl'), { ...side, ...said('It is in src.', 'end_turn') })
  await expect.poll(rows).toEqual([{ title, liveness: 'ended', lastWords: 'It is in src.' }])
})

test('with --no-hooks what hooks report is left alone, and the screen tells', async () => {
  await using other = await startServer({ tmux, args: ['--no-hooks'] })
  const claude = new FakeAgent(tmux, 'claude', 'work')
  await claude.start()
  claude.show('06-idle-after-turn')
  spool(other.dataDir, await callerOf(tmux, claude), {
    event: 'UserPromptSubmit',
    at: Date.now(),
    payload: { prompt: 'x' },
  })
  const otherToken = await other.pair()
  const told = async () =>
    (await other.api(otherToken).get<AgentsResponse>('/api/agents')).json.agents.map(
      ({ activity, prompt }) => `${activity} ${prompt}`,
    )
  await expect.poll(told).toEqual(['idle '])
  expect(readdirSync(join(other.dataDir, 'spool', 'new'))).toHaveLength(1)
})

test('an agent that starts anew before its first turn leaves no ended one behind', async () => {
  const script = join(tmux.dir, 'gemini')
  const again = join(tmux.dir, 'again')
  // As after its question whether the folder is trusted: its launcher starts it once more.
  writeFileSync(
    script,
    `#!${process.execPath}
const { existsSync } = require('node:fs')
const { spawn } = require('node:child_process')
if (process.execArgv.length > 0) {
  const isFirst = !existsSync(${JSON.stringify(again)})
  process.stdout.write('\x1b]2;◇  Ready (work)\x07')
  setInterval(() => { if (isFirst && existsSync(${JSON.stringify(again)})) process.exit() }, 50)
} else {
  const flags = ['--max-old-space-size=200', process.argv[1]]
  const start = () => spawn(process.execPath, flags, { stdio: 'inherit' })
  start().on('exit', start)
}
`,
    { mode: 0o755 },
  )
  await tmux.newSession({ name: 'work', command: `exec ${script}` })
  await expect.poll(states).toEqual(['gemini idle live'])
  const { id } = await only()
  writeFileSync(again, '')
  await expect
    .poll(async () => (await agents()).map((one) => [one.liveness, one.id === id]))
    .toEqual([['live', false]])
})
