import { expect, test } from 'playwright/test'
import type { AgentView, AttentionResponse, EpisodesResponse } from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import type { Server } from '../support/server.ts'
import type { Tmux } from '../support/tmux.ts'
import { WatchedStage } from '../support/watched-stage.ts'
import { differences } from '../support/wire.ts'

let stage: WatchedStage
let tmux: Tmux
let server: Server
let token = ''

test.beforeEach(async () => {
  stage = await WatchedStage.open('reply', 'phone')
  ;({ tmux, server, token } = stage)
})

test.afterEach(() => stage[Symbol.asyncDispose]())

const only = () => stage.only()

/** What waits for somebody. */
async function needs(): Promise<AttentionResponse['items']> {
  return (await server.api(token).get<AttentionResponse>('/api/attention')).json.items
}

/** An agent that asks, as a page holds it. */
async function asking(kind: AgentView['kind'], recorded: string) {
  const fake = new FakeAgent(tmux, kind, 'work')
  await fake.start()
  fake.show(recorded)
  await stage.isTold(kind, recorded)
  // The need is told a moment later; an answer before that would find none to end.
  await expect.poll(async () => (await needs()).length).toBe(1)
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
  fake.showOnEnter('05-after-approve')
  const sent = await answer()
  expect(sent.json).toEqual({ answered: true, duplicate: false })
  expect(differences(sent.json, 'AnswerResponse')).toEqual([])
  expect(fake.typed()).toBe('\r')
  expect((await answer()).json).toEqual({ answered: true, duplicate: true })
  expect(fake.typed()).toBe('\r')
  expect(await needs()).toEqual([])
  const past = async () =>
    (await server.api(token).get<EpisodesResponse>(`/api/agents/${agent}/attention`)).json.episodes
  await expect.poll(past).toMatchObject([{ end: 'answered', by: 'phone' }])
  const { spoke } = await only()
  expect(spoke?.who).toBe('user')
})

for (const kind of ['claude', 'codex', 'copilot', 'gemini', 'opencode'] as const) {
  test(`${kind}: a denial is its own key, and the dialog that stays is said to stay`, async () => {
    const { fake, answer } = await asking(kind, '03-permission-bash')
    expect((await answer({ answer: 'deny' })).json).toEqual({ answered: false, duplicate: false })
    await expect.poll(() => fake.typed()).toBe('\x1b')
    expect((await only()).ask).toBeDefined()
    expect(await needs()).toMatchObject([{ reason: 'permission' }])
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
  await expect.poll(async () => (await only()).ask?.text).not.toContain('touch')
  expect((await answer({ id: 'late' })).status).toBe(409)
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
  await stage.isTold('claude', 'start-42-first-dialog-0')
  const { ask } = await only()
  expect(ask?.kind).toBe('startup')
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
