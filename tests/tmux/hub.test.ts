import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { Guardian } from '../../server/tmux/guardian.ts'
import { Hub } from '../../server/tmux/hub.ts'
import { FakeTmux } from '../support/fake-tmux.ts'
import { STEADY_NAMES, startTmux, type Tmux } from '../support/tmux.ts'
import { makeRunDir, quietLog, Watch, watchTmux } from '../support/watch.ts'
import { endProcess, startWatchProcess } from '../support/watch-process.ts'

async function sessionOfClient(tmux: Tmux, pid: number): Promise<string | undefined> {
  const clients = await tmux.run('list-clients', '-F', '#{client_pid} #{session_name}')
  const own = clients.split('\n').find((line) => line.startsWith(`${pid} `))
  return own?.slice(own.indexOf(' ') + 1)
}

test('the tmux server ends with the last session of a person while we watch', async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({ name: 'only' })
  await using watch = await watchTmux(tmux)
  await expect.poll(() => watch.server.status.channel).toBe('control')
  await tmux.run('kill-session', '-t', id)
  await expect.poll(() => tmux.processes()).toEqual([])
  await expect.poll(() => watch.server.status.state).toBe('no-server')
  expect(watch.server.tree?.sessions).toEqual([])
})

test('a server that may be empty stays when its last session ends, without us in it', async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({ name: 'only' })
  await tmux.run('set-option', '-s', 'exit-empty', 'off')
  await using watch = await watchTmux(tmux)
  await tmux.run('kill-session', '-t', id)
  await expect.poll(() => watch.server.status.state).toBe('no-sessions')
  await expect.poll(() => tmux.run('list-sessions')).toBe('')
  const hooks = await tmux.run('show-hooks', '-g')
  expect(hooks).not.toContain('dogwatch')
  await tmux.newSession({ name: 'next' })
  await expect.poll(() => watch.names()).toEqual(['next'])
  await expect.poll(() => watch.server.status.channel).toBe('control')
})

for (const key of ['n', 'p']) {
  test(`a person who walks the sessions by switch-client -${key} never stays in the hub`, async () => {
    await using tmux = await startTmux()
    // The hidden session's name sorts between the two.
    const upper = await tmux.newSession({ name: 'UPPER' })
    await tmux.newSession({ name: 'lower' })
    await using watch = await watchTmux(tmux)
    await expect.poll(() => watch.server.status.channel).toBe('control')
    const person = await tmux.attach({ session: upper })
    for (const expected of ['lower', 'UPPER', 'lower', 'UPPER']) {
      await tmux.run('switch-client', '-c', await person.tty, `-${key}`)
      await expect.poll(() => sessionOfClient(tmux, person.pid)).toBe(expected)
    }
    expect(watch.server.status.channel).toBe('control')
  })
}

test('a person whose session ends with detach-on-destroy off lands in a session of theirs', async () => {
  await using tmux = await startTmux()
  await tmux.run(
    'start-server',
    ';',
    'set-option',
    '-g',
    'detach-on-destroy',
    'off',
    ';',
    'new-session',
    '-d',
    '-s',
    'keep',
  )
  const doomed = await tmux.newSession({ name: 'doomed' })
  await using watch = await watchTmux(tmux)
  const person = await tmux.attach({ session: doomed })
  await tmux.run('kill-session', '-t', doomed)
  await expect.poll(() => sessionOfClient(tmux, person.pid)).toBe('keep')
  // With their last session the client ends, as it would have without us, and so does the server.
  await tmux.run('kill-session', '-t', 'keep')
  await person.exited
  await expect.poll(() => tmux.processes()).toEqual([])
  await expect.poll(() => watch.server.status.state).toBe('no-server')
})

test('a person who attaches to the hub on purpose is sent to a session of theirs', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'theirs' })
  await using watch = await watchTmux(tmux)
  await expect.poll(() => watch.server.status.channel).toBe('control')
  const hubs = (await tmux.state()).ours.hubs
  const person = await tmux.attach({ session: hubs[0]?.split(' ')[0] ?? '' })
  await expect.poll(() => sessionOfClient(tmux, person.pid)).toBe('theirs')
  expect(watch.server.status.channel).toBe('control')
})

