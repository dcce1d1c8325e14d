import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { closeDatabase, openDatabase } from '../../db/open.ts'
import { listTurns } from '../../db/turns.ts'
import type { AgentsResponse, FeedFrame, TurnView } from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { type Server, startServer } from '../support/server.ts'
import { type Caller, callerOf, spool } from '../support/spooled.ts'
import { startTmux } from '../support/tmux.ts'

/** A fleet whose hooks we play, and the whole program before it. */
async function openFleet(count: number) {
  const tmux = await startTmux()
  const server = await startServer({ tmux })
  const agents = Array.from({ length: count }, (_, at) => new FakeAgent(tmux, 'claude', `a${at}`))
  for (const agent of agents) await agent.start()
  const token = await server.pair()
  const live = async () =>
    (await server.api(token).get<AgentsResponse>('/api/agents')).json.agents.map(({ id }) => id)
  await expect.poll(live, { timeout: 30_000 }).toHaveLength(count)
  const callers = await Promise.all(agents.map((agent) => callerOf(tmux, agent)))
  return {
    tmux,
    server,
    token,
    callers,
    ids: await live(),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await tmux[Symbol.asyncDispose]()
    },
  }
}

/** A whole turn of the caller in two events; returns the time after it. */
function spoolTurn(dataDir: string, caller: Caller, at: number, name: string): number {
  spool(dataDir, caller, { event: 'UserPromptSubmit', at, payload: { prompt: name } })
  const payload = { last_assistant_message: `done ${name}` }
  spool(dataDir, caller, { event: 'Stop', at: at + 1, payload })
  return at + 2
}

const waiting = (server: Server, part = 'new') => readdirSync(join(server.dataDir, 'spool', part))

/** What the database holds, oldest first; only once the program has ended. */
function storedTurns(server: Server, agent: string): TurnView[] {
  const { db } = openDatabase(server.dataDir)
  try {
    return listTurns(db, agent, { limit: 100_000 }).reverse()
  } finally {
    closeDatabase(db)
  }
}

/** Times that an agent's turns may have: after its start, and not in the future. */
async function whenPast(from: number, ms: number): Promise<void> {
  await expect.poll(() => Date.now(), { timeout: 60_000 }).toBeGreaterThan(from + ms)
}

test('10,000 events in a burst, every tenth malformed: each good one counts once, and pages hear on', async () => {
  test.setTimeout(180_000)
  await using fleet = await openFleet(10)
  const { server, callers, token, tmux } = fleet
  // All that follows is told as of the last five seconds: the agents must have been there by then.
  await whenPast(Date.now(), 6_000)
  const frames: FeedFrame[] = []
  const feed = await server.ws('/ws/feed', token, (data) => frames.push(JSON.parse(`${data}`)))
  const start = Date.now() - 5_000
  for (let turn = 0; turn < 450; turn += 1) {
    for (const caller of callers) {
      const at = spoolTurn(server.dataDir, caller, start + turn * 5, `turn ${turn}`)
      if (turn % 9 < 4) spool(server.dataDir, caller, { event: 'Stop', at, payload: '{"half": ' })
      if (turn % 9 > 6) spool(server.dataDir, caller, { event: '', at, payload: {} })
      if (turn % 225 === 4) spool(server.dataDir, caller, { event: 'Stop', at, payload: '[1]' })
    }
    // The reader lives in another process, but this one's feed must be read between writes.
    if (turn % 50 === 0) await new Promise((next) => setImmediate(next))
  }
  await tmux.newSession({ name: 'meanwhile' })
  await expect
    .poll(() => frames.some((one) => one.type === 'session' && one.session.name === 'meanwhile'))
    .toBe(true)
  await expect.poll(() => waiting(server).length, { timeout: 120_000 }).toBe(0)
  feed.close()
  await server.stop()
  for (const id of fleet.ids) {
    const turns = storedTurns(server, id)
    expect(turns.map(({ prompt }) => prompt)).toEqual(
      Array.from({ length: 450 }, (_, turn) => `turn ${turn}`),
    )
    const odd = turns.filter(
      ({ end, prompt, lastWords }) => end !== 'done' || lastWords !== `done ${prompt}`,
    )
    expect(odd).toEqual([])
  }
  expect(waiting(server, 'bad')).toHaveLength(100)
})

test('events that come while the program is down, hung or killed in the middle count once, in order', async () => {
  test.setTimeout(120_000)
  await using fleet = await openFleet(1)
  const { server, ids } = fleet
  const [caller] = fleet.callers
  if (!caller) throw new Error('no agent')
  await whenPast(Date.now(), 2_000)
  let at = Date.now() - 1_000
  let count = 0
  const spoolSome = async (turns: number) => {
    await whenPast(at, turns * 2)
    for (let turn = 0; turn < turns; turn += 1) {
      at = spoolTurn(server.dataDir, caller, at, `turn ${count}`)
      count += 1
    }
  }
  // Killed in the middle, three times.
  for (let round = 0; round < 3; round += 1) {
    await server.stop()
    await spoolSome(300)
    const before = waiting(server).length
    await server.start()
    await expect.poll(() => waiting(server).length, { intervals: [2] }).toBeLessThan(before)
    await server.kill9()
  }
  // Hung.
  await server.start()
  process.kill(server.pid, 'SIGSTOP')
  await spoolSome(20)
  process.kill(server.pid, 'SIGCONT')
  await expect.poll(() => waiting(server).length, { timeout: 60_000 }).toBe(0)
  await server.stop()
  const turns = storedTurns(server, ids[0] ?? '')
  expect(turns.map(({ prompt }) => prompt)).toEqual(
    Array.from({ length: count }, (_, turn) => `turn ${turn}`),
  )
  expect(turns.map(({ lastWords }) => lastWords)).toEqual(
    turns.map(({ prompt }) => `done ${prompt}`),
  )
})
