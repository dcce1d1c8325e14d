import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, test } from 'playwright/test'
import type {
  AgentsResponse,
  AttentionResponse,
  FeedFrame,
  PairTicketResponse,
  StatusResponse,
  TurnsResponse,
} from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { allowWrites, refuseWrites } from '../support/limits.ts'
import { startServer } from '../support/server.ts'
import { callerOf, spool } from '../support/spooled.ts'
import { startTmux } from '../support/tmux.ts'

test.skip(process.platform !== 'linux', 'limits of another process are set on Linux')

test('while nothing can be written agents are followed and that is said; nothing is skipped later', async () => {
  await using tmux = await startTmux()
  await using server = await startServer({ tmux })
  const token = await server.pair()
  const api = server.api(token)
  const fake = new FakeAgent(tmux, 'claude', 'work')
  await fake.start()
  const only = async () => (await api.get<AgentsResponse>('/api/agents')).json.agents[0]
  await expect.poll(only).toBeDefined()
  const id = (await only())?.id
  const turns = async () =>
    (await api.get<TurnsResponse>(`/api/agents/${id}/turns`)).json.turns
      .map(({ prompt, end }) => `${prompt} ${end}`)
      .reverse()
  const storage = async () => (await api.get<StatusResponse>('/api/status')).json.storage
  const caller = await callerOf(tmux, fake)
  let at = Date.now()
  const say = (event: string, payload: object) => {
    at = Math.max(at + 1, Date.now())
    spool(server.dataDir, caller, { event, at, payload })
  }
  const waiting = () => readdirSync(join(server.dataDir, 'spool', 'new')).length
  const frames: FeedFrame[] = []
  const feed = await server.ws('/ws/feed', token, (data) => frames.push(JSON.parse(`${data}`)))

  say('UserPromptSubmit', { prompt: 'kept' })
  say('Stop', { last_assistant_message: 'kept' })
  await expect.poll(turns).toEqual(['kept done'])
  await expect.poll(waiting).toBe(0)

  refuseWrites(server.pid)
  say('UserPromptSubmit', { prompt: 'refused' })
  say('Stop', { last_assistant_message: 'refused' })
  await expect.poll(turns).toEqual(['kept done', 'refused done'])
  await expect.poll(async () => (await storage()).state).toBe('not-saving')
  // There is room enough: it is no full disk, and nothing was forgotten to make any.
  expect(await storage()).toMatchObject({
    writeFault: 'The disk reports errors.',
    writeFaultKind: 'broken',
  })
  expect((await storage()).gaveWay).toBeUndefined()
  expect(readdirSync(server.dataDir)).toContain('dogwatch.db.reserve')
  const told = () =>
    frames.flatMap((frame) => (frame.type === 'storage' ? [frame.storage.state] : []))
  await expect.poll(() => told().at(-1)).toBe('not-saving')
  await expect
    .poll(() => frames.some((one) => one.type === 'agent' && one.agent.lastWords === 'refused'))
    .toBe(true)
  // Not on the disk, so not taken as done.
  expect(waiting()).toBe(2)
  await server.kill9()
  await server.start()
  await expect.poll(turns).toEqual(['kept done', 'refused done'])
  await expect.poll(waiting).toBe(0)
  expect((await storage()).state).toBe('saving')

  refuseWrites(server.pid)
  say('UserPromptSubmit', { prompt: 'refused again' })
  say('Stop', { last_assistant_message: 'refused again' })
  await expect.poll(async () => (await storage()).state).toBe('not-saving')
  await expect.poll(turns).toEqual(['kept done', 'refused done', 'refused again done'])
  const made = await api.post<PairTicketResponse>('/api/tickets', {})
  const pair = async () =>
    (await server.api().post('/api/pair', { ticket: made.json.ticket, name: 'phone' })).status
  expect(await pair()).toBe(503)
  allowWrites(server.pid)
  await expect.poll(async () => (await storage()).state, { timeout: 20_000 }).toBe('saving')
  await expect.poll(waiting).toBe(0)
  // The link that was refused has not been used up.
  expect([await pair(), await pair()]).toEqual([200, 401])
  await server.kill9()
  await server.start()
  expect(await turns()).toEqual(['kept done', 'refused done', 'refused again done'])
  feed.close()
})

