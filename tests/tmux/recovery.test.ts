import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import type {
  RebuildResponse,
  ResumeResponse,
  SessionsResponse,
  SettingsResponse,
  StatusResponse,
  TurnsResponse,
} from '../../server/protocol.ts'
import { batchLabels } from '../support/batches.ts'
import { kept, keptAgents } from '../support/kept.ts'
import { CONVERSATIONS, claudeMessage, sayInTranscript } from '../support/resumable-agent.ts'
import { ResumableStage } from '../support/resumable-stage.ts'
import type { Server } from '../support/server.ts'
import { HUB_NAME, type Tmux } from '../support/tmux.ts'
import { differences } from '../support/wire.ts'

const [FIRST, SECOND] = CONVERSATIONS
const TOOL = { type: 'tool_use', id: 'tool-1', name: 'Bash', input: { command: 'npm test' } }

let stage: ResumableStage
let tmux: Tmux
let server: Server
let token = ''

test.beforeEach(async () => {
  stage = await ResumableStage.open()
  ;({ tmux, server, token } = stage)
})

test.afterEach(() => stage[Symbol.asyncDispose]())

const agents = () => stage.agents()
const standing = (conversation: string) => stage.standing(conversation)
const recovery = () => stage.recovery()
const lostAgent = (conversation: string) => stage.lostAgent(conversation)
const folder = (name: string) => stage.folder(name)
const startAgent = (...how: Parameters<ResumableStage['startAgent']>) => stage.startAgent(...how)
const typeAgent = (...how: Parameters<ResumableStage['typeAgent']>) => stage.typeAgent(...how)

/** All that the user's panes show. Our hidden session may end between two questions. */
async function screens(): Promise<string> {
  const panes = (await tmux.run('list-panes', '-a', '-F', '#{pane_id} #{session_name}'))
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap(([pane = '', session = '']) => (HUB_NAME.test(session) ? [] : [pane]))
  const screen = (pane: string) => tmux.run('capture-pane', '-p', '-J', '-t', pane)
  return (await Promise.all(panes.map(screen))).join('\n')
}

test('tmux is killed in a turn: what ran where, rebuilt and resumed with one act, once', async () => {
  await startAgent('one', FIRST, '--model', 'opus')
  await tmux.run('split-window', '-h', '-t', 'one', '-c', folder('side'))
  await tmux.run('new-window', '-t', 'one', '-n', 'logs #{pid}', '-c', folder('logs'))
  await startAgent('two', SECOND)
  writeFileSync(join(folder('one'), 'status'), 'busy')
  await expect.poll(() => standing(FIRST)).toBe('live working')
  await expect.poll(() => standing(SECOND)).toBe('live idle')
  await keptAgents(server, 2)
  const format = '#{window_index} #{window_name} #{pane_index} #{pane_current_path} #{pane_active}'
  const shape = () =>
    tmux.run('list-panes', '-s', '-t', 'one', '-F', `${format} #{window_layout}`).then(plain)
  // tmux names a window after its program some time after that started.
  await expect.poll(async () => (await shape())[0]).toMatch(/^0 sh 0 /)
  const before = await shape()

  await tmux.killServer()
  await expect.poll(async () => (await recovery()).lost.length).toBe(1)
  const told = await recovery()
  expect(differences(told, 'RecoveryResponse')).toEqual([])
  expect(told.lost[0]?.sessions.map(({ name, isBack }) => [name, isBack])).toEqual([
    ['one', false],
    ['two', false],
  ])
  // The end of its process is seen a moment after that of tmux.
  await expect.poll(async () => (await lostAgent(FIRST))?.turn?.end).toBe('lost')
  expect(await lostAgent(FIRST)).toMatchObject({
    kind: 'claude',
    session: 'one',
    pane: 0,
    cwd: folder('one'),
    hasFolder: true,
    turn: { generation: 1, end: 'lost' },
    resume: ['claude', '--model', 'opus', '--resume', FIRST],
    state: { state: 'waiting' },
  })
  const live = async () => (await agents()).map(({ liveness }) => liveness)
  await expect.poll(live).toEqual(['ended', 'ended'])

  const path = `/api/recovery/${told.lost[0]?.id}/rebuild`
  const api = server.api(token)
  const built = await Promise.all([
    api.post<RebuildResponse>(path, { id: 'a', run: true }),
    api.post<RebuildResponse>(path, { id: 'b', run: true }),
  ])
  // Whichever comes first makes them.
  const made = built.filter(({ json }) => json.sessions[0]?.created)
  expect(made.map(({ json }) => json.sessions)).toEqual([
    [
      { name: 'one', created: true },
      { name: 'two', created: true },
    ],
  ])
  expect(differences(made[0]?.json, 'RebuildResponse')).toEqual([])
  const twice = built.find((one) => one !== made[0])
  expect(twice?.json.sessions.map(({ created }) => created)).toEqual([false, false])
  await expect.poll(() => standing(FIRST)).toBe('live working')
  await expect.poll(() => standing(SECOND)).toBe('live idle')
  await expect
    .poll(async () => (await recovery()).agents.map(({ state }) => state.state))
    .toEqual(['resumed', 'resumed'])
  await expect.poll(shape).toEqual(before)
  const text = await screens()
  expect(text.match(new RegExp(`resumed ${FIRST}`, 'g'))).toHaveLength(1)
  expect(text).toContain(`in ${folder('one')}`)
  expect(text).toContain(`with --model opus --resume ${FIRST}`)
  expect(text).toContain(`in ${folder('two')}`)
})

