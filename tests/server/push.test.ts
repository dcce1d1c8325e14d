import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, test } from 'playwright/test'
import type {
  DevicesResponse,
  PushResponse,
  PushTestResponse,
  StatusResponse,
} from '../../server/protocol.ts'
import { startPushService } from '../support/push-service.ts'
import { openPushStage } from '../support/push-stage.ts'
import { runProgram } from '../support/server.ts'

test('a device that wants notices gets them, encrypted for its browser alone', async () => {
  await using service = await startPushService()
  await using one = await openPushStage(service)
  const before = await one.view()
  expect(Buffer.from(before.publicKey, 'base64url')).toHaveLength(65)
  expect(before.device).toBeUndefined()
  expect((await one.api.post('/api/push/test')).status).toBe(409)
  expect((await one.switchOn()).status).toBe(200)
  expect((await one.view()).device).toMatchObject({ host: '127.0.0.1' })
  expect(await one.tryIt()).toEqual({ sent: true })
  const [pushed] = service.pushed
  if (!pushed) throw new Error('nothing was pushed')
  expect(pushed.path).toBe('/phone-secret')
  expect(pushed.headers).toMatchObject({ 'content-encoding': 'aes128gcm', ttl: '3600' })
  expect(pushed.body.toString('latin1')).not.toContain('Notices arrive')
  expect(one.browser.read(pushed)).toMatchObject({ body: 'Notices arrive here.' })
  // By this the push service knows that it is us, without any name of ours.
  const [, jwt = '', key = ''] =
    /^vapid t=(\S+), k=(\S+)$/.exec(`${pushed.headers.authorization}`) ?? []
  expect(key).toBe(before.publicKey)
  const claims = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())
  expect(claims).toMatchObject({ aud: service.origin, sub: 'mailto:dogwatch@example.com' })
  expect((await one.view()).device?.sentAt).toBeGreaterThan(0)
  await one.api.delete('/api/push/subscription')
  expect((await one.view()).device).toBeUndefined()
  expect(await one.status()).toEqual({ targets: 0, failing: [] })
})

