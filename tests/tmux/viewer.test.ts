import { readdirSync, readlinkSync } from 'node:fs'
import { expect, test } from 'playwright/test'
import { startBed } from '../support/terminal.ts'
import { openPage } from '../support/terminal-page.ts'
import { STEADY_NAMES, startTmux, type Tmux } from '../support/tmux.ts'

test('a viewer shows what the pane shows and follows it', async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({
    ...{ cols: 100, rows: 30, command: 'printf "hello 日本\\n"; exec cat' },
  })
  await using bed = await startBed(tmux)
  const page = await bed.open()
  expect(page.last('ready')).toMatchObject({ cols: 100, rows: 31, mode: 'client', readOnly: false })
  await expect.poll(() => page.text()).toContain('hello 日本')
  page.type('typed\r')
  await expect.poll(() => page.rows().filter((row) => row === 'typed')).toHaveLength(2)
  const second = await tmux.run('split-window', '-P', '-F', '#{pane_id}', '-h', '-t', `${id}:`)
  const pane = await bed.pane(second)
  await expect.poll(() => page.last('showing')?.pane).toBe(pane.id)
})

test('a client that was asked about while it attached is not taken for one that left', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ command: 'exec cat' })
  await using bed = await startBed(tmux)
  const run = bed.server.run.bind(bed.server)
  let draw = () => {}
  const drawn = new Promise<void>((resolve) => {
    draw = resolve
  })
  bed.server.run = async (argv, options) => {
    const answer = await run(argv, options)
    if (argv[0] !== 'display-message') return answer
    if (!argv.includes('-c')) {
      // Some change, right after the client began: it is asked about before it can be attached.
      process.nextTick(() => bed.server.changes.emit({ type: 'status' }))
      return answer
    }
    bed.server.run = run
    await drawn
    return answer.replace(/1$/, '0')
  }
  const page = await bed.open()
  await expect.poll(() => page.received()).toBeGreaterThan(0)
  draw()
  page.type('still here\r')
  await expect.poll(() => page.text()).toContain('still here')
  expect(page.closed()).toBeUndefined()
})

for (const [who, person, hub] of [
  ['with nobody attached', false, true],
  ["beside a person's client", true, true],
  ['with no hidden session and nobody attached', false, false],
] as const) {
  test(`three viewers of other sizes change nothing, ${who}`, async () => {
    await using tmux = await startTmux(STEADY_NAMES)
    const id = await tmux.newSession({ cols: 200, rows: 50 })
    const other = await tmux.newSession({ cols: 90, rows: 20 })
    const client = person ? await tmux.attach({ cols: 133, rows: 41, session: id }) : undefined
    const before = await withoutViewers(tmux)
    await using bed = await startBed(tmux, { hub })
    const sizes = [
      [45, 20],
      [120, 40],
      [300, 80],
    ] as const
    const pages = await Promise.all(
      sizes.map(([cols, rows]) => bed.open({ tmuxSession: id, cols, rows })),
    )
    const fourth = await bed.open({ tmuxSession: other, cols: 45, rows: 20 })
    for (const page of [...pages, fourth]) {
      await expect.poll(() => page.text()).toContain('0:sh')
      page.type('echo $((40 + 2))\r')
    }
    for (const page of pages) await expect.poll(() => page.rows()).toContain('42')
    expect(await withoutViewers(tmux)).toEqual(before)

    if (client) {
      await client.kill()
      // The window keeps the size the person gave it, though only viewers are left.
      const { clients: _left, ...rest } = await withoutViewers(tmux)
      const { clients: _was, ...expected } = before
      expect(rest).toEqual(expected)
    }
    for (const page of pages) page.socket.close()
    await expect.poll(() => bed.viewers.size).toBe(1)
    const after = await withoutViewers(tmux)
    expect(after.windows).toEqual(before.windows)
    expect(after.globalWindow).toEqual(before.globalWindow)
    expect(after[`options ${id}`]).toEqual(before[`options ${id}`])
  })
}

