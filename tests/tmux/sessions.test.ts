import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { type Bed, startBed } from '../support/terminal.ts'
import { randomId } from '../support/terminal-page.ts'
import { startTmux } from '../support/tmux.ts'

const create = (bed: Bed, body: object) =>
  bed.request('POST', '/api/sessions', { id: randomId(), command: 'exec cat', ...body })

test('a session is created with the name, folder and command asked for', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ command: 'exec cat' })
  await using bed = await startBed(tmux)
  const cwd = join(tmux.dir, 'some folder')
  mkdirSync(cwd)
  const command = `pwd; echo "$HOME's" '#{pid}' \\; ; exec cat`
  const { status, body } = await create(bed, { name: 'work', cwd, command })
  expect(status).toBe(201)
  expect(body.renamedFrom).toBeUndefined()
  expect(body.session).toMatchObject({ name: 'work', attached: 0 })
  const id = body.session.tmuxId
  const screen = () => tmux.run('capture-pane', '-p', '-t', `${id}:`)
  await expect.poll(screen).toContain(`${cwd}\n${tmux.dir}'s #{pid} ;`)
  const numbered = await create(bed, { name: '' })
  expect(numbered.body.session.name).toMatch(/^\d+$/)
  expect(numbered.body.renamedFrom).toBeUndefined()
})

const ODD_NAMES = [
  ...['0', ' a ', 'a::b', 'a.b', '=x', '%1', '$1', '@1', '-V', '--', '日本', '{last}', '*', ';'],
  ...['a;', '\\;', '~', '#{pid}', '#S', '##', "it's", '"q"', '<img src=x onerror=alert(1)>'],
  ...['$(id)', 'a b', '!', '+', ':', 'x'.repeat(300), 'é'.repeat(300)],
]

test('every odd name is taken as it is, or the change is told', async () => {
  test.setTimeout(120_000)
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'first', command: 'exec cat' })
  await using bed = await startBed(tmux)
  const canary = join(tmux.dir, 'canary')
  const stored = new Set(['first'])
  for (const name of [...ODD_NAMES, `#(touch ${canary})`, `x#(touch ${canary})#{pid}`]) {
    const { status, body } = await create(bed, { name })
    if (status !== 201) {
      // Only for a name that tmux rewrites to one that exists, or to none.
      expect([name, body.error.message]).toEqual([name, expect.stringMatching(/\.$/)])
      expect([400, 409]).toContain(status)
      expect(/[:.]/.test(name)).toBe(true)
      continue
    }
    const { session, renamedFrom } = body
    const real = await tmux.run('display-message', '-p', '-t', `${session.tmuxId}:`, '#S')
    expect(session.name).toBe(real)
    if (real === name) expect(renamedFrom).toBeUndefined()
    else expect([renamedFrom, real]).toEqual([name, name.replaceAll(/[:.\\]/g, rewritten)])
    expect(stored.has(real)).toBe(false)
    stored.add(real)
    // Whatever it is called, it is this one that is renamed and ended.
    const path = `/api/sessions/${session.id}`
    const renamed = await bed.request('PATCH', path, { name: `n-${name}`.slice(0, 300) })
    expect(renamed.status).toBe(200)
    stored.delete(real)
    stored.add(renamed.body.name)
  }
  const names = (await tmux.run('list-sessions', '-F', '#S')).split('\n')
  expect(new Set(names.filter((name) => !name.startsWith('_dogwatch')))).toEqual(stored)
  expect(existsSync(canary)).toBe(false)
})

function rewritten(char: string): string {
  return char === '\\' ? '\\\\' : '_'
}

test('a name that exists, is kept for us, or holds control characters is refused', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'taken', command: 'exec cat' })
  await using bed = await startBed(tmux)
  const cases: [body: object, status: number, says: RegExp][] = [
    [{ name: 'taken' }, 409, /exists already/],
    [{ name: '_dogwatch' }, 409, /kept for dogwatch/],
    [{ name: 'a\nb' }, 400, /control characters/],
    [{ name: 'x'.repeat(301) }, 413, /at most 300/],
    [{ name: 5 }, 400, /must be a string/],
    [{ id: '' }, 400, /"id"/],
    [{ server: 'nobody' }, 404, /no such tmux server/],
    [{ command: 'x'.repeat(9_000) }, 413, /at most/],
  ]
  for (const [body, status, says] of cases) {
    const answer = await create(bed, body)
    expect([answer.status, answer.body.error?.message]).toEqual([
      status,
      expect.stringMatching(says),
    ])
  }
  const { id } = await bed.session()
  const patch = (name: unknown) => bed.request('PATCH', `/api/sessions/${id}`, { name })
  await create(bed, { name: 'other' })
  expect(await patch('other')).toMatchObject({ status: 409 })
  expect(await patch('')).toMatchObject({ status: 400 })
  expect(await patch('taken')).toMatchObject({ status: 200 })
})