test('what a place answers is shown where people look, and the next notice is tried again', async () => {
  await using service = await startPushService()
  await using one = await openPushStage(service)
  await one.switchOn()
  const cases = [
    [{ status: 401 }, 'refused'],
    [{ status: 403 }, 'refused'],
    [{ status: 413 }, 'too-large'],
    [{ status: 429, headers: { 'retry-after': '7' } }, 'too-many'],
    [{ status: 500 }, 'broken'],
    [{ status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'refused'],
  ] as const
  for (const [answer, reason] of cases) {
    service.answer = answer
    const { sent, fault } = await one.tryIt()
    expect([sent, fault?.reason], JSON.stringify(answer)).toEqual([false, reason])
    expect((await one.view()).device?.fault).toMatchObject({ reason })
    expect((await one.status()).failing).toMatchObject([{ name: 'phone', reason }])
  }
  const cli = (command: string) =>
    runProgram([command, '--data-dir', one.here.dataDir], { PATH: `${process.env.PATH}` })
  expect((await cli('status')).stdout).toContain('notices to phone (127.0.0.1) fail for')
  const doctor = await cli('doctor')
  expect(doctor.stdout).toContain('FAULT notices: do not arrive at phone (127.0.0.1)')
  expect(doctor.code).toBe(1)
  const metrics = (await one.api.get('/metrics')).text
  expect(metrics).toMatch(/^dogwatch_push_failing 1$/m)
  service.answer = { status: 201 }
  expect(await one.tryIt()).toEqual({ sent: true })
  expect((await one.view()).device?.fault).toBeUndefined()
  expect(await one.status()).toEqual({ targets: 1, failing: [] })
  expect(one.words).toContain('a notice did not arrive')
})

test('a place that never answers is not waited for without end', async () => {
  await using service = await startPushService()
  await using one = await openPushStage(service, { deadlineMs: 200 })
  await one.switchOn()
  service.answer = 'nothing'
  expect(await one.tryIt()).toMatchObject({ sent: false, fault: { reason: 'timeout' } })
})

for (const status of [404, 410]) {
  test(`a browser that its push service does not know any more (${status}) is forgotten, and told`, async () => {
    await using service = await startPushService()
    await using one = await openPushStage(service)
    await one.switchOn()
    service.answer = { status }
    expect(await one.tryIt()).toMatchObject({ sent: false, fault: { reason: 'gone' } })
    const { device, ended } = await one.view()
    expect([device, ended?.reason]).toEqual([undefined, 'gone'])
    expect(await one.status()).toMatchObject({ targets: 0 })
    service.answer = { status: 201 }
    await one.switchOn()
    expect((await one.view()).ended).toBeUndefined()
    expect(await one.tryIt()).toEqual({ sent: true })
  })
}

test('the notices of a device end with its access', async () => {
  await using service = await startPushService()
  await using one = await openPushStage(service)
  await one.switchOn()
  const full = one.here.api(await one.pair('desk'))
  const { devices } = (await full.get<DevicesResponse>('/api/devices')).json
  const phone = devices.find(({ name }) => name === 'phone')
  await full.delete(`/api/devices/${phone?.id}`)
  const { push } = (await full.get<StatusResponse>('/api/status')).json
  expect(push.targets).toBe(0)
  const db = new Sqlite(join(one.here.dataDir, 'dogwatch.db'), { readonly: true })
  expect(db.prepare('SELECT count(*) FROM push_targets').pluck().get()).toBe(0)
  db.close()
})

test('only public addresses of https and keys of a browser are taken', async () => {
  await using service = await startPushService()
  await using one = await openPushStage(service)
  const { keys } = one.browser.subscription
  const put = (body: object) => one.api.send('PUT', '/api/push/subscription', body)
  for (const endpoint of [
    'http://127.0.0.1:9/x',
    'https://127.0.0.1/x',
    'https://localhost/x',
    'https://[::1]/x',
    'https://box.internal/x',
    'https://push.example.org:22/x',
    `https://push.example.org/${'x'.repeat(2_048)}`,
    'nonsense',
    7,
  ]) {
    expect((await put({ endpoint, keys })).status, `${endpoint}`).toBeGreaterThanOrEqual(400)
  }
  const endpoint = one.browser.endpoint
  const noPoint = Buffer.alloc(65, 4).toString('base64url')
  for (const wrong of [
    undefined,
    {},
    { ...keys, auth: 'c2hvcnQ' },
    { ...keys, p256dh: noPoint },
    { ...keys, p256dh: 'x' },
  ]) {
    expect((await put({ endpoint, keys: wrong })).status, JSON.stringify(wrong)).toBe(400)
  }
  const local = one.here.api(one.here.localToken)
  const mine = await local.send('PUT', '/api/push/subscription', one.browser.subscription)
  expect(mine.status).toBe(403)
  expect(await one.status()).toEqual({ targets: 0, failing: [] })
  expect(service.pushed).toEqual([])
})

test('an address that somebody set gets names and reasons, and no other device is told it', async () => {
  await using service = await startPushService()
  await using one = await openPushStage(service)
  const full = one.here.api(await one.pair('desk'))
  const url = `${service.origin}/topic-secret`
  expect((await one.api.send('PUT', '/api/push/webhook', { url })).status).toBe(403)
  const bad = await full.send('PUT', '/api/push/webhook', { url: 'https://10.0.0.1/x' })
  expect(bad.status).toBe(400)
  expect((await full.send('PUT', '/api/push/webhook', { url })).status).toBe(200)
  expect((await full.post<PushTestResponse>('/api/push/webhook/test')).json).toEqual({ sent: true })
  const [pushed] = service.pushed
  expect([pushed?.path, pushed?.body.toString()]).toEqual([
    '/topic-secret',
    'dogwatch: notices arrive here.',
  ])
  expect(pushed?.headers['content-type']).toBe('text/plain; charset=utf-8')
  const seen = await one.api.get<PushResponse>('/api/push')
  expect(seen.json.webhook).toMatchObject({ host: '127.0.0.1' })
  expect(seen.text).not.toContain('topic-secret')
  await full.delete('/api/push/webhook')
  expect((await one.view()).webhook).toBeUndefined()
})

test('keys and addresses are in files of the owner alone, and in no answer or log', async () => {
  await using service = await startPushService()
  await using one = await openPushStage(service)
  const { api, here, words } = one
  expect(readdirSync(here.dataDir)).not.toContain('push-keys.json')
  const answers = [await api.send('PUT', '/api/push/subscription', one.browser.subscription)]
  service.answer = { status: 500 }
  answers.push(await api.post('/api/push/test'))
  for (const path of ['/api/push', '/api/status', '/api/settings', '/metrics']) {
    answers.push(await api.get(path))
  }
  const file = join(here.dataDir, 'push-keys.json')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const { privateKey, publicKey } = JSON.parse(readFileSync(file, 'utf8'))
  const told = [...words, ...answers.map(({ text }) => text)].join('\n')
  expect(told).toContain(publicKey)
  expect(words.join('\n')).toContain('a notice did not arrive')
  for (const secret of [privateKey, 'phone-secret', one.browser.subscription.keys.auth]) {
    expect(told).not.toContain(secret)
  }
})
