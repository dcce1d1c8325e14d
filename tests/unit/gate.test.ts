import { expect, test } from 'playwright/test'
import { hostPolicy, judgeRequest } from '../../server/core/origin.ts'

const policy = hostPolicy(['box.tailnet.ts.net'], '192.168.1.5')

function judge(headers: [string, string][], target = '/api/health', method = 'GET') {
  return judgeRequest({ method, target, rawHeaders: headers.flat() }, policy)?.code
}

test.describe('Host', () => {
  const ours = [
    'localhost',
    'LOCALHOST:4477',
    '127.0.0.1',
    '127.0.0.1:1',
    '[::1]:65535',
    'box.tailnet.ts.net',
    '192.168.1.5:4477',
  ]
  for (const host of ours) {
    test(`${host} is ours, with any port`, () => {
      expect(judge([['Host', host]])).toBeUndefined()
    })
  }

  const strangers = [
    '',
    'evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1.nip.io:4477',
    'localhost.evil.example',
    'evil-localhost',
    'evil.localhost',
    'localhost.',
    'localhost:4477@evil.example',
    'evil.example:4477@localhost',
    'localhost:',
    'localhost:abc',
    'localhost:123456',
    'localhost 4477',
    'localhost,evil.example',
    'localhost/evil',
    '127.1',
    '127.0.0.2',
    '2130706433',
    '0x7f.0.0.1',
    '0.0.0.0:4477',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[0:0:0:0:0:0:0:1]',
    '::1',
    'xbox.tailnet.ts.net',
    'tailnet.ts.net',
    '<img onerror=alert(1)>',
  ]
  for (const host of strangers) {
    test(`${host || 'an empty one'} is refused`, () => {
      expect(judge([['Host', host]])).toBe('misdirected')
    })
  }

  test('none or two of them are refused, also when they are equal', () => {
    expect(judge([])).toBe('misdirected')
    expect(
      judge([
        ['Host', 'localhost'],
        ['HOST', 'localhost'],
      ]),
    ).toBe('misdirected')
  })

  test('a proxy cannot vouch for another name', () => {
    const forged: [string, string][] = [
      ['X-Forwarded-Host', 'localhost'],
      ['X-Forwarded-For', '127.0.0.1'],
      ['Forwarded', 'host=localhost'],
      ['X-Original-Host', 'localhost'],
    ]
    expect(judge([['Host', 'evil.example'], ...forged])).toBe('misdirected')
  })
})

test.describe('Origin', () => {
  const accepted: [host: string, origin: string][] = [
    ['localhost:4477', 'http://localhost:4477'],
    ['127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['[::1]:4477', 'http://[::1]:4477'],
    ['box.tailnet.ts.net', 'https://box.tailnet.ts.net'],
    ['box.tailnet.ts.net:8443', 'https://box.tailnet.ts.net:8443'],
  ]
  for (const [host, origin] of accepted) {
    test(`${origin} may use ${host}`, () => {
      expect(
        judge([
          ['Host', host],
          ['Origin', origin],
        ]),
      ).toBeUndefined()
    })
  }

  const refused: [host: string, origin: string][] = [
    ['localhost:4477', 'null'],
    ['localhost:4477', ''],
    ['localhost:4477', 'http://localhost:3000'],
    ['localhost:4477', 'http://localhost'],
    ['localhost:4477', 'https://localhost:4477'],
    ['localhost:4477', 'http://127.0.0.1:4477'],
    ['localhost:4477', 'http://localhost:4477.evil.example'],
    ['localhost:4477', 'http://localhost:44770'],
    ['localhost:4477', 'http://localhost:4477/'],
    ['localhost:4477', 'http://localhost:4477, http://evil.example'],
    ['localhost:4477', 'http://evil.example'],
    ['localhost:4477', 'file://'],
    ['localhost:4477', 'chrome-extension://abcdefgh'],
    ['box.tailnet.ts.net', 'http://box.tailnet.ts.net'],
  ]
  for (const [host, origin] of refused) {
    test(`"${origin}" may not use ${host}`, () => {
      expect(
        judge([
          ['Host', host],
          ['Origin', origin],
        ]),
      ).toBe('forbidden')
    })
  }

  test('two of them are refused, also when the first is right', () => {
    const host: [string, string] = ['Host', 'localhost:4477']
    const right: [string, string] = ['Origin', 'http://localhost:4477']
    expect(judge([host, right, ['origin', 'http://evil.example']])).toBe('forbidden')
    expect(judge([host, right, right])).toBe('forbidden')
  })
})

test.describe('Sec-Fetch-Site', () => {
  const table: [site: string, code: string | undefined][] = [
    ['same-origin', undefined],
    ['none', undefined],
    ['same-site', 'forbidden'],
    ['cross-site', 'forbidden'],
    ['', 'forbidden'],
    ['same-origin, cross-site', 'forbidden'],
  ]
  for (const [site, code] of table) {
    test(`"${site}" is ${code ?? 'let in'}`, () => {
      expect(
        judge([
          ['Host', 'localhost'],
          ['Sec-Fetch-Site', site],
        ]),
      ).toBe(code)
    })
  }
})

test('only paths are targets, and only methods that are used pass', () => {
  const host: [string, string][] = [['Host', 'localhost']]
  const targets = ['http://localhost/', 'https://evil.example/', '*', 'localhost:80', '/#x']
  const climbing = ['/..', '/../x', '/a/./b', '/a/%2e%2E/b', '/.%2e\\x', '/a/..?x', '/%2e']
  for (const target of [...targets, ...climbing]) {
    expect(judge(host, target), target).toBe('bad-request')
  }
  for (const target of ['/', '/a..b', '/...', '/.well-known/x', '/?path=/../x']) {
    expect(judge(host, target), target).toBeUndefined()
  }
  for (const method of ['OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND', 'get']) {
    expect(judge(host, '/', method), method).toBe('bad-request')
  }
})