test('what came while nothing could be written can be put away, and is kept later', async () => {
  await using tmux = await startTmux()
  await using server = await startServer({ tmux })
  const api = server.api(await server.pair())
  const fake = new FakeAgent(tmux, 'claude', 'work')
  await fake.start()
  await expect
    .poll(async () => (await api.get<AgentsResponse>('/api/agents')).json.agents)
    .toHaveLength(1)
  const caller = await callerOf(tmux, fake)
  const needs = async () => (await api.get<AttentionResponse>('/api/attention')).json.items
  const storage = async () => (await api.get<StatusResponse>('/api/status')).json.storage.state
  const file = new Sqlite(join(server.dataDir, 'dogwatch.db'), { readonly: true })
  const layouts = () => file.prepare('SELECT sessions FROM tmux_runs').pluck().all().join()
  await expect.poll(layouts).toContain('"work"')

  refuseWrites(server.pid)
  await tmux.newSession({ name: 'later', cwd: tmux.dir, command: 'exec sleep 1000' })
  spool(server.dataDir, caller, { event: 'UserPromptSubmit', at: Date.now(), payload: {} })
  const payload = { last_assistant_message: 'done' }
  spool(server.dataDir, caller, { event: 'Stop', at: Date.now() + 1, payload })
  await expect.poll(storage).toBe('not-saving')
  await expect.poll(needs).toMatchObject([{ reason: 'turn' }])
  const [need] = await needs()
  const dismiss = (id = '') => api.post(`/api/attention/${id}/dismiss`, {})
  expect(await dismiss(need?.id)).toMatchObject({ status: 200, json: { open: false } })
  expect(await needs()).toEqual([])
  // Sent again, as by a page that lost the answer.
  expect(await dismiss(need?.id)).toMatchObject({ status: 200, json: { open: false } })
  expect(await dismiss('unknown')).toMatchObject({ status: 404 })

  allowWrites(server.pid)
  await expect.poll(storage, { timeout: 20_000 }).toBe('saving')
  await expect.poll(layouts).toContain('"later"')
  const dismissed = file.prepare('SELECT dismissed_at FROM attention WHERE id = ?').pluck()
  await expect.poll(() => dismissed.get(need?.id)).toBeGreaterThan(0)
  file.close()
})

test('a database that another program holds keeps nobody from starting, and what ended is told and kept', async () => {
  await using tmux = await startTmux()
  await using server = await startServer({ tmux })
  const token = await server.pair()
  const api = server.api(token)
  const fake = new FakeAgent(tmux, 'claude', 'work')
  // Where there is no repository, nothing is left uncommitted.
  const command = `exec ${fake.script}`
  await tmux.newSession({ name: 'work', cwd: tmux.dir, cols: 120, rows: 40, command })
  fake.show('02-working-stream')
  const only = async () => (await api.get<AgentsResponse>('/api/agents')).json.agents[0]
  await expect.poll(async () => (await only())?.turn).toBeDefined()
  const id = (await only())?.id ?? ''
  const ends = async () =>
    (await api.get<TurnsResponse>(`/api/agents/${id}/turns`)).json.turns.map(({ end }) => end)
  const file = new Sqlite(join(server.dataDir, 'dogwatch.db'))
  const stored = () => file.prepare('SELECT end FROM turns WHERE agent = ?').pluck().all(id)
  await expect.poll(stored).toEqual([null])
  const rows = file.prepare(`SELECT 1 FROM agents WHERE view LIKE '%"turn"%'`)
  await expect.poll(() => rows.all()).toHaveLength(1)
  await server.kill9()
  await tmux.killServer()

  file.exec('BEGIN IMMEDIATE')
  await server.start()
  expect(await ends()).toEqual(['interrupted'])
  const needs = await api.get<AttentionResponse>('/api/attention')
  expect(needs.json.items).toMatchObject([{ agent: id, reason: 'interrupted', generation: 1 }])
  const { json } = await api.get<StatusResponse>('/api/status')
  await expect
    .poll(async () => (await api.get<StatusResponse>('/api/status')).json.storage)
    .toMatchObject({ writeFault: 'Another program holds the database.' })
  expect(json.storage.loadFault).toBeUndefined()
  expect(stored()).toEqual([null])
  file.exec('COMMIT')
  await expect.poll(stored, { timeout: 20_000 }).toEqual(['interrupted'])
  file.close()
})
