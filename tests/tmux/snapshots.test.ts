import { expect as expectSoon, test } from 'playwright/test'
import type {
  ScreenResponse,
  SessionsResponse,
  SnapshotDiffResponse,
  TurnsResponse,
} from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { Random } from '../support/random.ts'
import { Remembered } from '../support/remembered.ts'
import { type Server, startServer } from '../support/server.ts'
import { HUB_NAME, startTmux, type Tmux } from '../support/tmux.ts'
import { differences } from '../support/wire.ts'

/** Many processes start here, each of which a busy machine makes wait. */
const expect = expectSoon.configure({ timeout: 30_000 })
test.setTimeout(180_000)

/** Seconds between snapshots, where a test must see the ones in between. */
const OFTEN = { DOGWATCH_SNAPSHOT_SECONDS: '0.05' }

/** Where none may come in between, however long the machine stalls. */
const SELDOM = { DOGWATCH_SNAPSHOT_SECONDS: '9999' }

let tmux: Tmux
let server: Server
let claude: FakeAgent
let memory: Remembered
let token = ''

async function begin(env = SELDOM): Promise<void> {
  tmux = await startTmux()
  server = await startServer({ tmux, env })
  token = await server.pair()
  memory = new Remembered(server, token)
  claude = new FakeAgent(tmux, 'claude', 'work')
  await claude.start()
  await expect.poll(() => memory.agent().catch(() => undefined)).toBeDefined()
}

test.afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await tmux[Symbol.asyncDispose]()
})

async function work(): Promise<void> {
  await claude.writeLive('busy')
  await expect.poll(async () => (await memory.agent()).turn?.generation).toBeGreaterThan(0)
}

async function rest(): Promise<void> {
  await claude.writeLive('idle')
  await expect.poll(async () => (await memory.agent()).turn).toBeUndefined()
}

const reasons = async () => (await memory.list()).map(({ reason }) => reason)

test('keeps what is shown at the start of a turn and while it still runs', async () => {
  await begin(OFTEN)
  claude.print('ready\r\n')
  await expect.poll(() => tmux.run('capture-pane', '-p', '-t', 'work')).toContain('ready')
  expect(await memory.list()).toEqual([])
  await work()
  await expect.poll(reasons).toEqual(['start'])
  claude.print('half of it\r\n')
  await expect.poll(() => memory.screen()).toContain('half of it')
  expect((await memory.list()).at(-1)).toMatchObject({ reason: 'tick', activity: 'working' })
  expect((await memory.agent()).turn).toBeDefined()
  claude.print('all of it\r\n')
  await expect.poll(() => memory.screen()).toContain('all of it')
})

test('the end of a turn is kept although no interval has passed, and nothing after it', async () => {
  await begin()
  await work()
  await expect.poll(reasons).toEqual(['start'])
  claude.print('the answer\r\n')
  await expect.poll(() => tmux.run('capture-pane', '-p', '-t', 'work')).toContain('the answer')
  await rest()
  await expect.poll(reasons).toEqual(['start', 'end'])
  expect(await memory.screen()).toContain('the answer')
  claude.print('nobody asked\r\n')
  await expect.poll(() => tmux.run('capture-pane', '-p', '-t', 'work')).toContain('nobody asked')
  // The next turn's first snapshot proves that those before it were all there are.
  await work()
  await expect.poll(reasons).toEqual(['start', 'end', 'start'])
})

test('a finished turn can be read from its start to its end, each line once', async () => {
  await begin(OFTEN)
  await work()
  await expect.poll(reasons).toEqual(['start'])
  for (let part = 0; part < 6; part += 1) {
    const lines = Array.from({ length: 30 }, (_, at) => `line ${part * 30 + at}`)
    claude.print(`${lines.join('\r\n')}\r\n`)
    const last = lines.at(-1) ?? ''
    await expect.poll(() => memory.screen()).toContain(last)
  }
  await rest()
  const { text, missing } = await memory.turnText(1)
  expect(missing).toBe(0)
  const wanted = Array.from({ length: 180 }, (_, at) => `line ${at}`)
  expect(text.split('\n').filter((line) => line.startsWith('line'))).toEqual(wanted)
})