test('a viewer follows the size of the window and of the status line', async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({ cols: 100, rows: 30 })
  await using bed = await startBed(tmux)
  const page = await bed.open()
  const client = await tmux.attach({ cols: 140, rows: 44, session: id })
  await expect.poll(() => page.last('resize')).toMatchObject({ cols: 140, rows: 44 })
  client.resize(77, 33)
  await expect.poll(() => page.last('resize')).toMatchObject({ cols: 77, rows: 33 })
  await client.kill()
  await tmux.run('set-option', '-g', 'status', '3')
  await expect.poll(() => page.last('resize')).toMatchObject({ cols: 77, rows: 35 })
  await tmux.run('set-option', '-g', 'status', 'off')
  await expect.poll(() => page.last('resize')).toMatchObject({ cols: 77, rows: 32 })
})

test('200 viewers opened and closed leave no descriptor, terminal or process behind', async () => {
  test.setTimeout(180_000)
  await using tmux = await startTmux()
  await tmux.newSession({ command: 'exec sleep 1000' })
  await using bed = await startBed(tmux)
  // Our own clients are counted before and after.
  await expect.poll(() => bed.server.status.channel).toBe('control')
  const round = async (count: number) => {
    for (let left = count; left > 0; left -= 10) {
      const pages = await Promise.all(Array.from({ length: 10 }, () => bed.open()))
      // Some leave in good order, some are cut off, some before they saw anything.
      for (const [index, page] of pages.entries()) {
        if (index % 2) page.socket.close()
        else page.drop()
      }
      await expect.poll(() => bed.viewers.size).toBe(0)
    }
    await expect.poll(() => bed.connections.size).toBe(0)
  }
  await round(10)
  const before = held(tmux)
  await round(200)
  // What the first ones held may have been counted a moment before it went.
  const left = () => Object.entries(held(tmux)).filter(([kind, n]) => n > (before[kind] ?? 0))
  await expect.poll(left).toEqual([])
})

test('a page hears that its session ended, and that its tmux server did', async () => {
  await using tmux = await startTmux()
  const first = await tmux.newSession({ command: 'exec cat' })
  const second = await tmux.newSession({ command: 'exec cat' })
  await tmux.newSession({ command: 'exec cat' })
  await using bed = await startBed(tmux)
  const one = await bed.open({ tmuxSession: first })
  one.type('last words\r')
  await expect.poll(() => one.text()).toContain('last words')
  const two = await bed.open({ tmuxSession: second })
  await tmux.run('kill-session', '-t', first)
  await expect.poll(() => one.last('gone')?.reason).toBe('session-ended')
  await expect.poll(() => one.closed()?.code).toBe(4404)
  expect(one.text()).toContain('last words')
  expect(one.text()).not.toContain('[exited]')
  expect(two.closed()).toBeUndefined()
  await tmux.run('kill-server')
  await expect.poll(() => two.last('gone')?.reason).toBe('server-gone')
  await expect.poll(() => bed.viewers.size).toBe(0)
  // Asked again later, it is still gone.
  const port = bed.port
  const again = await openPage({ port, paneId: one.paneId, eager: true })
  await expect.poll(() => again.last('gone')?.reason).toBe('session-ended')
})

test('a viewer whose session ends never shows another one', async () => {
  await using tmux = await startTmux({ config: 'set -g detach-on-destroy off' })
  const id = await tmux.newSession({ command: 'exec cat' })
  await tmux.newSession({ command: 'printf "not yours\\n"; exec cat' })
  await using bed = await startBed(tmux)
  const page = await bed.open({ tmuxSession: id })
  await tmux.run('kill-session', '-t', id)
  await expect.poll(() => page.last('gone')?.reason).toBe('session-ended')
  await expect.poll(() => bed.viewers.size).toBe(0)
})

test('a viewer that a person detaches is closed, and may come back', async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({ command: 'exec cat' })
  await using bed = await startBed(tmux)
  const page = await bed.open()
  await expect.poll(() => page.received()).toBeGreaterThan(0)
  await tmux.run('detach-client', '-s', id)
  await expect.poll(() => page.closed()?.code).toBe(1001)
  expect(page.last('gone')).toBeUndefined()
  const again = await bed.open()
  expect(again.last('ready')).toMatchObject({ mode: 'client' })
})

