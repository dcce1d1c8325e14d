import { expect, test } from 'playwright/test'
import { FAILURE_STATUS } from '../server/core/failure.ts'
import {
  type AgentsResponse,
  ERROR_CODES,
  type EvidenceResponse,
  type PairTicketResponse,
  type SessionsResponse,
  type SessionView,
  type SettingsResponse,
  TMUX_STATES,
  type TurnsResponse,
  type WsTicketResponse,
} from '../server/protocol.ts'
import { FakeAgent } from './support/fake-agent.ts'
import { PushBrowser } from './support/push-service.ts'
import { type Server, startServer } from './support/server.ts'
import { readSources } from './support/sources.ts'
import { spool } from './support/spooled.ts'
import { startTmux, type Tmux } from './support/tmux.ts'
import { differences, wireTypes } from './support/wire.ts'

test('every JSON answer of a route is tied to a type of the wire', () => {
  for (const { path, text } of readSources('server/routes')) {
    const answers = [...text.matchAll(/\bc\.json\(/g)].map((match) => {
      const start = (match.index ?? 0) + match[0].length
      let depth = 1
      let end = start
      while (depth > 0 && end < text.length) {
        if (text[end] === '(') depth++
        if (text[end] === ')') depth--
        end++
      }
      return text.slice(start, end - 1)
    })
    for (const answer of answers) {
      const type = /\bsatisfies (\w+)/.exec(answer)?.[1]
      expect(wireTypes(), `${path}: ${answer.slice(0, 80)}`).toContain(type)
    }
  }
})

test('the wire can be told from what it is not', () => {
  expect(differences({ ok: true, version: '1' }, 'HealthResponse')).toEqual([])
  expect(differences({ ok: false, version: '1' }, 'HealthResponse')).toHaveLength(1)
  expect(differences({ ok: true }, 'HealthResponse')).toHaveLength(1)
  expect(differences({ ok: true, version: '1', more: 1 }, 'HealthResponse')).toHaveLength(1)
  const error = { error: { code: 'conflict', message: 'x' } }
  expect(differences(error, 'ErrorBody')).toEqual([])
  expect(differences({ error: { code: 'oops', message: 'x' } }, 'ErrorBody')).toHaveLength(1)
})

test.describe('a running server', () => {
  let tmux: Tmux
  let server: Server

  test.beforeAll(async () => {
    tmux = await startTmux()
    await tmux.newSession({ name: 'work' })
    server = await startServer({ tmux })
  })

  test.afterAll(async () => {
    await server?.[Symbol.asyncDispose]()
    await tmux?.[Symbol.asyncDispose]()
  })

  /** One request whose answer must be of a type. */
  async function answers(type: string, method: string, path: string, body?: object) {
    const reply = await server.api(await token()).send(method, path, body)
    const failed = type === 'ErrorBody'
    expect(reply.status >= 400, `${method} ${path}: ${reply.text}`).toBe(failed)
    expect(differences(reply.json, type), `${method} ${path}`).toEqual([])
    return reply
  }

  let paired: Promise<string> | undefined
  function token(): Promise<string> {
    paired ??= server.pair()
    return paired
  }

  async function work(): Promise<SessionView> {
    const { json } = await server.api(await token()).get<SessionsResponse>('/api/sessions')
    const session = json.sessions.find(({ name }) => name === 'work')
    if (!session) throw new Error('the session "work" is not listed')
    return session
  }

  test('answers in the words of the wire', async () => {
    await answers('HealthResponse', 'GET', '/api/health')
    await answers('StatusResponse', 'GET', '/api/status')
    await answers('SessionsResponse', 'GET', '/api/sessions')
    await answers('SearchResponse', 'GET', '/api/search?q=work')
    await answers('DevicesResponse', 'GET', '/api/devices')
    await answers('AgentsResponse', 'GET', '/api/agents')
    await answers('WsTicketResponse', 'POST', '/api/ws-ticket', {})
    const early = '/api/ws-ticket?count=2&hello=1'
    const { tickets, hello } = (await server.api(await token()).post<WsTicketResponse>(early)).json
    expect(differences(hello?.sessions, 'SessionView[]')).toEqual([])
    expect(new Set(tickets).size).toBe(2)
    expect(hello?.sessions.map(({ name }) => name)).toEqual(['work'])
    await answers('ErrorBody', 'POST', '/api/ws-ticket?count=9', {})
    const made = await answers('PairTicketResponse', 'POST', '/api/tickets', { scope: 'reply' })
    const { ticket } = made.json as PairTicketResponse
    const pairing = await server.api().post('/api/pair', { ticket, name: 'other' })
    expect(differences(pairing.json, 'PairResponse')).toEqual([])
    const { device } = pairing.json as { device: { id: string } }
    await answers('RevokeResponse', 'DELETE', `/api/devices/${device.id}`)
    await answers('DirectoriesResponse', 'GET', `/api/directories?path=${tmux.dir}`)

    await answers('ProgramsResponse', 'GET', '/api/programs')
    const start = { id: 'zero', directories: [tmux.dir], name: 'started' }
    await answers('StartResponse', 'POST', '/api/starts', start)
    await answers('StartsResponse', 'GET', '/api/starts')

    await answers('AttentionResponse', 'GET', '/api/attention')
    await answers('RecoveryResponse', 'GET', '/api/recovery')
    await answers('HooksResponse', 'GET', '/api/hooks')
    const set = await answers('SettingsResponse', 'GET', '/api/settings')
    const { version } = set.json as SettingsResponse
    const wish = { version, settings: { snapshotDays: 7 } }
    await answers('SettingsResponse', 'PUT', '/api/settings', wish)
    await answers('ErrorBody', 'PUT', '/api/settings', wish)

    await answers('PushResponse', 'GET', '/api/push')
    await answers('PushResponse', 'DELETE', '/api/push/subscription', {})
    const url = 'https://push.example.org/1'
    const { keys } = new PushBrowser(url).subscription
    await answers('PushResponse', 'PUT', '/api/push/subscription', { endpoint: url, keys })
    await answers('PushResponse', 'PUT', '/api/push/webhook', { url })
    await answers('StatusResponse', 'GET', '/api/status')
    await answers('PushResponse', 'DELETE', '/api/push/webhook', {})
    await answers('PushResponse', 'DELETE', '/api/push/subscription', {})

    const pane = (await work()).windows[0]?.panes[0]?.id
    await answers('ScreenResponse', 'GET', `/api/panes/${pane}/screen`)
    await answers('ScreenResponse', 'GET', `/api/panes/${pane}/screen?format=ansi`)
    await answers('HistoryResponse', 'GET', `/api/panes/${pane}/history?start=0`)
    const prompt = { id: 'one', text: 'true' }
    await answers('PromptResponse', 'POST', `/api/panes/${pane}/prompt`, prompt)
    await answers('PromptResponse', 'POST', `/api/panes/${pane}/prompt`, prompt)
    await answers('KeysResponse', 'POST', `/api/panes/${pane}/keys`, { id: 'two', keys: ['Enter'] })

    await answers('AttachmentResponse', 'POST', '/api/attachments?name=x.json', { any: 'thing' })

    const wanted = { id: 'three', name: 'fresh', cwd: tmux.dir }
    const created = await answers('CreateSessionResponse', 'POST', '/api/sessions', wanted)
    const { session } = created.json as { session: SessionView }
    await answers('SessionView', 'PATCH', `/api/sessions/${session.id}`, { name: 'renamed' })
    await answers('KillSessionResponse', 'DELETE', `/api/sessions/${session.id}`)
  })

  test('speaks of agents and their subagents in the words of the wire', async () => {
    const claude = new FakeAgent(tmux, 'claude', 'agent')
    await claude.start()
    claude.show('06-idle-after-turn')
    const agents = async () =>
      (await server.api(await token()).get<AgentsResponse>('/api/agents')).json.agents
    const caller = { kind: 'claude', pane: '', tmux: '', pid: await claude.pid() }
    const report = (event: string, payload: object) =>
      spool(server.dataDir, caller, { event, at: Date.now(), payload })
    // An event of nobody that is known, and of no pane where it could be looked for, is dropped.
    await expect.poll(async () => (await agents()).length).toBe(1)
    report('UserPromptSubmit', { prompt: 'Look around' })
    await expect
      .poll(async () => (await agents()).map(({ prompt }) => prompt))
      .toEqual(['Look around'])
    report('SubagentStart', { agent_id: 'a7', agent_type: 'Explore' })
    await expect.poll(async () => (await agents()).length).toBe(2)
    for (const { id, parent } of await agents()) {
      const turns = await answers('TurnsResponse', 'GET', `/api/agents/${id}/turns`)
      expect((turns.json as TurnsResponse).turns).toHaveLength(parent === undefined ? 1 : 0)
      const why = await answers('EvidenceResponse', 'GET', `/api/agents/${id}/evidence`)
      expect((why.json as EvidenceResponse).sources.map(({ source }) => source)).toContain('hook')
      const type = parent === undefined ? 'WrongResponse' : 'ErrorBody'
      await answers(type, 'POST', `/api/agents/${id}/wrong`, { expected: 'idle' })
    }
  })

  test('refuses in the words of the wire', async () => {
    await answers('ErrorBody', 'GET', '/api/nothing')
    await answers('ErrorBody', 'GET', '/nothing.js')
    await answers('ErrorBody', 'GET', '/api/panes/nothing/screen')
    await answers('ErrorBody', 'GET', '/api/agents/nothing/turns')
    await answers('ErrorBody', 'GET', '/api/agents/nothing/evidence')
    await answers('ErrorBody', 'POST', '/api/agents/nothing/wrong', { expected: 'idle' })
    await answers('ErrorBody', 'GET', '/api/agents/nothing/attention')
    const yes = { id: 'four', ask: 'none', answer: 'approve', hash: 'none' }
    await answers('ErrorBody', 'POST', '/api/panes/nothing/answer', yes)
    await answers('ErrorBody', 'POST', '/api/attention/nothing/seen', {})
    await answers('ErrorBody', 'POST', '/api/attention/nothing/snooze', { until: 0 })
    await answers('ErrorBody', 'POST', '/api/attention/nothing/dismiss', {})
    await answers('ErrorBody', 'GET', '/api/agents/nothing/diff')
    await answers('ErrorBody', 'POST', '/api/agents/nothing/resume', { id: 'four', run: false })
    await answers('ErrorBody', 'DELETE', '/api/agents/nothing')
    await answers('ErrorBody', 'POST', '/api/recovery/nothing/rebuild', { id: 'five', run: false })
    await answers('ErrorBody', 'POST', '/api/recovery/nothing/forget', {})
    await answers('ErrorBody', 'GET', '/api/agents/nothing/transcript')
    await answers('ErrorBody', 'GET', '/api/agents/nothing/transcript?after=nothing')
    await answers('ErrorBody', 'POST', '/api/push/test', {})
    await answers('ErrorBody', 'POST', '/api/push/webhook/test', {})
    await answers('ErrorBody', 'PUT', '/api/push/subscription', {})
    await answers('ErrorBody', 'PUT', '/api/push/webhook', { url: 'http://127.0.0.1/' })
    await answers('ErrorBody', 'POST', '/api/sessions', {})
    await answers('ErrorBody', 'POST', '/api/starts', {})
    await answers('ErrorBody', 'POST', '/api/starts/nothing/prompt', { id: 'five', row: 0 })
    await answers('ErrorBody', 'PATCH', '/api/sessions/nothing', { name: 'x' })
    await answers('ErrorBody', 'DELETE', '/api/sessions/nothing')
    const evil = await server.api().send('GET', '/', undefined, { host: 'evil.example' })
    expect(differences(evil.json, 'ErrorBody')).toEqual([])
  })

  test('speaks the frames of the feed', async () => {
    const frames: { type: string; [field: string]: unknown }[] = []
    const socket = await server.ws('/ws/feed', await token(), (data) =>
      frames.push(JSON.parse(String(data))),
    )
    await expect.poll(() => frames.map(({ type }) => type)).toContain('hello')
    const hello = frames.find(({ type }) => type === 'hello')
    expect(differences(hello?.sessions, 'SessionView[]')).toEqual([])
    expect(differences(hello?.servers, 'TmuxServerView[]')).toEqual([])
    expect(differences(hello?.attention, 'AttentionView[]')).toEqual([])
    expect(differences(hello?.settings, 'SettingsResponse')).toEqual([])
    expect(differences(hello?.starts, 'StartView[]')).toEqual([])
    expect(differences(hello?.batches, 'Record<string, string>')).toEqual([])
    await tmux.newSession({ name: 'second' })
    await expect.poll(() => frames.map(({ type }) => type)).toContain('session')
    const session = frames.find(({ type }) => type === 'session')
    expect(differences(session?.session, 'SessionView')).toEqual([])
    socket.close()
  })
})

test('every error has a status, and no two ways to say the same', () => {
  expect(Object.keys(FAILURE_STATUS).sort()).toEqual([...ERROR_CODES].sort())
  expect(new Set(ERROR_CODES).size).toBe(ERROR_CODES.length)
})

test('the page has words for everything that tmux can be', () => {
  const page = readSources('web')
    .map(({ text }) => text)
    .join('\n')
  for (const state of TMUX_STATES) {
    expect(page.includes(`'${state}'`) || page.includes(`${state}:`), state).toBe(true)
  }
})

test('people read one word for one thing', () => {
  // Left: what the project does not call it. Looked for in strings only, where people read.
  const strangers: [RegExp, string][] = [
    [/\b(?:un)?subscribed?\b/i, 'watch'],
    [/\bwebsite\b/i, 'page'],
    [/\btmux instances?\b/i, 'tmux server'],
    [/\bdaemons?\b/i, 'server'],
    [/\btabs? (?:of|in) tmux\b/i, 'window'],
  ]
  // One expectation for all: the runner goes through its steps with each one.
  const strange = readSources('server', 'web').flatMap(({ path, text }) =>
    [...text.matchAll(/'([^'\n]+ [^'\n]+)'|`([^`]+)`/g)].flatMap(([said]) =>
      strangers
        .filter(([stranger]) => stranger.test(said))
        .map(([, ours]) => `${path}: ${said} (say "${ours}")`),
    ),
  )
  expect(strange).toEqual([])
})
