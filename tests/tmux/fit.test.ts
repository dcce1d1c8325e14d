import { expect, test } from 'playwright/test'
import { type LeaseHolder, Leases } from '../../server/core/leases.ts'
import type { SessionsResponse, ViewerFrame } from '../../server/protocol.ts'
import { WindowLease } from '../../server/tmux/lease.ts'
import { startServer } from '../support/server.ts'
import { type Bed, startBed } from '../support/terminal.ts'
import { type Page, randomId } from '../support/terminal-page.ts'
import { STEADY_NAMES, startTmux, type Tmux } from '../support/tmux.ts'

const size = (tmux: Tmux, id: string) =>
  tmux.run('display-message', '-p', '-t', `${id}:`, '#{window_width}x#{window_height}')
const option = (tmux: Tmux, id: string) =>
  tmux.run('show-options', '-wq', '-t', `${id}:`, 'window-size')

/** A window that is 200x50, and what tmux says of it and its options before anything happens. */
async function startFitted(tmux: Tmux, options: { hub?: boolean } = {}) {
  const id = await tmux.newSession({ cols: 200, rows: 50, command: 'exec cat' })
  const bed = await startBed(tmux, options)
  return { id, bed }
}

/** What a page was told of the lease, word by word. */
const leasesOf = ({ frames }: Page) =>
  frames.flatMap((frame) => (frame.type === 'lease' ? [frame.holder] : []))

async function expectAsBefore(tmux: Tmux, before: Record<string, string[]>): Promise<void> {
  await expect
    .poll(async () => {
      const { user } = await tmux.state()
      return { ...user, clients: [] }
    })
    .toEqual({ ...before, clients: [] })
}

for (const [who, person, hub] of [
  ['with nobody attached', false, true],
  ["beside a person's client", true, true],
  ['with no hidden session and nobody attached', false, false],
] as const) {
  test(`a window fitted to a screen gets its old size back, ${who}`, async () => {
    await using tmux = await startTmux(STEADY_NAMES)
    const { id, bed: made } = await startFitted(tmux, { hub })
    await using bed: Bed = made
    if (person) await tmux.attach({ cols: 133, rows: 41, session: id })
    const expected = person ? '133x40' : '200x50'
    await expect.poll(() => size(tmux, id)).toBe(expected)
    const before = (await tmux.state()).user
    const page = await bed.open()
    const other = await bed.open()
    page.send({ type: 'fit', on: true, cols: 45, rows: 21 })
    await expect.poll(() => size(tmux, id)).toBe('45x20')
    await expect.poll(() => page.last('lease')?.holder).toBe('you')
    await expect.poll(() => other.last('lease')?.holder).toBe('other')
    // Everybody's picture follows.
    for (const one of [page, other]) {
      await expect.poll(() => one.last('resize')).toMatchObject({ cols: 45, rows: 21 })
    }
    page.send({ type: 'fit', on: true, cols: 60, rows: 31 })
    await expect.poll(() => size(tmux, id)).toBe('60x30')
    other.send({ type: 'fit', on: true, cols: 100, rows: 31 })
    await expect.poll(() => other.last('error')?.code).toBe('conflict')
    // Only its holder can give it back.
    other.send({ type: 'fit', on: false, cols: 1, rows: 1 })
    page.send({ type: 'fit', on: false, cols: 1, rows: 1 })
    await expect.poll(() => page.last('lease')?.holder).toBe('none')
    expect(await size(tmux, id)).toBe(expected)
    await expectAsBefore(tmux, before)
  })
}

test('a size set on the window itself comes back as it was', async () => {
  await using tmux = await startTmux(STEADY_NAMES)
  const { id, bed: made } = await startFitted(tmux)
  await using bed: Bed = made
  await tmux.run('resize-window', '-t', `${id}:`, '-x', '111', '-y', '33')
  expect(await option(tmux, id)).toBe('window-size manual')
  const before = (await tmux.state()).user
  const page = await bed.open()
  page.send({ type: 'fit', on: true, cols: 45, rows: 21 })
  await expect.poll(() => size(tmux, id)).toBe('45x20')
  page.send({ type: 'fit', on: false, cols: 0, rows: 0 })
  await expectAsBefore(tmux, before)
  expect(await option(tmux, id)).toBe('window-size manual')
})