test('a folder that is missing, closed or none is an error, never another folder', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ command: 'exec cat' })
  await using bed = await startBed(tmux)
  const count = async () => (await bed.request('GET', '/api/sessions')).body.sessions.length
  const deleted = join(tmux.dir, 'deleted')
  mkdirSync(deleted)
  rmdirSync(deleted)
  for (const cwd of [
    deleted,
    '/dev/null',
    'relative',
    '/etc/passwd/x',
    `${tmux.dir}\0x`,
    '~root',
  ]) {
    const { status, body } = await create(bed, { cwd })
    expect([cwd, status]).toEqual([cwd, 400])
    expect(body.error.message).toMatch(/folder/)
  }
  expect(await count()).toBe(1)
})

test('a folder with any name is the one that is used', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ command: 'exec cat' })
  await using bed = await startBed(tmux)
  const canary = join(tmux.dir, 'canary')
  for (const name of ['new\nline', 'ta\tb', '#{pid}', `#(touch canary)`, '-x', '日本', 'a;', "'"]) {
    const cwd = join(tmux.dir, name)
    mkdirSync(cwd)
    const { status, body } = await create(bed, { cwd })
    expect(status, name).toBe(201)
    const { pid } = body.session.windows[0].panes[0]
    // tmux answers before its child has gone there.
    const real = () => readlinkSync(`/proc/${pid}/cwd`)
    await expect.poll(real).toBe(cwd)
    const pane = body.session.windows[0].panes[0].id
    await expect.poll(() => bed.registry.pane(pane)?.view.cwd, { timeout: 20_000 }).toBe(cwd)
  }
  expect(existsSync(canary)).toBe(false)
})

test('the same request made twice, or at the same time, creates one session', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ command: 'exec cat' })
  await using bed = await startBed(tmux)
  const body = { id: randomId(), name: 'once' }
  const answers = await Promise.all([create(bed, body), create(bed, body), create(bed, body)])
  const ids = answers.map((answer) => answer.body.session.id)
  expect(new Set(ids).size).toBe(1)
  expect((await bed.request('GET', '/api/sessions')).body.sessions).toHaveLength(2)
})

test('the first session starts a tmux server with nothing of ours in it', async () => {
  await using tmux = await startTmux()
  process.env.DOGWATCH_TEST_MARK = 'ours'
  process.env.TMUX_PANE = '%99'
  process.env.NODE_OPTIONS = '--no-warnings'
  // The test's own tmux finds its processes by this.
  process.env.TMUX_TMPDIR = tmux.dir
  try {
    await using bed = await startBed(tmux)
    expect(bed.server.status.state).toBe('no-server')
    const { status, body } = await create(bed, { name: 'first' })
    expect([status, body.session?.name]).toEqual([201, 'first'])
    const environment = await tmux.run('show-environment', '-g')
    expect(environment).not.toMatch(/^(DOGWATCH|npm_|NODE_ENV|NODE_OPTIONS|TMUX_PANE|TMUX=)/m)
    const pid = body.session.windows[0].panes[0].pid
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toMatch(/DOGWATCH_TEST|NODE_OPTIONS/)
    const page = await bed.open()
    expect(page.last('ready')).toMatchObject({ mode: 'client' })
  } finally {
    for (const name of ['DOGWATCH_TEST_MARK', 'TMUX_PANE', 'NODE_OPTIONS', 'TMUX_TMPDIR']) {
      delete process.env[name]
    }
  }
})

