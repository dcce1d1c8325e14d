import { expect, test } from 'playwright/test'
import { STEADY_NAMES, startTmux, type Tmux, type TmuxState } from '../support/tmux.ts'
import { makeRunDir, openViewer, watchTmux } from '../support/watch.ts'
import { endProcess, startWatchProcess } from '../support/watch-process.ts'

const NOTHING = { hubs: [], hooks: [], clients: [] }
const SIZES = [
  { cols: 45, rows: 20 },
  { cols: 120, rows: 40 },
  { cols: 300, rows: 80 },
]

/** The user's things without the given clients and without how many clients there are. */
function withoutClients(state: TmuxState, pids: readonly number[]): Record<string, string[]> {
  const clients = (state.user.clients ?? []).filter(
    (line) => !pids.some((pid) => line.split(' ')[1] === `${pid}`),
  )
  return { ...state.user, clients }
}

/** A server with options, hooks and a second session of the user's own. */
async function makeUsersTmux(tmux: Tmux): Promise<string[]> {
  const ids = [
    await tmux.newSession({ name: 'work', cols: 180, rows: 44 }),
    await tmux.newSession({ name: 'logs', cols: 90, rows: 25 }),
  ]
  await tmux.run('set-option', '-g', 'status-left', '[#S] ')
  await tmux.run('set-option', '-t', `${ids[0]}:`, 'history-limit', '5000')
  await tmux.run('set-hook', '-g', 'session-created', 'display-message made')
  await tmux.run('set-hook', '-g', 'pane-exited[7]', 'display-message left')
  await tmux.run('set-hook', '-t', `${ids[1]}:`, 'session-renamed', 'display-message renamed')
  await tmux.run('split-window', '-h', '-t', `${ids[0]}:`)
  return ids
}

for (const withPerson of [false, true]) {
  const who = withPerson ? 'beside a person' : 'alone'
  test(`looking changes nothing, with three viewers ${who}`, async () => {
    await using tmux = await startTmux(STEADY_NAMES)
    const [work = '', logs = ''] = await makeUsersTmux(tmux)
    const person = withPerson
      ? await tmux.attach({ session: work, cols: 150, rows: 41 })
      : undefined
    const before = await tmux.state()
    {
      await using watch = await watchTmux(tmux)
      await expect
        .poll(() => watch.server.status)
        .toMatchObject({ channel: 'control', freshness: 'healthy' })
      expect(await tmux.state()).toMatchObject({
        user: before.user,
        ours: { hubs: [expect.stringContaining('_dogwatch')] },
      })
      const viewers = [work, work, logs].map((id, index) =>
        openViewer(tmux, id, SIZES[index] ?? { cols: 80, rows: 24 }),
      )
      const pids = viewers.map((viewer) => viewer.pid)
      const releases = pids.map((pid) => watch.server.addClient(pid))
      await expect.poll(() => viewers.every((viewer) => viewer.bytes > 0)).toBe(true)
      expect(withoutClients(await tmux.state(), pids)).toEqual(before.user)
      // A viewer's own client is no person.
      await watch.server.refresh()
      const attached = watch.server.tree?.sessions.map((session) => session.attached)
      expect(attached).toEqual(withPerson ? [1, 0] : [0, 0])
      if (person) {
        await person.kill()
        const left = { ...before.user, clients: [] }
        await expect.poll(async () => withoutClients(await tmux.state(), pids)).toEqual(left)
      }
      for (const viewer of viewers) await viewer.close()
      for (const release of releases) release()
    }
    const after = await tmux.state()
    expect(after.ours).toEqual(NOTHING)
    expect(after.user).toEqual(withPerson ? { ...before.user, clients: [] } : before.user)
  })
}

test('an orderly end of the process leaves nothing', async () => {
  await using tmux = await startTmux(STEADY_NAMES)
  const ids = await makeUsersTmux(tmux)
  const before = await tmux.state()
  const child = await startWatchProcess(tmux, makeRunDir(tmux), [...ids, ...ids])
  await endProcess(child, 'SIGTERM')
  await expect.poll(() => tmux.state()).toEqual({ user: before.user, ours: NOTHING })
  await expect.poll(() => tmux.processes().filter((line) => line.includes('guardian'))).toEqual([])
})