test('a fitted size is kept within bounds', async () => {
  await using tmux = await startTmux(STEADY_NAMES)
  const { id, bed: made } = await startFitted(tmux)
  await using bed: Bed = made
  const page = await bed.open()
  page.send({ type: 'fit', on: true, cols: 1, rows: 1 })
  await expect.poll(() => size(tmux, id)).toBe('20x5')
  page.send({ type: 'fit', on: true, cols: 1_000_000_000, rows: 1_000_000_000 })
  await expect.poll(() => size(tmux, id)).toBe('500x200')
  page.send({ type: 'fit', on: false, cols: 0, rows: 0 })
  await expect.poll(() => size(tmux, id)).toBe('200x50')
})

test('a page that comes back soon keeps the fitted size; one that stays away gives it back', async () => {
  await using tmux = await startTmux(STEADY_NAMES)
  const { id, bed: made } = await startFitted(tmux)
  await using bed: Bed = made
  const before = (await tmux.state()).user
  const viewer = randomId()
  const page = await bed.open({ viewer })
  page.send({ type: 'fit', on: true, cols: 45, rows: 21 })
  await expect.poll(() => size(tmux, id)).toBe('45x20')
  page.drop()
  await expect.poll(() => bed.viewers.size).toBe(0)
  const again = await bed.open({ viewer })
  await expect.poll(() => again.last('lease')?.holder).toBe('you')
  expect(again.last('ready')).toMatchObject({ cols: 45, rows: 21 })
  again.drop()
  await expect.poll(() => size(tmux, id), { timeout: 30_000 }).toBe('200x50')
  await expectAsBefore(tmux, before)
})

test('a fitted window gets its size back when the session shows another one', async () => {
  await using tmux = await startTmux(STEADY_NAMES)
  const { id, bed: made } = await startFitted(tmux)
  await using bed: Bed = made
  const page = await bed.open()
  page.send({ type: 'fit', on: true, cols: 45, rows: 21 })
  await expect.poll(() => size(tmux, id)).toBe('45x20')
  const window = await tmux.run('display-message', '-p', '-t', `${id}:`, '#{window_id}')
  await tmux.run('new-window', '-t', `${id}:`, 'exec cat')
  await expect.poll(() => page.last('lease')?.holder).toBe('none')
  const format = '#{window_width}x#{window_height}'
  expect(await tmux.run('display-message', '-p', '-t', window, format)).toBe('200x50')
})

test('what a page asks for while its fit is under way comes after it', async () => {
  await using tmux = await startTmux(STEADY_NAMES)
  const { id, bed: made } = await startFitted(tmux)
  await using bed: Bed = made
  const before = (await tmux.state()).user
  const page = await bed.open()
  page.send({ type: 'fit', on: true, cols: 45, rows: 21 })
  page.send({ type: 'fit', on: true, cols: 60, rows: 31 })
  await expect.poll(() => size(tmux, id)).toBe('60x30')
  page.send({ type: 'fit', on: false, cols: 0, rows: 0 })
  await expect.poll(() => page.last('lease')?.holder).toBe('none')
  page.send({ type: 'fit', on: true, cols: 45, rows: 21 })
  page.send({ type: 'fit', on: false, cols: 0, rows: 0 })
  await expect.poll(() => leasesOf(page)).toEqual(['you', 'you', 'none', 'you', 'none'])
  expect(page.last('error')).toBeUndefined()
  await expectAsBefore(tmux, before)
})

test('a page that leaves while its fit is under way does not keep the size', async () => {
  await using tmux = await startTmux(STEADY_NAMES)
  const { id, bed: made } = await startFitted(tmux)
  await using bed: Bed = made
  const before = (await tmux.state()).user
  const page = await bed.open()
  const other = await bed.open()
  const run = bed.server.run.bind(bed.server)
  bed.server.run = async (argv, options) => {
    if (argv[0] !== 'display-message') return run(argv, options)
    // Before the window is held for the page.
    bed.server.run = run
    page.socket.close()
    await expect.poll(() => bed.viewers.size).toBe(1)
    return run(argv, options)
  }
  page.send({ type: 'fit', on: true, cols: 45, rows: 21 })
  await expect.poll(() => leasesOf(other), { timeout: 30_000 }).toEqual(['other', 'none'])
  expect(await size(tmux, id)).toBe('200x50')
  await expectAsBefore(tmux, before)
})

