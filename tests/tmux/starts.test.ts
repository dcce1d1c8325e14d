import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'playwright/test'
import type {
  AgentsResponse,
  ProgramsResponse,
  SessionsResponse,
  StartResponse,
  StartRow,
  StartsResponse,
  StartView,
} from '../../server/protocol.ts'
import { batchLabels } from '../support/batches.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { kept } from '../support/kept.ts'
import { Repository } from '../support/repository.ts'
import { type Server, startServer } from '../support/server.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'
import { differences } from '../support/wire.ts'

let tmux: Tmux
let server: Server
let token = ''
/** What every `claude` of these shells is: each draws the same screen and notes what it is sent. */
let claude: FakeAgent

test.beforeEach(async () => {
  tmux = await startTmux()
  await tmux.newSession({ name: 'there', command: 'exec cat' })
  claude = new FakeAgent(tmux, 'claude', 'bin')
  const bin = dirname(claude.script)
  // tmux starts login shells, and theirs is the last word about the PATH.
  writeFileSync(join(tmux.dir, '.profile'), `PATH=${bin}:$PATH\n`)
  server = await startServer({ tmux, env: { PATH: `${bin}:${process.env.PATH}` } })
  token = await server.pair()
})

test.afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await tmux[Symbol.asyncDispose]()
})

async function begin(wish: object) {
  return server.api(token).post<StartResponse>('/api/starts', { id: crypto.randomUUID(), ...wish })
}

async function views(): Promise<StartView[]> {
  return (await server.api(token).get<StartsResponse>('/api/starts')).json.starts
}

/** The rows of the newest start. */
async function rows(): Promise<StartRow[]> {
  return (await views()).at(-1)?.rows ?? []
}

async function states(): Promise<string[]> {
  return (await rows()).map(({ state }) => state)
}

const LONG = { timeout: 40_000 }
const isOver = async () =>
  (await states()).every((state) => ['done', 'failed', 'unsent'].includes(state))

function folder(name: string): string {
  const path = join(tmux.dir, name)
  mkdirSync(path, { recursive: true })
  return path
}

const PROMPT = 'fix "it\'s" $(touch canary) `date`\nsecond line 日本 😀 \\ #{pid}'

test('an agent gets its first prompt once it waits for one, byte for byte', async () => {
  const cwd = folder('api.v2')
  const { status, json } = await begin({ directories: [cwd], agent: 'claude', prompt: PROMPT })
  expect(status).toBe(201)
  expect(differences(json, 'StartResponse')).toEqual([])
  // It is there, and says nothing of what it does.
  await expect.poll(async () => (await rows())[0]?.agent, LONG).toBeDefined()
  expect(await states()).toEqual(['starting'])
  expect(claude.typed()).toBe('')
  claude.showOnEnter('80x24-talk-working-on-the-trap')
  claude.show('80x24-startup-trusted')
  await expect.poll(states, LONG).toEqual(['done'])
  expect((await rows())[0]).toMatchObject({ name: 'api_v2', directory: cwd, receipt: 'submitted' })
  const typed = Buffer.from(claude.typed(), 'latin1').toString('utf8')
  expect(typed.replace(/\r+$/, '')).toBe(PROMPT)
  expect(existsSync(join(cwd, 'canary'))).toBe(false)
  const { agents } = (await server.api(token).get<AgentsResponse>('/api/agents')).json
  // A first prompt is the user's word like any other.
  expect(agents).toMatchObject([{ kind: 'claude', liveness: 'live', cwd, spoke: { who: 'user' } }])
})

test('a secret in a first prompt is not told to pages, not even its first half', async () => {
  const secret = `ghp_${'a1B2c3D4e5'.repeat(4)}`
  const prompt = `${'x'.repeat(210)} ${secret}`
  const { json } = await begin({ directories: [folder('new')], agent: 'claude', prompt })
  expect(json.start.prompt).toContain('xxx')
  expect(JSON.stringify([json, await views()])).not.toContain(secret.slice(0, 12))
})