test('a device that may only watch types nothing and fits nothing', async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({ cols: 100, rows: 30, command: 'exec cat' })
  await using bed = await startBed(tmux)
  const page = await bed.open({ scope: 'watch' })
  expect(page.last('ready')).toMatchObject({ readOnly: true })
  page.type('nothing\r')
  await expect.poll(() => page.last('error')?.code).toBe('forbidden')
  page.frames.length = 0
  page.send({ type: 'fit', on: true, cols: 40, rows: 20 })
  await expect.poll(() => page.last('error')?.code).toBe('forbidden')
  const typist = await bed.open({ scope: 'reply' })
  typist.type('something\r')
  await expect.poll(() => page.text()).toContain('something')
  expect(page.text()).not.toContain('nothing')
  expect(await tmux.run('list-clients', '-F', '#{client_flags}')).toContain('read-only')
  const format = '#{window_width}x#{window_height}'
  const size = await tmux.run('display-message', '-p', '-t', `${id}:`, format)
  expect(size).toBe('100x30')
})

test('a session is shown at most 16 times', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ command: 'exec cat' })
  await using bed = await startBed(tmux)
  const pages = await Promise.all(Array.from({ length: 16 }, () => bed.open()))
  const more = await bed.open({ eager: true })
  await expect.poll(() => more.last('error')?.code).toBe('busy')
  await expect.poll(() => more.closed()?.code).toBe(1013)
  pages[0]?.socket.close()
  await expect.poll(() => bed.viewers.size).toBe(15)
  expect((await bed.open()).last('ready')).toBeDefined()
})

test("viewers bring nothing of the server's own environment into tmux", async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({ command: 'exec cat' })
  process.env.SSH_AUTH_SOCK = '/tmp/dogwatch-test-agent'
  process.env.TMUX = '/tmp/elsewhere,1,2'
  try {
    const before = await tmux.run('show-environment', '-t', id)
    await using bed = await startBed(tmux)
    const page = await bed.open()
    await expect.poll(() => page.received()).toBeGreaterThan(0)
    expect(await tmux.run('show-environment', '-t', id)).toBe(before)
    const features = await tmux.run(
      'list-clients',
      '-F',
      '#{client_termname} #{client_termfeatures}',
    )
    expect(features).toMatch(/xterm-256color .*RGB/)
  } finally {
    delete process.env.SSH_AUTH_SOCK
    delete process.env.TMUX
  }
})

/** What a person can see of tmux, our viewers' clients left out. */
async function withoutViewers(tmux: Tmux): Promise<Record<string, string[]>> {
  const { user } = await tmux.state()
  return { ...user, clients: (user.clients ?? []).filter((line) => !line.includes('ignore-size')) }
}

/** Open descriptors of this process by kind, and processes of this tmux. */
function held(tmux: Tmux): Record<string, number> {
  const kinds: Record<string, number> = { processes: tmux.processes().length }
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      const kind = readlinkSync(`/proc/self/fd/${fd}`).replace(/[:\d[\]]+.*/, '')
      kinds[kind] = (kinds[kind] ?? 0) + 1
    } catch {
      // The descriptor of this very listing.
    }
  }
  return kinds
}

test('a viewer that is suspended from the keyboard wakes up again', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ command: 'exec cat' })
  await using bed = await startBed(tmux)
  const page = await bed.open()
  page.type('before\r')
  await expect.poll(() => page.text()).toContain('before')
  // tmux's own key for it, pressed by mistake.
  const drawn = page.received()
  page.type('\x02\x1a')
  await expect.poll(() => page.received()).toBeGreaterThan(drawn)
  page.type('after\r')
  await expect.poll(() => page.rows().filter((row) => row === 'after')).toHaveLength(2)
  expect(page.text()).toContain('before')
})
