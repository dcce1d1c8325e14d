import { once } from 'node:events'
import { expect, test } from 'playwright/test'
import { renderUnicodeCompact } from 'uqr'
import { CLOSE, type DevicesResponse } from '../../server/protocol.ts'
import { startServer } from '../support/server.ts'

test('revoking a device closes its sockets, spares the others, and outlives a kill', async () => {
  await using server = await startServer()
  const phone = await server.pair('reply', 'phone')
  const desktop = await server.pair('full', 'desktop')
  const sockets = [await server.ws('/ws/feed', phone), await server.ws('/ws/feed', phone)]
  const other = await server.ws('/ws/feed', desktop)
  const unused = await server.socketTicket(phone)
  const closed = sockets.map((socket) => once(socket, 'close'))

  const ended = await server.command('revoke', 'phone', '--json')
  expect(ended.code).toBe(0)
  expect(JSON.parse(ended.stdout)).toMatchObject({ revoked: [{ name: 'phone', sockets: 2 }] })
  for (const [code] of await Promise.all(closed)) expect(code).toBe(CLOSE.revoked)
  expect(other.readyState).toBe(other.OPEN)
  expect((await server.api(phone).get('/api/status')).status).toBe(401)
  const upgrade = await server.api().send('GET', '/ws/feed', undefined, {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-protocol': `dogwatch.v1, ticket.${unused}`,
  })
  expect(upgrade.status).toBe(401)

  await server.kill9()
  await server.start()
  expect((await server.api(phone).get('/api/status')).status).toBe(401)
  expect((await server.api(desktop).get('/api/status')).status).toBe(200)
})

test('devices are listed, and revoked by name, by id, or all at once', async () => {
  await using server = await startServer()
  expect((await server.command('devices')).stdout).toContain('No device')
  const [one, two, three] = [await server.pair(), await server.pair(), await server.pair('watch')]
  const listed = await server.api(one).get<DevicesResponse>('/api/devices')
  const { devices } = listed.json
  expect(devices.map(({ name, scope }) => `${name} ${scope}`)).toEqual([
    'test full',
    'test (2) full',
    'test (3) watch',
  ])
  expect(listed.text).not.toContain('hash')
  const printed = await server.command('devices', '--json')
  expect(JSON.parse(printed.stdout)).toEqual({ devices })

  const unknown = await server.command('revoke', 'nobody')
  expect(unknown.code).toBe(1)
  expect(unknown.stdout).toContain('nobody')
  // One that began with a hyphen would be a flag.
  for (const { id } of devices) expect(id).toMatch(/^[0-9a-f]{18}$/)
  expect((await server.command('revoke', devices[1]?.id ?? '')).code).toBe(0)
  expect((await server.api(two).get('/api/status')).status).toBe(401)
  expect((await server.api(three).get('/api/status')).status).toBe(200)
  expect((await server.command('revoke', '--all')).code).toBe(0)
  for (const token of [one, three]) {
    expect((await server.api(token).get('/api/status')).status).toBe(401)
  }
})

test('a link carries the scope it was made for', async () => {
  await using server = await startServer()
  const made = await server.command('url', '--scope', 'watch', '--qr')
  expect(made.code).toBe(0)
  expect(made.stdout).toContain('▀')
  const ticket = /#k=([\w-]{43})/.exec(made.stdout)?.[1]
  const paired = await server.api().post('/api/pair', { ticket, name: 'tv' })
  expect(paired.json).toMatchObject({ scope: 'watch', device: { name: 'tv', scope: 'watch' } })
})

test('a code to scan leads to the name that a proxy serves', async () => {
  await using server = await startServer({ args: ['--allow-host', 'box.example.net'] })
  const made = await server.command('url', '--json')
  const { url, proxied, ticket } = JSON.parse(made.stdout)
  expect(url).toBe(`${server.url}/#k=${ticket}`)
  expect(proxied).toEqual([`https://box.example.net/#k=${ticket}`])
  const code = await server.command('url', '--qr')
  const shown = /^or (https:\S+)\n([\s\S]*?)\n$/m.exec(code.stdout)
  expect(shown?.[2]).toBe(renderUnicodeCompact(shown?.[1] ?? ''))
})

test('status and doctor say how things are', async () => {
  await using server = await startServer()
  const status = await server.command('status', '--json')
  expect(JSON.parse(status.stdout)).toMatchObject({ pid: server.pid, sessions: 0 })
  expect((await server.command('status')).stdout).toContain(`process ${server.pid}`)
  const doctor = await server.command('doctor', '--json')
  expect(JSON.parse(doctor.stdout)).toMatchObject({ ok: true })
  expect(doctor.code).toBe(0)
})

test('doctor names each fault with its repair', async () => {
  await using server = await startServer({ env: { PATH: '/nowhere' } })
  const doctor = await server.command('doctor')
  expect(doctor.code).toBe(1)
  expect(doctor.stdout).toMatch(/FAULT tmux: .*\n +Install tmux 3\.2/)
})