/** Without what tmux counts anew: the checksum and the pane ids in a layout. */
function plain(listing: string): string[] {
  return listing
    .split('\n')
    .map((line) =>
      line.replace(
        / [0-9a-f]{4},([^ ]*)$/,
        (_all, layout: string) => ` ${layout.replace(/(\d+x\d+,\d+,\d+),\d+/g, '$1')}`,
      ),
    )
}

test("a command can wait on the prompt, and runs in the agent's place when its user wants", async () => {
  await startAgent('one', FIRST)
  await keptAgents(server, 1)
  await tmux.killServer()
  await expect.poll(async () => (await recovery()).lost.length).toBe(1)
  const [lost] = (await recovery()).lost
  const path = `/api/recovery/${lost?.id}/rebuild`
  await server.api(token).post(path, { id: 'a', run: false })
  await expect.poll(async () => (await lostAgent(FIRST))?.state.detail).toMatch(/on the prompt/)
  await expect.poll(screens).toContain(`claude --resume ${FIRST}`)
  expect(await screens()).not.toContain('resumed')
  await tmux.run('send-keys', '-t', 'one', 'Enter')
  await expect.poll(() => standing(FIRST)).toMatch(/^live/)
})

test('one agent is resumed beside what still runs, in its session and folder, and only once', async () => {
  await startAgent('one', FIRST, '--model', 'opus')
  await tmux.newSession({ name: 'other' })
  const [agent] = await agents()
  await tmux.run('send-keys', '-t', 'one', 'C-c')
  await expect.poll(() => standing(FIRST)).toMatch(/^ended/)
  const resume = (id: string) =>
    server.api(token).post<ResumeResponse>(`/api/agents/${agent?.id}/resume`, { id, run: true })
  const answers = await Promise.all([resume('a'), resume('b'), resume('a')])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(answers.filter(({ json }) => !json.duplicate)).toHaveLength(1)
  expect(differences(answers[0]?.json, 'ResumeResponse')).toEqual([])
  await expect
    .poll(async () => (await agents()).filter((one) => one.liveness === 'live').length)
    .toBe(1)
  // Its process is seen before the file in which it names its conversation.
  await expect
    .poll(async () => (await agents()).find((one) => one.liveness === 'live'))
    .toMatchObject({ conversation: FIRST, cwd: folder('one'), session: agent?.session })
  expect((await resume('c')).json).toMatchObject({ duplicate: true, state: { state: 'resumed' } })
  expect(await tmux.run('list-windows', '-t', 'one', '-F', '#{window_index}')).toBe('0\n1')
})

test('what cannot be resumed says why, and a folder that is gone is never replaced', async () => {
  await startAgent('one', FIRST)
  await startAgent('two', SECOND)
  await keptAgents(server, 2)
  const [first] = (await agents()).filter(({ conversation }) => conversation === FIRST)
  const stillRuns = await server.api(token).post(`/api/agents/${first?.id}/resume`, { id: 'a' })
  expect(stillRuns.status).toBe(409)
  await tmux.killServer()
  rmSync(folder('one'), { recursive: true })
  await expect.poll(async () => (await recovery()).lost.length).toBe(1)
  const { lost, agents: gone } = await recovery()
  expect(gone.find(({ id }) => id === first?.id)).toMatchObject({
    hasFolder: false,
    reason: `Its folder ${join(tmux.dir, 'work', 'one')} is gone.`,
  })
  const refused = await server.api(token).post(`/api/agents/${first?.id}/resume`, { id: 'b' })
  expect(refused.status).toBe(409)
  const path = `/api/recovery/${lost[0]?.id}/rebuild`
  const built = (await server.api(token).post<RebuildResponse>(path, { id: 'c', run: true })).json
  expect(built.sessions[0]?.detail).toMatch(/one is gone; the pane is in .*work\./)
  expect(built.agents.find(({ id }) => id === first?.id)?.state).toMatchObject({ state: 'failed' })
  await expect.poll(() => standing(SECOND)).toMatch(/^live/)
  expect(await screens()).not.toContain(FIRST)
})

