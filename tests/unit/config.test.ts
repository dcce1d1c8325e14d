import { resolve } from 'node:path'
import { expect, test } from 'playwright/test'
import { type Config, readConfig } from '../../server/config.ts'
import { UsageError } from '../../server/flags.ts'

const machine = { home: '/home/ada', uid: 1000, tmpDir: '/tmp' }

function read(argv: string[], env: Record<string, string> = {}): Config {
  const config = readConfig(argv, { HOME: '/home/ada', ...env }, machine)
  if ('say' in config) throw new Error('a text, not a configuration')
  return config
}

function refusal(argv: string[], env: Record<string, string> = {}): string {
  try {
    read(argv, env)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  throw new Error('it was accepted')
}

test('without flags it serves the usual tmux server from the usual folders', () => {
  expect(read([])).toMatchObject({
    command: 'serve',
    port: 4477,
    hub: true,
    dataDir: '/home/ada/.local/state/dogwatch',
    socketPath: '/home/ada/.local/state/dogwatch/run/ui.sock',
    tmuxSockets: ['/tmp/tmux-1000/default'],
  })
  expect(read([], { XDG_RUNTIME_DIR: '/run/user/1000' }).socketPath).toBe(
    '/run/user/1000/dogwatch/ui.sock',
  )
})

test('a fault on the command line is named', () => {
  expect(refusal(['--frobnicate'])).toContain('--frobnicate')
  expect(refusal(['-x'])).toContain('-x')
  expect(refusal(['sevre'])).toContain('"sevre"')
  expect(refusal(['serve', 'extra'])).toContain('"extra"')
  expect(refusal(['--port', 'http'])).toContain('"http"')
  expect(refusal(['--port', '65536'])).toContain('"65536"')
  expect(refusal(['--port'])).toContain('--port')
  expect(refusal(['--no-hub=yes'])).toContain('--no-hub')
  expect(refusal(['status', '--qr'])).toContain('--qr')
  expect(refusal(['url', '--scope', 'root'])).toContain('"root"')
  expect(refusal(['--log-level', 'loud'])).toContain('"loud"')
  expect(refusal(['--allow-host', 'https://box'])).toContain('"https://box"')
  expect(refusal(['revoke'])).toContain('--all')
  // Its own folder is removed at its end.
  expect(refusal(['demo', '--data-dir', '/kept'])).toContain('--data-dir')
  expect(refusal([], { DOGWATCH_PORT: 'x' })).toContain('"x"')
  expect(refusal([], { DOGWATCH_NO_HUB: 'perhaps' })).toContain('DOGWATCH_NO_HUB')
})

test('every flag can be a variable, and the flag wins', () => {
  const env = {
    DOGWATCH_PORT: '5000',
    DOGWATCH_DATA_DIR: '/data',
    DOGWATCH_TMUX_SOCKET: 'work, /run/t.sock',
    DOGWATCH_NO_HUB: 'true',
    DOGWATCH_ALLOW_HOST: 'Box.example,b.example',
    DOGWATCH_LOG_LEVEL: 'debug',
  }
  expect(read([], env)).toMatchObject({
    port: 5000,
    dataDir: '/data',
    tmuxSockets: ['/tmp/tmux-1000/work', '/run/t.sock'],
    hub: false,
    allowHosts: ['box.example', 'b.example'],
    logLevel: 'debug',
  })
  const flags = ['--port', '6000', '--tmux-socket', 'other']
  expect(read(flags, env)).toMatchObject({ port: 6000, tmuxSockets: ['/tmp/tmux-1000/other'] })
})

test('the tmux server it is started in is watched as well', () => {
  const env = { TMUX: '/tmp/tmux-1000/work,123,0', TMUX_TMPDIR: '/var/t' }
  expect(read([], env).tmuxSockets).toEqual(['/var/t/tmux-1000/default', '/tmp/tmux-1000/work'])
})

test('relative paths are meant from where it is started, which it leaves', () => {
  const env = { TMUX_TMPDIR: 'sockets', CLAUDE_CONFIG_DIR: 'claude', CODEX_HOME: '/codex' }
  const { agentEnv, dataDir, tmuxSockets } = read(['--data-dir', 'data'], env)
  expect([dataDir, agentEnv.CLAUDE_CONFIG_DIR, agentEnv.CODEX_HOME, ...tmuxSockets]).toEqual([
    ...[resolve('data'), resolve('claude'), '/codex', resolve('sockets/tmux-1000/default')],
  ])
})

test('two data folders never share a socket, whatever the XDG folders are', () => {
  const env = { XDG_RUNTIME_DIR: '/run/user/1000' }
  const paths = [
    read([], env),
    read(['--data-dir', '/a'], env),
    read(['--data-dir', '/b'], env),
    read([], { ...env, XDG_STATE_HOME: '/other' }),
    read([], { ...env, HOME: '/elsewhere' }),
  ].map((config) => config.socketPath)
  expect(new Set(paths).size).toBe(paths.length)
})

test('a socket path never exceeds what the system takes', () => {
  const deep = `/${'folder/'.repeat(20)}`
  const environments: Record<string, string>[] = [{}, { XDG_RUNTIME_DIR: deep }]
  for (const env of environments) {
    const { socketPath } = read(['--data-dir', `${deep}data`], env)
    expect(Buffer.byteLength(socketPath)).toBeLessThanOrEqual(103)
    expect(socketPath).toMatch(/^\/tmp\/dogwatch-1000\/[0-9a-f]{12}\/ui\.sock$/)
  }
})

test('an address beyond loopback needs a second flag', () => {
  expect(read(['--listen', '127.0.0.2']).listen).toBe('127.0.0.2')
  expect(refusal(['--listen', '0.0.0.0'])).toContain('--i-understand')
  expect(refusal(['--listen', '::'])).toContain('--i-understand')
  expect(refusal(['--listen', '192.168.1.5'])).toContain('--i-understand')
  expect(refusal(['--listen', 'box.example'])).toContain('"box.example"')
  expect(read(['--listen', '192.168.1.5', '--i-understand']).listen).toBe('192.168.1.5')
})

test('help and version are texts, or JSON', () => {
  const say = (argv: string[]) => readConfig(argv, {}, machine) as { say: string }
  expect(say(['--help']).say).toContain('revoke')
  expect(say(['url', '--help']).say).toContain('--qr')
  expect(say(['url', '--help']).say).not.toContain('--listen')
  expect(JSON.parse(say(['--version', '--json']).say)).toEqual({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
  })
  expect(JSON.parse(say(['--help', '--json']).say)).toMatchObject({ help: expect.any(String) })
})