test('a first prompt is never typed into a start-up dialog; it can be sent after that', async () => {
  claude.show('80x24-startup-startup')
  const { json } = await begin({ directories: [folder('new')], agent: 'claude', prompt: 'hello' })
  await expect.poll(states, LONG).toEqual(['unsent'])
  expect((await rows())[0]?.detail).toContain('asks something first')
  expect(claude.typed()).toBe('')
  const send = (id: string) =>
    server.api(token).post<StartResponse>(`/api/starts/${json.start.id}/prompt`, { id, row: 0 })
  expect(await send('too early')).toMatchObject({ status: 409 })
  expect(claude.typed()).toBe('')
  claude.show('80x24-startup-trusted')
  const activity = async () =>
    (await server.api(token).get<AgentsResponse>('/api/agents')).json.agents[0]?.activity
  await expect.poll(activity, LONG).toBe('idle')
  const sent = await send('now')
  expect(differences(sent.json, 'StartResponse')).toEqual([])
  expect(sent.json.start.rows).toMatchObject([{ state: 'done' }])
  expect(sent.json.start.rows[0]?.detail).toBeUndefined()
  await expect.poll(() => claude.typed().replace(/\r+$/, '')).toBe('hello')
  expect(await send('again')).toMatchObject({ status: 409 })
  expect((await send('now')).json.duplicate).toBe(true)
  expect(claude.typed().replace(/\r+$/, '')).toBe('hello')
})

test('ten directories, two of them broken: eight sessions and two reasons', async () => {
  const good = Array.from({ length: 8 }, (_, at) => folder(at === 3 ? 'twin/one' : `one-${at}`))
  folder('one')
  const directories = [...good.slice(0, 4), '/no/such/place', ...good.slice(4), '/dev/null']
  const id = crypto.randomUUID()
  const asked = await Promise.all([begin({ id, directories }), begin({ id, directories })])
  expect(asked.map(({ json }) => json.duplicate).sort()).toEqual([false, true])
  expect(new Set(asked.map(({ json }) => json.start.id)).size).toBe(1)
  await expect.poll(isOver, LONG).toBe(true)
  const told = await rows()
  expect(told.filter(({ state }) => state === 'done').map(({ directory }) => directory)).toEqual(
    good,
  )
  expect(told.filter(({ state }) => state === 'failed')).toMatchObject([
    { directory: '/no/such/place', detail: 'The folder /no/such/place does not exist.' },
    { directory: '/dev/null', detail: '/dev/null is not a folder.' },
  ])
  const { sessions } = (await server.api(token).get<SessionsResponse>('/api/sessions')).json
  expect(sessions.map(({ name }) => name).sort()).toEqual(
    ['there', ...told.flatMap(({ name }) => name ?? [])].sort(),
  )
  expect(sessions).toHaveLength(9)
})

test('folders of the same name get names of their own', async () => {
  const directories = [folder('a/api'), folder('b/api'), folder('c/there')]
  await begin({ directories })
  await expect.poll(states, LONG).toEqual(['done', 'done', 'done'])
  expect((await rows()).map(({ name }) => name).sort()).toEqual(['api', 'api-2', 'there-2'])
  await begin({ directories: [tmux.dir], name: 'there' })
  await expect.poll(states, LONG).toEqual(['failed'])
  expect((await rows())[0]?.detail).toBe(
    'A session named "there" exists already. Choose another name.',
  )
})

test('sessions started together keep the label of their batch, also when the server starts anew', async () => {
  const labels = () => batchLabels(server, token)
  await begin({ directories: [folder('alone')] })
  await expect.poll(states, LONG).toEqual(['done'])
  await begin({ directories: [folder('one'), folder('two')], batch: 'try it all' })
  await expect.poll(states, LONG).toEqual(['done', 'done'])
  expect((await views()).map(({ batch }) => batch)).toEqual([undefined, 'try it all'])
  // One that failed is tried again under the same label.
  await begin({ directories: [folder('three')], name: 'three', batch: ' try it all ' })
  await begin({ directories: [folder('four'), folder('five')] })
  const names = async () => (await labels()).map(([name]) => name)
  await expect.poll(names, LONG).toEqual(['five', 'four', 'one', 'three', 'two'])
  const before = await labels()
  for (const [, label] of before.slice(2)) expect(label).toBe('try it all')
  for (const [, label] of before.slice(0, 2)) expect(label).toMatch(/^2 sessions, \d/)
  await kept(server, 'SELECT 1 WHERE (SELECT count(*) FROM batches) = 5')
  await server.kill9()
  await server.start()
  await expect.poll(labels).toEqual(before)
})