test('a session of the same name that is something else keeps its own, and the agent its history', async () => {
  await startAgent('one', FIRST)
  await keptAgents(server, 1)
  await tmux.killServer()
  await expect.poll(async () => (await recovery()).lost.length).toBe(1)
  await tmux.newSession({ name: 'one', cwd: folder('stranger') })
  await expect.poll(async () => (await recovery()).lost[0]?.sessions[0]?.isBack).toBe(true)
  const { lost, agents: gone } = await recovery()
  const built = await server
    .api(token)
    .post<RebuildResponse>(`/api/recovery/${lost[0]?.id}/rebuild`, { id: 'a', run: true })
  expect(built.json.sessions).toMatchObject([{ name: 'one', created: false }])
  expect(built.json.agents).toMatchObject([{ state: { state: 'failed' } }])
  await server.api(token).post(`/api/agents/${gone[0]?.id}/resume`, { id: 'b', run: true })
  await expect.poll(() => standing(FIRST)).toMatch(/^live/)
  const [live] = (await agents()).filter(({ conversation }) => conversation === FIRST)
  expect(live).toMatchObject({ cwd: folder('one') })
  expect(live?.place?.session).not.toBe('one')
  expect(await tmux.run('capture-pane', '-p', '-t', 'one')).not.toContain('claude')
})

test('sessions that their user ended in order are not offered again', async () => {
  await tmux.newSession({ name: 'one' })
  await kept(server, 'SELECT 1 FROM tmux_runs')
  // A tmux that we are not in yet has gone before it could tell that it is empty.
  const channel = async () =>
    (await server.api(token).get<StatusResponse>('/api/status')).json.servers[0]?.channel
  await expect.poll(channel).toBe('control')
  await tmux.run('send-keys', '-t', 'one', 'exit', 'Enter')
  await expect.poll(() => tmux.serverPid()).toBe(undefined)
  await expect
    .poll(
      async () => (await server.api(token).get<SessionsResponse>('/api/sessions')).json.sessions,
    )
    .toEqual([])
  expect((await recovery()).lost).toEqual([])
})

test('what is forgotten is not offered any more, neither now nor after a restart', async () => {
  await startAgent('one', FIRST)
  await keptAgents(server, 1)
  await tmux.killServer()
  await expect.poll(async () => (await recovery()).lost.length).toBe(1)
  await expect.poll(() => standing(FIRST)).toMatch(/^ended/)
  const { lost, agents: gone } = await recovery()
  const api = server.api(token)
  const forgotten = await api.post(`/api/recovery/${lost[0]?.id}/forget`)
  expect(differences(forgotten.json, 'ForgetResponse')).toEqual([])
  expect((await api.post(`/api/recovery/${lost[0]?.id}/forget`)).status).toBe(404)
  expect((await api.delete(`/api/agents/${gone[0]?.id}`)).status).toBe(200)
  await server.stop()
  await server.start()
  expect(await recovery()).toMatchObject({ lost: [], agents: [] })
  expect(await agents()).toEqual([])
})

test('our server is killed in the middle of a tool: the turn is interrupted, older turns as they were', async () => {
  await startAgent('one', FIRST)
  const [agent] = await agents()
  const id = agent?.id ?? ''
  await turn('first', 'First, please.', 'All done.')
  await prompt('second', 'Second, please.')
  sayInTranscript(tmux, FIRST, { type: 'assistant', message: claudeMessage('t2', [TOOL]) })
  await expect.poll(async () => (await agents())[0]?.tool).toContain('npm test')
  await kept(server, `SELECT 1 FROM agents WHERE tool LIKE '%npm test%'`)
  await kept(server, 'SELECT 1 FROM turns WHERE generation = 2')
  const turns = async () =>
    (await server.api(token).get<TurnsResponse>(`/api/agents/${id}/turns`)).json.turns
  const before = JSON.stringify((await turns()).find(({ generation }) => generation === 1))

  await server.kill9()
  await tmux.killServer()
  await server.start()
  expect(await standing(FIRST)).toBe('historical unknown')
  const after = await turns()
  expect(after[0]).toMatchObject({ generation: 2, end: 'interrupted' })
  expect(JSON.stringify(after.find(({ generation }) => generation === 1))).toBe(before)
  expect(await lostAgent(FIRST)).toMatchObject({
    turn: { generation: 2, end: 'interrupted', tool: expect.stringContaining('npm test') },
  })
})