test('a window that is fitted again while its size is given back is as it was in the end', async () => {
  await using tmux = await startTmux(STEADY_NAMES)
  const { id, bed: made } = await startFitted(tmux)
  await using bed: Bed = made
  const before = (await tmux.state()).user
  const window = await tmux.run('display-message', '-p', '-t', `${id}:`, '#{window_id}')
  const leases = new Leases(() => {})
  const [first, second] = [
    { deviceId: 'd1', viewer: 'a' },
    { deviceId: 'd1', viewer: 'b' },
  ]
  const place = { server: bed.server, sessionId: 's', tmuxSessionId: id, windowId: window }
  const take = (holder: LeaseHolder) => leases.take({ ...place, holder, cols: 45, rows: 20 })
  expect(await take(first)).toBe(true)
  const [, taken] = await Promise.all([leases.release('s', first), take(second)])
  expect(taken).toBe(true)
  expect(await size(tmux, id)).toBe('45x20')
  await leases.release('s', second)
  await expectAsBefore(tmux, before)
})

test('a size is not given back to a window that has its id in another tmux', async () => {
  await using tmux = await startTmux(STEADY_NAMES)
  const { id, bed: made } = await startFitted(tmux)
  await using bed: Bed = made
  const window = await tmux.run('display-message', '-p', '-t', `${id}:`, '#{window_id}')
  const lease = await WindowLease.take(bed.server, window)
  await lease?.resize(45, 20)
  await tmux.killServer()
  const next = await tmux.newSession({ cols: 100, rows: 30, command: 'exec cat' })
  await tmux.run('set-option', '-w', '-t', `${next}:`, 'window-size', 'manual')
  expect(await tmux.run('display-message', '-p', '-t', `${next}:`, '#{window_id}')).toBe(window)
  const pid = await tmux.serverPid()
  await expect.poll(() => bed.server.tree?.identity.pid).toBe(pid)
  await lease?.release()
  expect(await size(tmux, next)).toBe('100x30')
  expect(await option(tmux, next)).toBe('window-size manual')
})

test('an orderly stop gives a fitted size back', async () => {
  await using tmux = await startTmux(STEADY_NAMES)
  const { id, bed } = await startFitted(tmux)
  const before = (await tmux.state()).user
  try {
    const page = await bed.open()
    page.send({ type: 'fit', on: true, cols: 45, rows: 21 })
    await expect.poll(() => size(tmux, id)).toBe('45x20')
  } finally {
    await bed[Symbol.asyncDispose]()
  }
  expect(await size(tmux, id)).toBe('200x50')
  await expectAsBefore(tmux, before)
})

test('a server that is killed gives a fitted size back', async () => {
  await using tmux = await startTmux(STEADY_NAMES)
  const id = await tmux.newSession({ cols: 200, rows: 50, command: 'exec cat' })
  const before = (await tmux.state()).user
  await using server = await startServer({ tmux })
  const token = await server.pair()
  const { json } = await server.api(token).get<SessionsResponse>('/api/sessions')
  const pane = json.sessions[0]?.windows[0]?.panes[0]?.id
  const socket = await server.ws(`/ws/terminal/${pane}`, token)
  const say = (frame: ViewerFrame) => socket.send(JSON.stringify(frame))
  const ready = new Promise((resolve) => socket.once('message', resolve))
  say({ type: 'open', viewer: randomId(), cols: 45, rows: 21 })
  await ready
  say({ type: 'fit', on: true, cols: 45, rows: 21 })
  await expect.poll(() => size(tmux, id)).toBe('45x20')
  await server.kill9()
  await expect.poll(() => size(tmux, id)).toBe('200x50')
  // Options, too; hooks and the hidden session of a killed server are swept at its next start.
  await expect.poll(() => option(tmux, id)).toBe('')
  await server.start()
  await expectAsBefore(tmux, before)
})