test('four agents start at a time; the others wait for their turn', async () => {
  const directories = Array.from({ length: 6 }, (_, at) => folder(`many-${at}`))
  await begin({ directories, agent: 'claude', prompt: 'hello' })
  const waiting = async () => (await states()).filter((state) => state === 'queued').length
  const withAgent = async () => (await rows()).filter(({ agent }) => agent !== undefined).length
  await expect.poll(withAgent, LONG).toBe(4)
  expect(await waiting()).toBe(2)
  claude.show('80x24-startup-trusted')
  await expect.poll(states, LONG).toEqual(Array(6).fill('done'))
})

test('a session starts in a new worktree, and each refusal is said', async () => {
  await using repository = await Repository.open()
  await repository.write('packages/api/a', 'one\n')
  await repository.commit()
  const inside = join(repository.path, 'packages', 'api')
  await begin({ directories: [inside], branch: 'fix/login' })
  await expect.poll(states, LONG).toEqual(['done'])
  const [row] = await rows()
  const worktree = `${repository.path}-fix-login`
  expect(row).toMatchObject({ name: 'api', worktree })
  // tmux answers before its child has gone there.
  const place = ['display-message', '-p', '-t', '=api:', '#{pane_current_path}']
  await expect.poll(() => tmux.run(...place)).toBe(join(worktree, 'packages', 'api'))
  expect(await repository.git('-C', worktree, 'branch', '--show-current')).toBe('fix/login\n')
  const plain = folder('plain')
  await begin({ directories: [repository.path, plain], branch: 'fix/login' })
  await expect.poll(states, LONG).toEqual(['failed', 'failed'])
  const [taken, none] = await rows()
  expect(taken?.detail).toContain(`${worktree} exists already`)
  expect(none?.detail).toBe(`${plain} lies in no git repository.`)
})

test('a program that ends at once is told, and its shell stays', async () => {
  writeFileSync(claude.script, '#!/bin/sh\necho cannot start\nexit 1\n')
  await begin({ directories: [folder('broken')], agent: 'claude', prompt: 'hello' })
  await expect.poll(states, LONG).toEqual(['failed'])
  const [row] = await rows()
  expect(row?.detail).toBe('Claude Code ended at once; its terminal says why.')
  const screen = await tmux.run('capture-pane', '-p', '-t', '=broken:')
  expect(screen).toContain('cannot start')
  expect(screen).not.toContain('hello')
})

test('what cannot be meant is refused before anything is made', async () => {
  const cwd = tmux.dir
  const wrong: [wish: object, status: number, says: RegExp][] = [
    [{}, 400, /directories/],
    [{ directories: [] }, 400, /directories/],
    [{ directories: [5] }, 400, /directories/],
    [{ directories: Array(33).fill(cwd) }, 413, /At most 32/],
    [{ directories: [cwd, cwd], name: 'x' }, 400, /named after/],
    [{ directories: [cwd], agent: 'shell' }, 400, /agent/],
    [{ directories: [cwd], agent: 'claude', command: 'ls' }, 400, /not both/],
    [{ directories: [cwd], prompt: 'hello' }, 400, /needs an agent/],
    [{ directories: [cwd], server: 'nobody' }, 404, /no such tmux server/],
    [{ directories: [cwd], name: '_dogwatch' }, 409, /kept for dogwatch/],
  ]
  for (const [wish, status, says] of wrong) {
    const { status: got, json } = await begin(wish)
    const { error } = json as unknown as { error?: { message: string } }
    expect([got, error?.message]).toEqual([status, expect.stringMatching(says)])
  }
  expect(await views()).toEqual([])
})

test('the agents that can be started are found by their files', async () => {
  const { json } = await server.api(token).get<ProgramsResponse>('/api/programs')
  expect(differences(json, 'ProgramsResponse')).toEqual([])
  expect(json.programs).toContainEqual({ kind: 'claude', path: claude.script })
})