for (const [title, before, after] of [
  ['tmux lives on, and its agent', [], 'live'],
  ['tmux ended while we were away', ['tmux'], 'historical'],
  ['the agent ended while we were away', ['agent'], 'historical'],
  ['the agent ended before us', ['agent-first'], 'ended'],
  ['tmux ended before us', ['tmux-first'], 'ended'],
  ['tmux ended and another one began', ['tmux', 'new-tmux'], 'historical'],
] as const) {
  test(`after a restart of ours: ${title}`, async () => {
    await startAgent('one', FIRST)
    await keptAgents(server, 1)
    const [agent] = await agents()
    const isFirst = before.some((act) => act.endsWith('-first'))
    if (!isFirst) await server.kill9()
    for (const act of before) {
      if (act === 'new-tmux') await tmux.newSession({ name: 'one' })
      else if (act.startsWith('tmux')) await tmux.killServer()
      else await tmux.run('send-keys', '-t', 'one', 'C-c')
    }
    if (isFirst) {
      await expect.poll(() => standing(FIRST)).toMatch(/^ended/)
      await server.kill9()
    } else if (before.some((act) => act === 'agent')) {
      const program = ['display-message', '-p', '-t', 'one', '#{pane_current_command}']
      await expect.poll(() => tmux.run(...program)).toBe('sh')
    }
    await server.start()
    const expected = after === 'live' ? /^live idle/ : /^historical unknown/
    await expect.poll(() => standing(FIRST)).toMatch(expected)
    expect((await agents()).map(({ id }) => id)).toEqual([agent?.id])
    const isLost = before.some((act) => act.startsWith('tmux'))
    expect((await recovery()).agents.map(({ id }) => id)).toEqual(isLost ? [agent?.id] : [])
    await server.stop()
    await server.start()
    await expect.poll(() => standing(FIRST)).toMatch(expected)
  })
}

test('where tmux-resurrect is set up its work is left to it, and agents resume in what it restored', async () => {
  const option = ['set-option', '-g', '@resurrect-strategy-irb', 'default_strategy']
  await tmux.run('new-session', '-d', '-s', 'one', '-c', folder('one'), ';', ...option)
  await typeAgent('one', FIRST)
  await keptAgents(server, 1)
  await tmux.killServer()
  await expect.poll(async () => (await recovery()).lost[0]?.restoredBy).toBe('resurrect')
  const path = `/api/recovery/${(await recovery()).lost[0]?.id}/rebuild`
  const api = server.api(token)
  const left = (await api.post<RebuildResponse>(path, { id: 'a', run: true })).json
  expect(left.sessions).toMatchObject([
    { name: 'one', created: false, detail: expect.stringContaining('tmux-resurrect') },
  ])
  expect(left.agents).toMatchObject([{ state: { state: 'failed' } }])
  expect(await tmux.serverPid()).toBe(undefined)
  await tmux.newSession({ name: 'one', cwd: folder('one') })
  await expect.poll(async () => (await recovery()).lost[0]?.sessions[0]?.isBack).toBe(true)
  await expect
    .poll(async () => {
      const { json } = await api.post<RebuildResponse>(path, { id: crypto.randomUUID(), run: true })
      return json.agents[0]?.state.state
    })
    .not.toBe('failed')
  await expect.poll(() => standing(FIRST)).toMatch(/^live/)
  expect(await tmux.run('capture-pane', '-p', '-J', '-t', 'one')).toContain(`resumed ${FIRST}`)
})

test('sessions that shared their windows share them again', async () => {
  await startAgent('one', FIRST)
  await keptAgents(server, 1)
  await tmux.run('new-session', '-d', '-t', 'one', '-s', 'mirror')
  await kept(server, `SELECT 1 FROM tmux_runs WHERE sessions LIKE '%"mirror"%'`)
  await tmux.killServer()
  await expect.poll(async () => (await recovery()).lost.length).toBe(1)
  const path = `/api/recovery/${(await recovery()).lost[0]?.id}/rebuild`
  const { json } = await server.api(token).post<RebuildResponse>(path, { id: 'a', run: true })
  expect(json.sessions.map(({ created }) => created)).toEqual([true, true])
  await expect.poll(() => standing(FIRST)).toMatch(/^live/)
  const windows = await tmux.run('list-windows', '-a', '-F', '#{session_name} #{window_id}')
  const of = (name: string) =>
    windows.split('\n').flatMap((line) => (line.startsWith(`${name} `) ? [line.split(' ')[1]] : []))
  expect(of('one')).toEqual(of('mirror'))
  expect((await screens()).match(new RegExp(`resumed ${FIRST}`, 'g'))).toHaveLength(2)
})