test('the hub is safe from global options of the user', async () => {
  await using tmux = await startTmux({
    config: [
      'set -g destroy-unattached on',
      'set -g remain-on-exit on',
      'set -g detach-on-destroy off',
      'set -g monitor-silence 600',
      'set -g automatic-rename off',
      'set -g default-command "exec sh -c \'exit 1\'"',
    ].join('\n'),
  })
  // `destroy-unattached` would end a session that nobody is attached to.
  await tmux.run(
    'start-server',
    ';',
    'new-session',
    '-d',
    '-s',
    'work',
    'exec sleep 1000',
    ';',
    'set-option',
    '-t',
    'work',
    'destroy-unattached',
    'off',
  )
  const before = await tmux.state()
  const child = await startWatchProcess(tmux, makeRunDir(tmux), [])
  const [hub = ''] = (await tmux.state()).ours.hubs
  const id = hub.split(' ')[0]
  expect(await tmux.run('show-options', '-Av', '-t', `${id}:`, 'destroy-unattached')).toBe('off')
  await endProcess(child, 'SIGKILL')
  await expect.poll(async () => (await tmux.state()).ours.hubs).toEqual([])
  expect((await tmux.state()).user).toEqual(before.user)
})

test('two watchers on one tmux server hide each other and leave in any order', async () => {
  await using tmux = await startTmux(STEADY_NAMES)
  await tmux.newSession({ name: 'work' })
  const before = await tmux.state()
  {
    await using second = await watchTmux(tmux)
    {
      await using first = await watchTmux(tmux)
      await expect.poll(() => first.server.status.channel).toBe('control')
      await expect.poll(() => second.server.status.channel).toBe('control')
      expect((await tmux.state()).ours.hubs).toHaveLength(2)
      await tmux.newSession({ name: 'more' })
      await expect.poll(() => first.names()).toEqual(['work', 'more'])
      await expect.poll(() => second.names()).toEqual(['work', 'more'])
      expect(second.server.tree?.sessions.map((session) => session.attached)).toEqual([0, 0])
    }
    expect((await tmux.state()).ours.hubs).toHaveLength(1)
    // The one that stays still hears of everything.
    await tmux.run('kill-session', '-t', 'more')
    await expect.poll(() => second.names()).toEqual(['work'])
  }
  expect(await tmux.state()).toEqual({ ...before, ours: { hubs: [], hooks: [], clients: [] } })
})

test('the last session of a person ends the server also with two watchers', async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({ name: 'work' })
  await using first = await watchTmux(tmux)
  await using second = await watchTmux(tmux)
  await tmux.run('kill-session', '-t', id)
  await expect.poll(() => tmux.processes()).toEqual([])
  await expect
    .poll(() => [first.server.status.state, second.server.status.state])
    .toEqual(['no-server', 'no-server'])
})

test('without a hub nothing is added, and what happens is still listed', async () => {
  await using tmux = await startTmux(STEADY_NAMES)
  await tmux.newSession({ name: 'work' })
  const before = await tmux.state()
  await using watch = await watchTmux(tmux, { hub: false, intervals: { pollMs: 100 } })
  expect(watch.server.status).toMatchObject({ channel: 'fork', freshness: 'healthy' })
  expect(watch.server.status.detail).toContain('--no-hub')
  expect(await tmux.state()).toEqual(before)
  const id = await tmux.newSession({ name: 'more' })
  await expect.poll(() => watch.names()).toEqual(['work', 'more'])
  await tmux.run('kill-session', '-t', id)
  await expect.poll(() => watch.names()).toEqual(['work'])
})

test('a server that ends when nobody is attached is not held by us', async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({ name: 'work' })
  const person = await tmux.attach({ session: id })
  await tmux.run('set-option', '-s', 'exit-unattached', 'on')
  await using watch = await watchTmux(tmux, { intervals: { pollMs: 100 } })
  expect(watch.server.status.channel).toBe('fork')
  expect(watch.server.status.detail).toContain('exit-unattached')
  await person.kill()
  await expect.poll(() => tmux.processes()).toEqual([])
  await expect.poll(() => watch.server.status.state).toBe('no-server')
})