test('SIGKILL in a flood with viewers, 20 times: the server and every session live on', async () => {
  test.setTimeout(600_000)
  await using tmux = await startTmux(STEADY_NAMES)
  const work = await tmux.newSession({ name: 'work' })
  const flood = await tmux.newSession({ name: 'flood', command: 'yes' })
  const serverPid = await tmux.serverPid()
  const runDir = makeRunDir(tmux)
  const before = await tmux.state()
  for (let round = 0; round < 20; round += 1) {
    const child = await startWatchProcess(tmux, runDir, [work, flood, flood])
    await endProcess(child, 'SIGKILL')
    expect(await tmux.serverPid()).toBe(serverPid)
    expect((await tmux.state()).user.windows, `round ${round}`).toEqual(before.user.windows)
    // Clients and hidden session go without our doing; only hooks wait for the next start.
    await expect
      .poll(async () => {
        const { ours, user } = await tmux.state()
        return { hubs: ours.hubs, clients: [...ours.clients, ...(user.clients ?? [])] }
      }, `round ${round}`)
      .toEqual({ hubs: [], clients: [] })
  }
  const child = await startWatchProcess(tmux, runDir, [])
  await endProcess(child, 'SIGTERM')
  expect((await tmux.state()).ours).toEqual(NOTHING)
  expect((await tmux.state()).user).toEqual(before.user)
  await expectCleanEnd(tmux)
})

test('kill-server ends at once after a SIGKILL of ours', async () => {
  for (let round = 0; round < 5; round += 1) {
    await using tmux = await startTmux(STEADY_NAMES)
    const id = await tmux.newSession({ name: 'work', command: 'yes' })
    const child = await startWatchProcess(tmux, makeRunDir(tmux), [id, id, id])
    await endProcess(child, 'SIGKILL')
    await expectCleanEnd(tmux)
  }
})

test('a window size on loan is given back when we are killed', async () => {
  await using tmux = await startTmux(STEADY_NAMES)
  const id = await tmux.newSession({ name: 'work', cols: 190, rows: 48 })
  const window = await tmux.run('display-message', '-p', '-t', `${id}:`, '#{window_id}')
  const env = { WATCH_LEASE: `${window} 190 48` }
  const child = await startWatchProcess(tmux, makeRunDir(tmux), [], env)
  await tmux.run('resize-window', '-t', window, '-x', '45', '-y', '30')
  await endProcess(child, 'SIGKILL')
  const size = () =>
    tmux.run('display-message', '-p', '-t', `${id}:`, '#{window_width}x#{window_height}')
  await expect.poll(size).toBe('190x48')
  await expect.poll(() => tmux.run('show-options', '-w', '-t', window, 'window-size')).toBe('')
  await expect.poll(() => tmux.processes().filter((line) => line.includes('guardian'))).toEqual([])
})

test('a window size on loan is given back at the next start when the guardian died too', async () => {
  await using tmux = await startTmux(STEADY_NAMES)
  const id = await tmux.newSession({ name: 'work', cols: 190, rows: 48 })
  const window = await tmux.run('display-message', '-p', '-t', `${id}:`, '#{window_id}')
  const runDir = makeRunDir(tmux)
  const child = await startWatchProcess(tmux, runDir, [id], { WATCH_LEASE: `${window} 190 48` })
  await tmux.run('resize-window', '-t', window, '-x', '45', '-y', '30')
  const guardian = tmux.processes().find((line) => line.includes('dogwatch-guardian'))
  process.kill(Number(guardian?.split(' ')[0]), 'SIGKILL')
  await endProcess(child, 'SIGKILL')
  await using watch = await watchTmux(tmux, { runDir })
  await expect.poll(() => watch.server.status.channel).toBe('control')
  const size = () =>
    tmux.run('display-message', '-p', '-t', `${id}:`, '#{window_width}x#{window_height}')
  await expect.poll(size).toBe('190x48')
  // Whatever clients of the last life stayed were ended by the sweep.
  await expect.poll(async () => (await tmux.state()).ours.clients.length).toBe(2)
})

async function expectCleanEnd(tmux: Tmux): Promise<void> {
  // A server that is wedged never answers this, and then it is cut off and fails.
  await tmux.run('kill-server')
  await expect.poll(() => tmux.processes()).toEqual([])
  const id = await tmux.newSession({ name: 'again' })
  expect(id).toBe('$0')
}