test('a full-screen program is remembered screen by screen, when its screen is long gone', async () => {
  await begin(OFTEN)
  await work()
  claude.print('\x1b[?1049h\x1b[H\x1b[2Jheader\r\nfirst words\r\nfooter')
  await expect.poll(() => memory.screen()).toMatch(/first words\s+footer/)
  claude.print('\x1b[H\x1b[2Jheader\r\nsecond words\r\nfooter')
  await expect.poll(() => memory.screen()).toMatch(/second words\s+footer/)
  claude.print('\x1b[?1049lgoodbye\r\n')
  await expect.poll(() => memory.screen()).toContain('goodbye')
  await rest()
  const lines = (await memory.turnText(1)).text.split('\n').filter(Boolean)
  expect(lines).toEqual(['header', 'first words', 'footer', 'second words', 'goodbye'])
})

test('answers in the words of the wire, and says what changed between two moments', async () => {
  await begin(OFTEN)
  claude.print('one\r\ntwo\r\n')
  await expect.poll(() => tmux.run('capture-pane', '-p', '-t', 'work')).toContain('two')
  await work()
  await expect.poll(reasons).toEqual(['start'])
  claude.print('\x1b[2;1H\x1b[Kthree\r\n')
  await expect.poll(() => memory.screen()).toContain('three')
  const [first, second] = await memory.list()
  if (!first || !second) throw new Error('two were there')
  const path = `/api/agents/${first.agent}/snapshots`
  const diff = await memory.get<SnapshotDiffResponse>(`${path}/${first.id}/diff?to=${second.id}`)
  expect(differences(diff.json, 'SnapshotDiffResponse')).toEqual([])
  expect(diff.json.changes).toEqual([
    { type: 'same', lines: ['one'] },
    { type: 'removed', lines: ['two'] },
    { type: 'added', lines: ['three'] },
  ])
  expect(differences(await memory.read(first), 'SnapshotResponse')).toEqual([])
  expect(differences((await memory.get(path)).json, 'SnapshotsResponse')).toEqual([])
  expect(differences(await memory.turnText(1), 'TurnTextResponse')).toEqual([])
  const older = await memory.get<{ snapshots: unknown[] }>(`${path}?before=${second.id}&limit=5`)
  expect(older.json.snapshots).toHaveLength(1)
  for (const wrong of [`${path}/x`, `${path}?limit=-1`, `${path}/${first.id}/diff`]) {
    expect((await memory.get(wrong)).status, wrong).toBe(400)
  }
  for (const gone of [`${path}/999`, `/api/agents/${first.agent}/turns/9/text`]) {
    expect((await memory.get(gone)).status, gone).toBe(404)
  }
})

test('what a session shows is kept before it is ended, and told with its age afterwards', async () => {
  await begin()
  await work()
  await expect.poll(reasons).toEqual(['start'])
  claude.print('these were my last words\r\n')
  await expect.poll(() => tmux.run('capture-pane', '-p', '-t', 'work')).toContain('last words')
  const { pane, session } = await memory.agent()
  await tmux.newSession({ name: 'other' })
  expect((await server.api(token).delete(`/api/sessions/${session}`)).status).toBe(200)
  await expect.poll(async () => (await memory.agent()).liveness).toBe('ended')
  const last = (await memory.list()).at(-1)
  expect(last?.reason).toBe('stop')
  const screen = await memory.get<ScreenResponse>(`/api/panes/${pane}/screen`)
  expect(differences(screen.json, 'ScreenResponse')).toEqual([])
  expect(screen.json.text).toContain('these were my last words')
  expect(screen.json.rememberedAt).toBe(last?.seenAt)
})

