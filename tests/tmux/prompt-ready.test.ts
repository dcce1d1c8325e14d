import { expect, test } from 'playwright/test'
import type { AgentsResponse, AgentView, PromptResponse } from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { type Server, startServer } from '../support/server.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'

let tmux: Tmux
let server: Server
let token = ''
let fake: FakeAgent

test.beforeEach(async () => {
  tmux = await startTmux()
  fake = new FakeAgent(tmux, 'claude', 'work')
  await fake.start()
  server = await startServer({ tmux })
  token = await server.pair('reply', 'phone')
})

test.afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await tmux[Symbol.asyncDispose]()
})

async function only(): Promise<AgentView | undefined> {
  return (await server.api(token).get<AgentsResponse>('/api/agents')).json.agents[0]
}

async function until(activity: AgentView['activity']): Promise<AgentView> {
  await expect.poll(async () => (await only())?.activity, { timeout: 30_000 }).toBe(activity)
  const agent = await only()
  if (!agent) throw new Error('no agent')
  return agent
}

type Told = PromptResponse & { error?: { code: string; message: string } }

function send({ pane, id }: AgentView, text: string, request: string = crypto.randomUUID()) {
  const body = { id: request, text, agent: id }
  return server.api(token).post<Told>(`/api/panes/${pane}/prompt`, body)
}

test('a prompt for an agent is typed only while that agent is proven to wait for one', async () => {
  for (const [screen, activity, why] of [
    ['02-working-stream', 'working', 'It is at work.'],
    ['03-permission-bash', 'asking', 'It asks something first.'],
  ] as const) {
    fake.show(screen)
    const { status, json } = await send(await until(activity), 'never')
    expect([status, json.error]).toEqual([409, { code: 'conflict', message: why }])
  }
  expect(fake.typed()).toBe('')
  fake.show('00-idle-fresh')
  const agent = await until('idle')
  expect(await send(agent, 'once', 'same')).toMatchObject({
    status: 200,
    json: { duplicate: false },
  })
  expect((await send(agent, 'once', 'same')).json.duplicate).toBe(true)
  await expect.poll(() => fake.typed().replace(/\r+$/, '')).toBe('once')
})

test('an agent of which nothing is known, and one that is another, get nothing', async () => {
  const agent = await until('unknown')
  expect((await send(agent, 'never')).json.error?.message).toBe('What it does is not known.')
  const other = await send({ ...agent, id: `${agent.id}x` }, 'never')
  expect(other.json.error?.message).toBe('It does not run in that pane any more.')
  expect(fake.typed()).toBe('')
})

test('a dialog that came a moment ago is seen on the screen before anything is typed', async () => {
  await fake.writeLive('idle')
  fake.show('00-idle-fresh')
  const agent = await until('idle')
  fake.show('03-permission-bash')
  // As soon as tmux has it, and before a look of ours may have come.
  await expect
    .poll(() => tmux.run('capture-pane', '-p', '-t', 'work'), { intervals: [5] })
    .toContain('Tab to amend')
  const { status } = await send(agent, 'never')
  expect(status).toBe(409)
  expect(fake.typed()).toBe('')
})
