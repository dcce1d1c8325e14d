import { expect, test } from 'playwright/test'
import type {
  AgentsResponse,
  AgentView,
  AttentionResponse,
  EpisodesResponse,
} from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { type Server, startServer } from '../support/server.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'
import { differences } from '../support/wire.ts'

let tmux: Tmux
let server: Server
let token = ''

test.beforeEach(async () => {
  tmux = await startTmux()
  await tmux.newSession({ name: 'plain' })
  server = await startServer({ tmux })
  token = await server.pair('reply', 'phone')
})

test.afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await tmux[Symbol.asyncDispose]()
})

async function agents(): Promise<AgentView[]> {
  return (await server.api(token).get<AgentsResponse>('/api/agents')).json.agents
}

async function only(): Promise<AgentView> {
  const [agent, ...more] = await agents()
  if (!agent || more.length > 0) throw new Error(`${more.length + 1} agents`)
  return agent
}

/** An agent that asks, as a page holds it. */
async function asking(kind: AgentView['kind'], screen: string) {
  const fake = new FakeAgent(tmux, kind, 'work')
  await fake.start()
  fake.show(screen)
  await expect.poll(async () => (await agents())[0]?.ask?.hash).toBeDefined()
  const { pane, ask, id } = await only()
  const request = { id: 'one', ask: ask?.id, answer: 'approve', hash: ask?.hash }
  const answer = (change: object = {}) =>
    server.api(token).post<{ answered: boolean; duplicate: boolean }>(`/api/panes/${pane}/answer`, {
      ...request,
      ...change,
    })
  return { fake, answer, agent: id }
}

test('one tap approves: once, however often it is sent', async () => {
  const { fake, answer, agent } = await asking('claude', '03-permission-bash')
  const sent = answer()
  await expect.poll(() => fake.typed()).toBe('\r')
  fake.show('05-after-approve')
  expect((await sent).json).toEqual({ answered: true, duplicate: false })
  expect(differences((await sent).json, 'AnswerResponse')).toEqual([])
  expect((await answer()).json).toEqual({ answered: true, duplicate: true })
  expect(fake.typed()).toBe('\r')
  const { items } = (await server.api(token).get<AttentionResponse>('/api/attention')).json
  expect(items).toEqual([])
  const past = await server.api(token).get<EpisodesResponse>(`/api/agents/${agent}/attention`)
  expect(past.json.episodes[0]).toMatchObject({ end: 'answered', by: 'phone' })
  const { spoke } = await only()
  expect(spoke?.who).toBe('user')
})

for (const kind of ['claude', 'codex', 'copilot', 'gemini', 'opencode'] as const) {
  test(`${kind}: a denial is its own key, and the dialog that stays is said to stay`, async () => {
    const { fake, answer } = await asking(kind, '03-permission-bash')
    expect((await answer({ answer: 'deny' })).json).toEqual({ answered: false, duplicate: false })
    await expect.poll(() => fake.typed()).toBe('\x1b')
    expect((await only()).ask).toBeDefined()
    const { items } = (await server.api(token).get<AttentionResponse>('/api/attention')).json
    expect(items).toMatchObject([{ reason: 'permission' }])
  })
}

test('a dialog that changed since it was shown is not answered: nothing is typed', async () => {
  const { fake, answer } = await asking('claude', '03-permission-bash')
  fake.show('07-permission-edit')
  // At once, while our own view may still be the old one, and again when it is not.
  await expect
    .poll(() => tmux.run('capture-pane', '-p', '-t', 'work'))
    .not.toContain('made-by-agent')
  const early = await answer({ id: 'early' })
  expect(early.status).toBe(409)
  const before = (await only()).ask?.hash
  await expect.poll(async () => (await only()).ask?.text).not.toContain('touch')
  expect((await answer({ id: 'late' })).status).toBe(409)
  expect((await answer({ id: 'late', hash: before })).status).toBe(409)
  expect(fake.typed()).toBe('')
})

test('a cursor that somebody moved is another dialog', async () => {
  const { fake, answer } = await asking('claude', '03-permission-bash')
  fake.change((rows) => rows.replace('❯ 1. Yes', '  1. Yes').replace('  4. No', '❯ 4. No'))
  await expect.poll(() => tmux.run('capture-pane', '-p', '-t', 'work')).toContain('❯ 4. No')
  expect((await answer()).status).toBe(409)
  await expect.poll(async () => (await only()).ask?.hash).not.toBe(undefined)
  await expect
    .poll(async () => {
      const { ask } = await only()
      const { json } = await answer({ id: crypto.randomUUID(), ask: ask?.id, hash: ask?.hash })
      return JSON.stringify(json)
    })
    .toContain('4. No')
  expect(fake.typed()).toBe('')
})

test('what has no plain yes is not approved: a question, a start-up dialog', async () => {
  const { fake, answer } = await asking('claude', '09-question')
  const refused = await answer()
  expect(refused.status).toBe(409)
  expect(refused.text).toContain('1. Red')
  fake.show('start-42-first-dialog-0')
  await expect.poll(async () => (await only()).ask?.kind).toBe('startup')
  const { ask } = await only()
  const no = await answer({ id: 'two', ask: ask?.id, hash: ask?.hash })
  expect(no.status).toBe(409)
  expect(no.text).toContain('No, exit')
  expect(fake.typed()).toBe('')
})

test('answers are refused where nobody asks, and to devices that may only watch', async () => {
  const { fake, answer } = await asking('claude', '03-permission-bash')
  expect((await answer({ answer: 'yes' })).status).toBe(400)
  expect((await answer({ hash: '' })).status).toBe(400)
  expect((await answer({ id: 'two', ask: 'another' })).status).toBe(409)
  const { pane } = await only()
  const watcher = server.api(await server.pair('watch'))
  expect((await watcher.post(`/api/panes/${pane}/answer`, {})).status).toBe(403)
  expect((await server.api(token).post('/api/panes/none/answer', {})).status).toBe(400)
  fake.show('06-idle-after-turn')
  await expect.poll(async () => (await only()).activity).toBe('idle')
  expect((await answer({ id: 'three' })).status).toBe(409)
  expect(fake.typed()).toBe('')
})
