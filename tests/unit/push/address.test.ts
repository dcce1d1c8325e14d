import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'playwright/test'
import { type OutboundRequest, onlyPublic, postOut } from '../../../server/lib/outbound.ts'
import { addressFault, isPublicAddress } from '../../../server/lib/public-address.ts'

test('only addresses that everybody can reach are public', () => {
  const open = ['1.1.1.1', '8.8.8.8', '172.15.0.1', '172.32.0.1', '100.128.0.1', '2606:4700::1']
  for (const address of open) expect(isPublicAddress(address), address).toBe(true)
  const closed = [
    ...['127.0.0.1', '127.9.9.9', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255'],
    ...[
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '224.0.0.1',
      '255.255.255.255',
      '240.0.0.1',
    ],
    ...['::1', '::', 'fe80::1', 'fc00::1', 'fd12::1', 'ff02::1', '2001:db8::1', '2002:7f00:1::'],
    ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '64:ff9b::7f00:1', 'localhost', ''],
  ]
  for (const address of closed) expect(isPublicAddress(address), address).toBe(false)
})

test('a place to send to is https at a public host name, and nothing else', () => {
  const right = [
    'https://fcm.googleapis.com/fcm/send/abc',
    'https://updates.push.services.mozilla.com/wpush/v2/abc',
    'https://web.push.apple.com/abc',
    'https://ntfy.sh/topic',
  ]
  for (const address of right) expect(addressFault(address), address).toBeUndefined()
  const wrong = [
    ...['http://ntfy.sh/x', 'file:///etc/passwd', 'ftp://ntfy.sh/x', 'ntfy.sh/x', '', 'https://'],
    ...['https://localhost/x', 'https://a.localhost/x', 'https://printer.local/x', 'https://box/x'],
    ...['https://127.0.0.1/x', 'https://2130706433/x', 'https://0x7f.1/x', 'https://[::1]/x'],
    ...['https://8.8.8.8/x', 'https://[2606:4700::1]/x', 'https://metadata.google.internal/x'],
    ...['https://ntfy.sh:8443/x', 'https://a:b@ntfy.sh/x', 'https://localhost./x'],
  ]
  for (const address of wrong) expect(addressFault(address), address).toBeTruthy()
})

test('nothing is posted to this machine, by whatever name it is reached', async () => {
  let requests = 0
  const server = createServer((_request, response) => {
    requests += 1
    response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  const { signal } = new AbortController()
  const post = (url: string, more: Partial<OutboundRequest> = {}) =>
    postOut({ url, headers: {}, body: 'x', deadlineMs: 5_000, signal, ...more })
  for (const url of [origin, `https://127.0.0.1:${port}`, `https://localhost:${port}`]) {
    await expect(post(url), url).rejects.toMatchObject({ code: 'unreachable' })
  }
  expect(requests).toBe(0)
  // Only where a test says so; and an answer that leads elsewhere is an answer.
  expect(await post(`${origin}/x`, { trusted: [origin] })).toEqual({ status: 307 })
  expect(requests).toBe(1)
  server.closeAllConnections()
  server.close()
})

test('a name that leads to this machine or its network is not followed there', async () => {
  const found = (addresses: string[], all: boolean) =>
    new Promise((done) => {
      const look = onlyPublic((_name, _options, answer) =>
        answer(
          null,
          addresses.map((address) => ({ address, family: 4 })),
        ),
      )
      look('rebound.example.org', { all }, (error, address) => done(error ? 'refused' : address))
    })
  expect(await found(['127.0.0.1'], false)).toBe('refused')
  expect(await found(['10.0.0.1', '169.254.169.254'], true)).toBe('refused')
  expect(await found(['10.0.0.1', '8.8.8.8'], false)).toBe('8.8.8.8')
  expect(await found(['10.0.0.1', '8.8.8.8'], true)).toEqual([{ address: '8.8.8.8', family: 4 }])
})