test('sessions that are made anew keep the label of their batch, rebuilt or with their agent', async () => {
  const api = server.api(token)
  const directories = ['one', 'two', 'three'].map(folder)
  const labelled = ['one', 'three', 'two'].map((name) => [name, 'try it all'])
  await tmux.newSession({ name: 'mine' })
  await api.post('/api/starts', { id: 'a', directories, batch: 'try it all' })
  await expect.poll(() => batchLabels(server, token)).toEqual(labelled)
  await tmux.run('new-session', '-d', '-t', 'one', '-s', 'mirror')
  await typeAgent('two', SECOND)
  const agent = (await agents())[0]?.id
  await keptAgents(server, 1)
  await kept(server, `SELECT 1 FROM tmux_runs WHERE sessions LIKE '%"mirror"%'`)
  await kept(server, 'SELECT 1 WHERE (SELECT count(*) FROM batches) = 3')
  await server.kill9()
  await tmux.killServer()
  await server.start()
  await expect.poll(async () => (await recovery()).lost.length).toBe(1)
  expect(await batchLabels(server, token)).toEqual([])
  const [lost] = (await recovery()).lost
  const path = `/api/recovery/${lost?.id}/rebuild`
  await api.post(path, { id: 'b', run: false, sessions: ['one', 'mirror'] })
  await expect.poll(() => batchLabels(server, token)).toEqual([['one', 'try it all']])
  await api.post(`/api/agents/${agent}/resume`, { id: 'c', run: true })
  await expect.poll(() => standing(SECOND)).toMatch(/^live/)
  await api.post(path, { id: 'd', run: false })
  await expect.poll(() => batchLabels(server, token)).toEqual(labelled)
})

test('agents come back by themselves where their user has set so, once, and else never', async () => {
  const api = server.api(token)
  await startAgent('one', FIRST)
  await keptAgents(server, 1)
  await tmux.killServer()
  await expect.poll(async () => (await recovery()).lost.length).toBe(1)
  // What was lost before it was set is left alone for good.
  await kept(server, 'SELECT 1 FROM tmux_runs WHERE resumed_at IS NOT NULL')
  const { version } = (await api.get<SettingsResponse>('/api/settings')).json
  const set = { version, settings: { resumeByItself: true } }
  expect((await api.send('PUT', '/api/settings', set)).status).toBe(200)
  await startAgent('two', SECOND)
  await kept(
    server,
    `SELECT 1 FROM tmux_runs WHERE sessions LIKE '%"two"%' AND sessions LIKE '%"agent"%'`,
  )
  await kept(server, `SELECT 1 FROM agents WHERE view LIKE '%${SECOND}%'`)
  await server.kill9()
  await tmux.killServer()
  await server.start()
  await expect.poll(() => standing(SECOND)).toMatch(/^live/)
  expect(await standing(FIRST)).not.toMatch(/^live/)
  expect(await tmux.run('list-sessions', '-F', '#{session_name}')).not.toContain('one')
  await kept(
    server,
    'SELECT 1 WHERE (SELECT count(*) FROM tmux_runs WHERE resumed_at IS NOT NULL) = 2',
  )
})

async function prompt(uuid: string, text: string): Promise<void> {
  writeFileSync(join(folder('one'), 'status'), 'busy')
  sayInTranscript(tmux, FIRST, { type: 'user', uuid, message: { role: 'user', content: text } })
  await expect.poll(async () => (await agents())[0]?.prompt).toBe(text)
}

async function turn(uuid: string, text: string, answer: string): Promise<void> {
  await prompt(uuid, text)
  const content = [{ type: 'text', text: answer }]
  sayInTranscript(tmux, FIRST, {
    type: 'assistant',
    uuid: `${uuid}-a`,
    message: claudeMessage(uuid, content),
  })
  await expect.poll(async () => (await agents())[0]?.lastWords).toBe(answer)
  writeFileSync(join(folder('one'), 'status'), 'idle')
  await expect.poll(() => standing(FIRST)).toBe('live idle')
}