test('neither the order of sessions nor their last output moves with snapshots', async () => {
  await begin(OFTEN)
  // A shell would print its prompt whenever it comes to it.
  await tmux.newSession({ name: 'later', command: 'exec cat' })
  await work()
  claude.print('busy\r\n')
  await expect.poll(() => memory.screen()).toContain('busy')
  const order = async () =>
    (await memory.get<SessionsResponse>('/api/sessions')).json.sessions.map(({ name }) => name)
  const facts = '#{session_name} #{window_activity} #{session_activity} #{window_flags}'
  // Our hidden session opens when tmux has stood still, which may be only then.
  const activity = async () =>
    (await tmux.run('list-windows', '-a', '-F', facts))
      .split('\n')
      .filter((line) => !HUB_NAME.test(line.split(' ')[0] ?? ''))
  await expect.poll(order).toHaveLength(2)
  const before = [await order(), await activity()]
  const confirmed = async () => (await memory.list()).at(-1)?.seenAt ?? 0
  for (let looks = 0, last = 0; looks < 10; looks += 1) {
    await expect.poll(confirmed).toBeGreaterThan(last)
    last = await confirmed()
  }
  expect([await order(), await activity()]).toEqual(before)
})

for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} in the middle of a turn keeps what is shown, and the turn goes on`, async () => {
    await begin()
    await work()
    await expect.poll(reasons).toEqual(['start'])
    claude.print('said before the signal\r\n')
    await expect.poll(() => tmux.run('capture-pane', '-p', '-t', 'work')).toContain('before the')
    const at = Date.now()
    expect(await server.stop(signal)).toBe(0)
    // tmux was asked before we left it, and written before the database was closed.
    expect(server.output.stderr).not.toContain('"level":"error"')
    expect(await tmux.run('list-sessions', '-F', '#{session_name}')).toBe('work')
    await server.start()
    await expect.poll(async () => (await memory.agent()).turn?.generation).toBe(1)
    const kept = (await memory.list()).find(({ reason }) => reason === 'stop')
    expect(kept?.at).toBeGreaterThanOrEqual(at)
    expect(kept && (await memory.read(kept)).screen).toContain('said before the signal')
    const { id } = await memory.agent()
    const { turns } = (await memory.get<TurnsResponse>(`/api/agents/${id}/turns`)).json
    expect(turns).toMatchObject([{ generation: 1 }])
    expect(turns[0]?.end).toBeUndefined()
  })
}

test('two signals at once are one stop, and what is shown is kept', async () => {
  await begin()
  await work()
  await expect.poll(reasons).toEqual(['start'])
  claude.print('said before the signals\r\n')
  await expect.poll(() => tmux.run('capture-pane', '-p', '-t', 'work')).toContain('before the')
  const stopped = server.stop('SIGHUP')
  process.kill(server.pid, 'SIGTERM')
  expect(await stopped).toBe(0)
  await server.start()
  await expect.poll(async () => (await reasons()).includes('stop')).toBe(true)
  expect(await memory.screen()).toContain('said before the signals')
})

test('killed at any moment of a turn, what was kept is there and whole, and the turn goes on', async () => {
  await begin(OFTEN)
  const random = new Random(11)
  await work()
  let held: string[] = []
  for (let round = 1; round <= 6; round += 1) {
    claude.print(`round ${round}\r\n`)
    await expect.poll(() => memory.screen()).toContain(`round ${round}`)
    const kept = await memory.list()
    // Another look at it, and another line: the kill meets the keeping wherever it is.
    for (let more = random.whole(0, 6); more > 0; more -= 1) {
      claude.print(`torn ${round} ${more}\r\n`)
      await memory.list()
    }
    await server.kill9()
    await server.start()
    await expect.poll(async () => (await memory.agent()).turn?.generation).toBe(1)
    const after = await memory.list()
    expect(after.slice(0, kept.length).map(({ id, at }) => `${id} ${at}`)).toEqual(
      kept.map(({ id, at }) => `${id} ${at}`),
    )
    expect(after.map(({ id }) => Number(id))).toEqual(after.map((_, at) => at + 1))
    for (const one of after) expect((await memory.read(one)).screen).toBeDefined()
    held = after.map(({ id }) => id)
  }
  expect(held.length).toBeGreaterThanOrEqual(7)
  await rest()
  const { text, missing } = await memory.turnText(1)
  expect(missing).toBe(0)
  const rounds = text.split('\n').filter((line) => line.startsWith('round'))
  expect(rounds).toEqual(['round 1', 'round 2', 'round 3', 'round 4', 'round 5', 'round 6'])
})

test('an agent that is interrupted by a key has its last words kept before the key is sent', async () => {
  await begin()
  await work()
  await expect.poll(reasons).toEqual(['start'])
  claude.print('half an answer\r\n')
  await expect.poll(() => tmux.run('capture-pane', '-p', '-t', 'work')).toContain('half an')
  const { pane } = await memory.agent()
  const keys = { id: 'stop', keys: ['Escape'] }
  expect((await server.api(token).post(`/api/panes/${pane}/keys`, keys)).status).toBe(200)
  // A key is held back for a moment only: on a slow disk the look is written after it.
  await expect.poll(reasons).toEqual(['start', 'stop'])
  expect(await memory.screen()).toContain('half an answer')
})

test('while tmux does not answer a pane is shown as it was remembered, with its age', async () => {
  await begin(OFTEN)
  await work()
  claude.print('seen before it hung\r\n')
  await expect.poll(() => memory.screen()).toContain('before it hung')
  const { pane } = await memory.agent()
  const tmuxPid = (await tmux.serverPid()) ?? 0
  process.kill(tmuxPid, 'SIGSTOP')
  try {
    const screen = await memory.get<ScreenResponse>(`/api/panes/${pane}/screen`)
    expect(screen.status).toBe(200)
    expect(screen.json.text).toContain('seen before it hung')
    expect(screen.json.rememberedAt).toBeLessThanOrEqual(Date.now())
  } finally {
    process.kill(tmuxPid, 'SIGCONT')
  }
  const live = async () =>
    (await memory.get<ScreenResponse>(`/api/panes/${pane}/screen`)).json.rememberedAt
  await expect.poll(live).toBeUndefined()
})

test('starts and stops without news add no row', async () => {
  await begin()
  await work()
  await expect.poll(reasons).toEqual(['start'])
  for (let starts = 0; starts < 5; starts += 1) {
    const seen = (await memory.list()).at(-1)?.seenAt ?? 0
    expect(await server.stop()).toBe(0)
    await server.start()
    // The stop has looked, and the start again.
    await expect.poll(async () => (await memory.list()).at(-1)?.seenAt).toBeGreaterThan(seen)
  }
  expect(await reasons()).toEqual(['start'])
})

test('secrets are gone before anything is kept, split by colours and by the edge of the screen too', async () => {
  await begin(OFTEN)
  const token = `ghp_${'a1B2c3D4e5'.repeat(4)}`
  await work()
  claude.print(
    `${'.'.repeat(110)} ${token}\r\n${token.slice(0, 20)}\x1b[31m${token.slice(20)}\x1b[0m\r\nshown\r\n`,
  )
  await expect.poll(() => memory.screen()).toContain('shown')
  const screen = (await memory.screen()).replace(/\x1b\[[0-9;]*m|\n/g, '')
  expect(screen).not.toContain('D4e5a1B2')
  expect(screen.match(/\[redacted/g)).toHaveLength(2)
})

test('folders that are not to be recorded are shown and never kept', async () => {
  await begin(OFTEN)
  const settings = (await memory.get<{ version: number }>('/api/settings')).json
  const { cwd } = await memory.agent()
  const api = server.api(token)
  const change = { version: settings.version, settings: { doNotRecord: [cwd] } }
  expect((await api.send('PUT', '/api/settings', change)).status).toBe(200)
  await work()
  claude.print('not for the record\r\n')
  await expect.poll(() => tmux.run('capture-pane', '-p', '-t', 'work')).toContain('the record')
  // A stop looks at every running turn before it ends.
  expect(await server.stop()).toBe(0)
  await server.start()
  await expect.poll(async () => (await memory.agent()).turn?.generation).toBe(1)
  expect(await memory.list()).toEqual([])
})