test('ending a session ends its processes and our viewers, and names what survives', async () => {
  await using tmux = await startTmux()
  const keep = await tmux.newSession({ command: 'exec cat' })
  const id = await tmux.newSession({
    // One that ignores the hangup, one that does not, one deeper down.
    command: "sh -c 'trap \"\" HUP; exec sleep 987' & sleep 988 & sh -c 'sleep 989; :' & exec cat",
  })
  await using bed = await startBed(tmux)
  const page = await bed.open({ tmuxSession: id })
  const other = await bed.open({ tmuxSession: keep })
  const running = () => tmux.processes().filter((line) => /sleep 98\d/.test(line))
  await expect.poll(() => running().filter((line) => /\d sleep/.test(line))).toHaveLength(3)
  const session = await bed.session(id)
  const { status, body } = await bed.request('DELETE', `/api/sessions/${session.id}`)
  expect(status).toBe(200)
  expect(body.ended).toBe(true)
  const survivor = Number(running()[0]?.split(' ')[0])
  expect(body.survivors).toEqual([{ pid: survivor, command: 'sleep' }])
  expect(running()).toHaveLength(1)
  await expect.poll(() => page.closed()?.code).toBe(4404)
  expect(page.last('gone')?.reason).toBe('session-ended')
  expect(other.closed()).toBeUndefined()
  expect(await bed.request('DELETE', `/api/sessions/${session.id}`)).toMatchObject({ status: 404 })
  process.kill(survivor, 'SIGKILL')
})

test('a session of a group ends alone, and the last one of all ends its server', async () => {
  await using tmux = await startTmux()
  const first = await tmux.newSession({ command: 'exec cat' })
  const second = await tmux.run('new-session', '-d', '-P', '-F', '#{session_id}', '-t', first)
  await using bed = await startBed(tmux)
  const one = await bed.session(first)
  await bed.open({ tmuxSession: first })
  const answer = await bed.request('DELETE', `/api/sessions/${one.id}`)
  // Its windows live on in the other session, so nothing of it is called a survivor.
  expect(answer.body).toEqual({ ended: true, survivors: [] })
  const two = await bed.session(second)
  expect(two.windows).toHaveLength(1)
  const last = await bed.request('DELETE', `/api/sessions/${two.id}`)
  expect(last.body).toEqual({ ended: true, survivors: [] })
  await expect.poll(() => tmux.serverPid()).toBeUndefined()
})

test('a session that ends while it is to be ended leaves alone what has its number then', async () => {
  await using tmux = await startTmux()
  const first = await tmux.newSession({ command: 'exec cat' })
  await using bed = await startBed(tmux)
  const { id } = await bed.session(first)
  const close = bed.viewers.closeSession.bind(bed.viewers)
  bed.viewers.closeSession = async (session) => {
    await tmux.killServer()
    expect(await tmux.newSession({ command: 'exec cat' })).toBe(first)
    await expect.poll(() => bed.registry.session(id)).toBeUndefined()
    await bed.session(first)
    return close(session)
  }
  expect((await bed.request('DELETE', `/api/sessions/${id}`)).status).toBe(404)
  await tmux.run('has-session', '-t', first)
})

test('folders complete a path, and nothing makes that fail', async () => {
  await using tmux = await startTmux()
  await using bed = await startBed(tmux)
  const get = (path: string) =>
    bed.request('GET', `/api/directories?path=${encodeURIComponent(path)}`)
  const base = join(tmux.dir, 'base')
  for (const name of ['alpha', 'alps', 'beta', '.hidden', 'a\nb']) {
    mkdirSync(join(base, name), { recursive: true })
  }
  execFileSync('touch', [join(base, 'alfile')])
  symlinkSync(join(base, 'beta'), join(base, 'al-link'))
  symlinkSync('/nowhere', join(base, 'al-broken'))
  const names = async (path: string) =>
    (await get(path)).body.directories.map((directory: string) => directory.slice(base.length + 1))
  expect(await names(`${base}/al`)).toEqual(['al-link', 'alpha', 'alps'])
  expect(await names(`${base}/`)).toEqual(['a\nb', 'al-link', 'alpha', 'alps', 'beta'])
  expect(await names(`${base}/.`)).toEqual(['.hidden'])
  expect(await names(`${base}/nothing/deeper`)).toEqual([])
  for (let index = 0; index < 60; index += 1) mkdirSync(join(base, `many-${index}`))
  const many = (await get(`${base}/many`)).body
  expect([many.directories.length, many.truncated]).toEqual([50, true])
  const closed = join(base, 'closed')
  mkdirSync(closed)
  chmodSync(closed, 0)
  expect((await get(`${closed}/`)).status).toBe(200)
  expect((await get('~')).status).toBe(200)
  expect((await get('relative')).status).toBe(400)
  expect((await get('/x\0y')).status).toBe(400)
})