test('hooks that a killed watcher left are swept by the next one, others stay', async () => {
  await using tmux = await startTmux(STEADY_NAMES)
  await tmux.newSession({ name: 'work' })
  await tmux.run('set-hook', '-g', 'session-created[4300]', 'display-message mine')
  const before = await tmux.state()
  const child = await startWatchProcess(tmux, makeRunDir(tmux), [])
  await endProcess(child, 'SIGKILL')
  await expect.poll(async () => (await tmux.state()).ours.hubs).toEqual([])
  expect((await tmux.state()).ours.hooks).not.toEqual([])
  {
    await using watch = await watchTmux(tmux)
    await expect.poll(() => watch.server.status.channel).toBe('control')
  }
  expect(await tmux.state()).toEqual({ ...before, ours: { hubs: [], hooks: [], clients: [] } })
})

test('closing while the first hidden session opens waits for it and takes it away', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work' })
  const [asked, answer] = [join(tmux.dir, 'asked'), join(tmux.dir, 'answer')]
  using _fake = new FakeTmux(
    tmux.dir,
    `case "$*" in *' -C new-session '*) touch ${asked}; until [ -e ${answer} ]; do sleep 0.02; done;; esac
exec $REAL "$@"`,
  )
  await using watch = new Watch(tmux)
  const ends: string[] = []
  const started = watch.server.start().then(() => ends.push('started'))
  await expect.poll(() => existsSync(asked)).toBe(true)
  const closed = watch.server.close().then(() => ends.push('closed'))
  writeFileSync(answer, '')
  await Promise.all([started, closed])
  // Our process may end now: what it still opened nobody would take away.
  expect(ends).toEqual(['started', 'closed'])
  expect((await tmux.state()).ours).toEqual({ hubs: [], hooks: [], clients: [] })
})

test('starting and closing 20 times leaks no descriptor and no process', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work' })
  const { readdirSync, readFileSync } = await import('node:fs')
  const descriptors = () => readdirSync('/proc/self/fd').length
  const children = () =>
    readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
  const cycle = async () => {
    await using watch = await watchTmux(tmux)
    await expect.poll(() => watch.server.status.channel).toBe('control')
  }
  // The first rounds open what Node keeps: threads, inotify, module files.
  for (let round = 0; round < 3; round += 1) await cycle()
  await expect.poll(children).toEqual([])
  const before = descriptors()
  for (let round = 0; round < 20; round += 1) await cycle()
  await expect.poll(children).toEqual([])
  await expect.poll(descriptors).toBeLessThanOrEqual(before)
})

/** How the control clients of a hub may end without our doing. */
const ENDS: Record<string, (tmux: Tmux, hub: Hub) => unknown> = {
  'the client that carries commands is killed': (_, { pids }) => killAll(pids.slice(0, 1)),
  'the client that waits for signals is killed': (_, { pids }) => killAll(pids.slice(1)),
  'both clients are killed': (_, { pids }) => killAll(pids),
  'a person detaches all clients': (tmux, { sessionId }) =>
    tmux.run('detach-client', '-s', `${sessionId}:`),
}

function killAll(pids: readonly number[]): void {
  for (const pid of pids) process.kill(pid, 'SIGKILL')
}

for (const [what, end] of Object.entries(ENDS)) {
  test(`${what}: no hook and no session of ours is left`, async () => {
    await using tmux = await startTmux()
    await tmux.newSession()
    const { socketPath } = tmux
    const common = { socketPath, runDir: makeRunDir(tmux), log: quietLog }
    const guardian = new Guardian({ ...common, name: 'test' })
    const hub = await Hub.open({ ...common, guardian, onDirty: () => {}, onLate: () => {} })
    await end(tmux, hub)
    await hub.ended
    // It closes itself then, and so does whoever hears of its end.
    await hub.close()
    await guardian.close()
    const nothing = { hubs: [], hooks: [], clients: [] }
    await expect.poll(async () => (await tmux.state()).ours).toEqual(nothing)
  })
}
