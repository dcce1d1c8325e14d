import { expect, test } from 'playwright/test'
import type {
  AgentView,
  AttentionResponse,
  AttentionView,
  EpisodesResponse,
  FeedFrame,
} from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { kept } from '../support/kept.ts'
import type { Server } from '../support/server.ts'
import type { Tmux } from '../support/tmux.ts'
import { WatchedStage } from '../support/watched-stage.ts'
import { differences } from '../support/wire.ts'

let stage: WatchedStage
let tmux: Tmux
let server: Server
let token = ''

test.beforeEach(async () => {
  stage = await WatchedStage.open('full', 'laptop')
  ;({ tmux, server, token } = stage)
})

test.afterEach(() => stage[Symbol.asyncDispose]())

async function start(name: string, screen?: string): Promise<FakeAgent> {
  const fake = new FakeAgent(tmux, 'claude', name)
  await fake.start()
  if (screen) fake.show(screen)
  return fake
}

async function items(by = token): Promise<AttentionView[]> {
  return (await server.api(by).get<AttentionResponse>('/api/attention')).json.items
}

async function needs(): Promise<string[]> {
  return (await items()).map(({ reason }) => reason)
}

const views = () => stage.agents()

/** Lets a turn of it run and end. */
async function finishTurn(fake: FakeAgent): Promise<AgentView> {
  fake.show('02-working-stream')
  const find = async () => (await views()).find(({ turn }) => turn !== undefined)
  await expect.poll(find).toBeDefined()
  const agent = await find()
  fake.show('06-idle-after-turn')
  await expect.poll(needs).toContain('turn')
  if (!agent) throw new Error('nobody works')
  return agent
}

/** Who of the one agent in tmux spoke last. */
async function speaker(): Promise<string | undefined> {
  return (await views())[0]?.spoke?.who
}

test('needs outlive the agents, kill -9 of the server and the end of tmux; acts end them', async () => {
  const done = await start('done')
  await finishTurn(done)
  const asking = await start('asking', '03-permission-bash')
  await stage.isTold('claude', '03-permission-bash')
  await expect.poll(needs).toEqual(['permission', 'turn'])
  const before = await items()
  for (const fake of [done, asking]) process.kill(await fake.pid(), 'SIGKILL')
  await expect
    .poll(async () => (await views()).map(({ liveness }) => liveness))
    .toEqual(['ended', 'ended'])
  expect(await items()).toEqual(before)
  await kept(server, 'SELECT 1 WHERE (SELECT count(*) FROM attention WHERE closed_at IS NULL) = 2')
  await server.kill9()
  await tmux.run('kill-server')
  await server.start()
  const unasked = ({ ask: _, ...rest }: AttentionView) => rest
  expect((await items()).map(unasked)).toEqual(before.map(unasked))

  const phone = await server.pair('reply', 'phone')
  const told: FeedFrame[] = []
  const feed = await server.ws('/ws/feed', phone, (data) => told.push(JSON.parse(String(data))))
  await expect.poll(() => told[0]?.type).toBe('hello')
  expect(told[0]).toMatchObject({ attention: before.map(({ id }) => ({ id })) })
  const [permission, turn] = before
  const api = server.api(token)
  const watcher = server.api(await server.pair('watch', 'wall'))
  const seen = await watcher.post(`/api/attention/${turn?.id}/seen`)
  expect(seen.json).toEqual({ id: turn?.id, open: true })
  expect((await watcher.post(`/api/attention/${turn?.id}/dismiss`)).status).toBe(403)
  await expect
    .poll(() => told.findLast(({ type }) => type === 'attention'))
    .toMatchObject({ item: { id: turn?.id, seenBy: 'wall' } })
  for (let times = 0; times < 2; times += 1) {
    const gone = await api.post(`/api/attention/${permission?.id}/dismiss`)
    expect(gone.json).toEqual({ id: permission?.id, open: false })
  }
  await expect
    .poll(() => told.findLast(({ type }) => type === 'attention-gone'))
    .toMatchObject({ id: permission?.id })
  const late = await api.post(`/api/attention/${permission?.id}/snooze`, { until: 0 })
  expect(late.json).toEqual({ id: permission?.id, open: false })
  expect((await items(phone)).map(({ id }) => id)).toEqual([turn?.id])
  const past = await api.get<EpisodesResponse>(`/api/agents/${permission?.agent}/attention`)
  expect(past.json.episodes).toMatchObject([{ end: 'dismissed', by: 'laptop' }])
  expect(differences(past.json, 'EpisodesResponse')).toEqual([])
  await server.kill9()
  await server.start()
  expect((await items()).map(({ id }) => id)).toEqual([turn?.id])
  feed.close()
})

