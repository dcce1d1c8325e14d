import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server as NetServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, test } from 'playwright/test'
import type {
  PairResponse,
  SearchResponse,
  SessionsResponse,
  StatusResponse,
} from '../../server/protocol.ts'
import { fetchFrom, isAlive, MAIN, runProgram, Server, startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

/** A stranger on a port of its own choice; `undefined` host: 127.0.0.1. */
async function squat(host: string, port = 0): Promise<NetServer & AsyncDisposable> {
  const server = createServer()
  server.listen(port, host)
  await once(server, 'listening')
  return Object.assign(server, {
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  })
}

function portOf(server: NetServer): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

function digest(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

test('one link pairs one device, on every address', async () => {
  await using server = await startServer()
  const ticket = new URL(server.link).hash.slice('#k='.length)
  expect(server.link).toBe(`http://127.0.0.1:${server.port}/#k=${ticket}`)
  const first = await server.api().post<PairResponse>('/api/pair', { ticket, name: 'a\u202e\nb' })
  expect(first.status).toBe(200)
  expect(first.json).toMatchObject({ scope: 'full', device: { name: 'a  b' } })
  const again = await server.api().post<{ error: object }>('/api/pair', { ticket, name: 'b' })
  expect(again.status).toBe(401)
  expect(again.json.error).toMatchObject({ message: expect.stringContaining('used already') })

  const headers = { authorization: `Bearer ${first.json.token}` }
  for (const place of [server.port, server.socketPath]) {
    expect((await fetchFrom(place, 'GET', '/api/status', { headers })).status).toBe(200)
  }
  const response = await fetch(`http://[::1]:${server.port}/api/status`, { headers })
  expect(response.status).toBe(200)
  await response.arrayBuffer()
})

test('a second start in the same data folder names the first and leaves it alone', async () => {
  await using server = await startServer()
  const token = await server.pair()
  const second = await server.command('--port', '0')
  expect(second.code).toBe(3)
  expect(second.stderr).toContain(`127.0.0.1:${server.port}`)
  expect(second.stderr).toContain(`${server.pid}`)
  expect((await server.api(token).get('/api/status')).status).toBe(200)
  expect((await server.command('status')).code).toBe(0)
})

test('another data folder is another server', async () => {
  await using server = await startServer()
  const other = new Server({ args: ['--data-dir', join(server.home, 'other')], env: server.env })
  await using _other = other
  await other.start()
  expect(other.socketPath).not.toBe(server.socketPath)
  expect(other.port).not.toBe(server.port)
})

for (const host of ['127.0.0.1', '::1']) {
  test(`a port that a stranger holds on ${host} is not moved but explained`, async () => {
    await using stranger = await squat(host)
    await using server = new Server({})
    const port = portOf(stranger)
    const ended = await server.command('--port', `${port}`)
    expect(ended.code).toBe(4)
    expect(ended.stderr).toContain(`port ${port} is taken`)
    expect(ended.stderr).toContain(`process ${process.pid}`)
    expect(ended.stderr).toContain('--port')
    expect(ended.stdout).toBe('')
    // Nothing half-open stays behind: the other family is free again.
    await using _free = await squat(host === '::1' ? '127.0.0.1' : '::1', port)
  })
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  test(`${signal} says goodbye to the pages, tidies up and ends with 0`, async () => {
    await using server = await startServer()
    const socket = await server.ws('/ws/feed', await server.pair())
    const closed = once(socket, 'close')
    const { pid } = server
    expect(await server.stop(signal)).toBe(0)
    expect((await closed)[0]).toBe(1001)
    expect(isAlive(pid)).toBe(false)
    // The spool stays: hooks leave their events in it while nobody serves.
    expect(readdirSync(server.dataDir).sort()).toEqual([
      'dogwatch.db',
      'dogwatch.db.clean',
      'dogwatch.db.reserve',
      'lock.db',
      'spool',
    ])
    expect(() => lstatSync(server.socketPath)).toThrow('ENOENT')
  })
}

test('a tmux that hangs keeps it neither from starting nor from ending', async () => {
  await using tmux = await startTmux()
  await tmux.newSession()
  const tmuxPid = (await tmux.serverPid()) ?? 0
  process.kill(tmuxPid, 'SIGSTOP')
  try {
    await using server = await startServer({ tmux })
    const api = server.api(await server.pair())
    const state = async () => (await api.get<StatusResponse>('/api/status')).json.servers[0]?.state
    await expect.poll(state).toBe('unresponsive')
    const { pid } = server
    expect([0, 1]).toContain(await server.stop())
    expect(isAlive(pid)).toBe(false)
  } finally {
    process.kill(tmuxPid, 'SIGCONT')
  }
  await expect.poll(() => tmux.run('list-sessions', '-F', '#{session_id}')).toBe('$0')
})

/** Makes the real program fail where no code of ours would catch it, at the test's word. */
const FAULTS =
  "process.on('SIGUSR2',()=>{throw new Error('planted')});" +
  "process.on('SIGWINCH',()=>{Promise.reject(new Error('planted'))})"

for (const [signal, what] of [
  ['SIGUSR2', 'an error'],
  ['SIGWINCH', 'a rejection'],
] as const) {
  test(`${what} that nobody handles ends it with 1, said so, and leaves tmux as it was`, async () => {
    // The name of a new window follows its program a moment later, which is no doing of ours.
    await using tmux = await startTmux({ config: 'set -g automatic-rename off\n' })
    await tmux.newSession()
    const before = (await tmux.state()).user
    const env = { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(FAULTS)}"` }
    await using server = await startServer({ tmux, env })
    await expect.poll(async () => (await tmux.state()).ours.hubs.length).toBe(1)
    expect(await server.stop(signal)).toBe(1)
    expect(server.output.stderr).toContain('planted')
    expect((await tmux.state()).ours).toEqual({ hubs: [], hooks: [], clients: [] })
    expect((await tmux.state()).user).toEqual(before)
    await server.start()
    expect(await server.stop()).toBe(0)
  })
}

test('the folder it was started in may go: paths are read from there, and nothing else is', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work' })
  const socket = join('..', '..', relative(tmpdir(), tmux.socketPath))
  const args = ['--data-dir', '../state/dogwatch', '--tmux-socket', socket]
  await using server = new Server({ cwd: 'checkout', args })
  const folder = join(server.home, 'checkout')
  mkdirSync(folder)
  await server.start()
  rmSync(folder, { recursive: true })
  // What it starts from now on, threads and programs, would begin in a folder that is no more.
  expect(readlinkSync(`/proc/${server.pid}/cwd`)).toBe('/')
  const api = server.api(await server.pair())
  const sessions = async () => (await api.get<SessionsResponse>('/api/sessions')).json.sessions
  await expect.poll(async () => (await sessions()).map(({ name }) => name)).toEqual(['work'])
  const found = async () => (await api.get<SearchResponse>('/api/search?q=nowhere')).json
  await expect.poll(found).toMatchObject({ hits: [], more: false })
  const url = await server.command('url', '--data-dir', relative('.', server.dataDir))
  expect(url).toMatchObject({ code: 0, stderr: '' })
})

test('from a folder that is gone the doctor still finds what is well', async () => {
  await using server = new Server({})
  const folder = join(server.home, 'gone')
  mkdirSync(folder)
  const script = 'cd "$1" && rmdir "$1" && shift && exec "$@"'
  const doctor = [process.execPath, MAIN, 'doctor', '--json', '--data-dir', server.dataDir]
  const args = ['-c', script, 'sh', folder, ...doctor]
  // Whatever else this machine lacks: the exit code is not what is asked here.
  const stdout = await new Promise<string>((done) =>
    execFile('sh', args, { env: server.env }, (_, said) => done(said)),
  )
  const { checks } = JSON.parse(stdout) as { checks: object[] }
  expect(checks).toContainEqual(expect.objectContaining({ name: 'terminals (node-pty)', ok: true }))
})

test('one more address can be listened on, under its own name', async () => {
  await using server = await startServer({ args: ['--listen', '127.0.0.3'] })
  const status = async (host: string) => {
    const response = await fetch(`http://${host}:${server.port}/api/health`)
    await response.arrayBuffer()
    return response.status
  }
  expect(await status('127.0.0.3')).toBe(200)
  expect(await status('127.0.0.1')).toBe(200)
  const foreign = { headers: { host: `127.0.0.4:${server.port}` } }
  expect((await fetchFrom(server.port, 'GET', '/api/health', foreign)).status).toBe(421)
})

test('a signal that arrives twice at once, as npm passes it on, still tidies up', async () => {
  await using tmux = await startTmux()
  await tmux.newSession()
  await using server = await startServer({ tmux })
  await expect.poll(async () => (await tmux.state()).ours.hubs.length).toBe(1)
  process.kill(server.pid, 'SIGINT')
  expect(await server.stop('SIGINT')).toBe(0)
  expect((await tmux.state()).ours).toEqual({ hubs: [], hooks: [], clients: [] })
})

test('killed at any time, it starts again on its port and knows its devices', async () => {
  await using server = await startServer()
  const token = await server.pair('reply')
  const { port } = server
  for (let round = 0; round < 3; round++) {
    await server.kill9()
    expect((await server.command('status')).code).toBe(5)
    await server.start()
    expect(server.port).toBe(port)
    expect((await server.api(token).get('/api/status')).status).toBe(200)
    expect((await server.command('status')).code).toBe(0)
  }
})

test('nothing it makes is open to others, whatever the umask', async () => {
  const umask = process.umask(0)
  try {
    await using server = await startServer()
    await server.pair()
    const modes = (folder: string): [string, number][] =>
      readdirSync(folder).flatMap((name) => {
        const path = join(folder, name)
        const entry = lstatSync(path)
        const below = entry.isDirectory() ? modes(path) : []
        return [[path, entry.mode & 0o777], ...below] as [string, number][]
      })
    const made = [...modes(server.dataDir), ...modes(join(server.home, 'run'))]
    expect(made.map(([path]) => path)).toContain(server.socketPath)
    expect(made.filter(([, mode]) => (mode & 0o077) !== 0)).toEqual([])
    expect(lstatSync(server.dataDir).mode & 0o777).toBe(0o700)
  } finally {
    process.umask(umask)
  }
})

test('a data folder that cannot be used is named', async () => {
  await using server = new Server({})
  const file = join(server.home, 'file')
  writeFileSync(file, '')
  for (const place of [file, join(file, 'below')]) {
    const ended = await server.command('--port', '0', '--data-dir', place)
    expect(ended.code, ended.stderr).toBe(3)
    expect(ended.stderr).toContain(place)
    expect(ended.stderr).toContain('--data-dir')
  }
  const open = join(server.home, 'open')
  mkdirSync(open, { mode: 0o755 })
  chmodSync(open, 0o755)
  writeFileSync(join(open, 'thesis.txt'), '')
  const ended = await server.command('--port', '0', '--data-dir', open)
  expect(ended.code).toBe(3)
  expect(ended.stderr).toContain(open)
  expect(lstatSync(open).mode & 0o777).toBe(0o755)
})

test('a database of a newer version is left as it is', async () => {
  await using server = await startServer()
  await server.stop()
  const file = join(server.dataDir, 'dogwatch.db')
  const newer = new Sqlite(file)
  newer.exec("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('x', 99999999999999)")
  newer.pragma('wal_checkpoint(TRUNCATE)')
  newer.close()
  const before = digest(file)
  const ended = await server.command('--port', '0')
  expect(ended.code).toBe(3)
  expect(ended.stderr).toContain('newer')
  expect(digest(file)).toBe(before)
})

test('a damaged database is set aside and said so, and the server starts', async () => {
  await using server = await startServer()
  const token = await server.pair()
  await server.stop()
  const file = join(server.dataDir, 'dogwatch.db')
  const bytes = readFileSync(file)
  for (const damage of [
    Buffer.from('not a database at all '.repeat(500)),
    bytes.fill(0x41, 0, 64),
  ]) {
    writeFileSync(file, damage)
    await server.start()
    expect((await server.api(token).get('/api/status')).status).toBe(401)
    expect(server.output.stderr).toContain('set aside')
    expect(readdirSync(server.dataDir).some((name) => name.includes('.damaged-'))).toBe(true)
    await server.pair()
    await server.stop()
  }
})

test('help, version and faults of the command line have their exit codes', async () => {
  await using server = new Server({})
  const run = (...args: string[]) => runProgram(args, server.env)
  expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('revoke') })
  expect(await run('--version')).toMatchObject({ code: 0 })
  expect(await run('--frobnicate')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('--frobnicate'),
  })
  expect(await run('status')).toMatchObject({ code: 5, stderr: expect.stringContaining('running') })
  expect(readdirSync(server.home)).toEqual([])
})
