import { expect, test } from 'playwright/test'
import { DEFAULT_SETTINGS } from '../../server/core/settings.ts'
import type { FeedFrame, SettingsResponse } from '../../server/protocol.ts'
import { type Server, startServer } from '../support/server.ts'

let server: Server

test.beforeEach(async () => {
  server = await startServer()
})

test.afterEach(async () => {
  await server[Symbol.asyncDispose]()
})

test('two devices change the settings: the second is told, and loses nothing unseen', async () => {
  const [one, two] = [await server.pair('full', 'one'), await server.pair('full', 'two')]
  const told: FeedFrame[] = []
  const feed = await server.ws('/ws/feed', two, (data) => told.push(JSON.parse(String(data))))
  const api = server.api(one)
  const held = (await api.get<SettingsResponse>('/api/settings')).json
  expect(held).toEqual({ version: 0, settings: DEFAULT_SETTINGS })
  const put = (token: string, version: unknown, settings: unknown) =>
    server.api(token).send<SettingsResponse>('PUT', '/api/settings', { version, settings })
  const [first, second] = await Promise.all([
    put(one, 0, { snapshotDays: 7 }),
    put(two, 0, { snapshotDays: 9 }),
  ])
  expect([first.status, second.status].sort()).toEqual([200, 409])
  const { json } = first.status === 200 ? first : second
  expect(json.version).toBe(1)
  await expect
    .poll(() => told.findLast(({ type }) => type === 'settings'))
    .toMatchObject({ settings: json })
  expect((await put(two, 1, { resumeByItself: true })).json).toEqual({
    version: 2,
    settings: { ...json.settings, resumeByItself: true },
  })
  feed.close()
  await server.kill9()
  await server.start()
  const after = (await api.get<SettingsResponse>('/api/settings')).json
  expect(after).toEqual({ version: 2, settings: { ...json.settings, resumeByItself: true } })
})

test('settings are read by all and changed by those who may, one whole change or none', async () => {
  const token = await server.pair('full')
  const watcher = server.api(await server.pair('watch', 'wall'))
  expect((await watcher.get('/api/settings')).status).toBe(200)
  const wish = { version: 0, settings: { snapshotDays: 7 } }
  expect((await watcher.send('PUT', '/api/settings', wish)).status).toBe(403)
  const reply = server.api(await server.pair('reply', 'phone'))
  expect((await reply.send('PUT', '/api/settings', wish)).status).toBe(403)
  const api = server.api(token)
  for (const body of [
    {},
    { version: 0 },
    { version: '0', settings: {} },
    { version: 0, settings: [] },
    { version: 0, settings: { snapshotDays: 7, oops: 1 } },
  ]) {
    expect((await api.send('PUT', '/api/settings', body)).status, JSON.stringify(body)).toBe(400)
  }
  expect((await api.get<SettingsResponse>('/api/settings')).json.version).toBe(0)
})