test('a time to come back to is checked', async () => {
  await finishTurn(await start('done'))
  const [item] = await items()
  const snooze = (until: unknown) =>
    server.api(token).post(`/api/attention/${item?.id}/snooze`, { until })
  const day = 86_400_000
  for (const until of [1, Date.now() - 1, Date.now() + 31 * day, '0', null, 1.5]) {
    expect((await snooze(until)).status, `${until}`).toBe(400)
  }
  const until = Date.now() + day
  expect((await snooze(until)).json).toEqual({ id: item?.id, open: true })
  expect((await items())[0]?.snoozedUntil).toBe(until)
})

test('an agent that waits since before we came needs its user, one that was never asked does not', async () => {
  await start('fresh', '00-idle-fresh')
  await expect.poll(async () => (await views()).map(({ activity }) => activity)).toEqual(['idle'])
  await finishTurn(await start('done'))
  await server.stop()
  await server.start()
  await expect
    .poll(async () => (await views()).map(({ activity }) => activity))
    .toEqual(['idle', 'idle'])
  expect(await needs()).toEqual(['turn'])
})

test.describe('the user speaks by', () => {
  let fake: FakeAgent
  let agent: AgentView

  test.beforeEach(async () => {
    fake = await start('work')
    agent = await finishTurn(fake)
    expect(await speaker()).toBe('agent')
  })

  test('a prompt that is sent', async () => {
    const prompt = { id: 'one', text: 'Go on.', submit: false }
    await server.api(token).post(`/api/panes/${agent.pane}/prompt`, prompt)
    await expect.poll(() => fake.typed()).toBe('Go on.')
    expect(await speaker()).toBe('agent')
    // Whoever reads a prompt redraws: that is how Enter is seen to take effect.
    fake.showOnEnter('02-working-stream')
    const more = { id: 'two', text: ' Now.' }
    const sent = await server.api(token).post(`/api/panes/${agent.pane}/prompt`, more)
    expect(sent.json).toMatchObject({ receipt: 'submitted' })
    await expect.poll(speaker).toBe('user')
    await expect.poll(needs).toEqual([])
  })

  test('named keys', async () => {
    const press = (id: string, keys: string[]) =>
      server.api(token).post(`/api/panes/${agent.pane}/keys`, { id, keys })
    await press('one', ['Up', 'Tab'])
    expect(await speaker()).toBe('agent')
    await press('two', ['Enter'])
    await expect.poll(speaker).toBe('user')
    await expect.poll(needs).toEqual([])
  })

  test('keys typed in a terminal', async () => {
    let isReady = false
    const socket = await server.ws(`/ws/terminal/${agent.pane}`, token, (data, isBinary) => {
      if (!isBinary && String(data).includes('"ready"')) isReady = true
    })
    socket.send(JSON.stringify({ type: 'open', viewer: 'v-0123456789', cols: 120, rows: 41 }))
    await expect.poll(() => isReady).toBe(true)
    socket.send(Buffer.from('a draft\x1b[I\x1b[<0;1;1M'))
    await expect.poll(() => fake.typed()).toContain('a draft')
    expect(await speaker()).toBe('agent')
    socket.send(Buffer.from('\r'))
    await expect.poll(speaker).toBe('user')
    await expect.poll(needs).toEqual([])
    socket.close()
  })

  test('a turn that begins in a client of their own', async () => {
    fake.show('02-working-stream')
    await expect.poll(speaker).toBe('user')
    await expect.poll(needs).toEqual([])
  })

  test('an interruption, which leaves no need', async () => {
    fake.show('02-working-stream')
    await expect.poll(speaker).toBe('user')
    fake.show('10-interrupted')
    await expect.poll(async () => (await views())[0]?.lastTurn?.end).toBe('interrupted')
    expect(await speaker()).toBe('user')
    expect(await needs()).toEqual([])
  })

  test('an answer to a dialog, which another path may give', async () => {
    fake.show('03-permission-bash')
    await expect.poll(needs).toEqual(['permission'])
    expect(await speaker()).toBe('agent')
    fake.show('05-after-approve')
    await expect.poll(needs).not.toContain('permission')
  })
})
