import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import type { Log } from '../../server/log.ts'
import type { TmuxStatus } from '../../server/tmux/options.ts'
import { FakeTmux } from '../support/fake-tmux.ts'
import { HUB_NAME, STEADY_NAMES, startTmux } from '../support/tmux.ts'
import { quietLog, watchTmux } from '../support/watch.ts'

/** An answer has its usual time: one that a busy machine makes late would hold back what follows. */
const FAST = { pollMs: 100, idleMs: 100, pulseMs: 100, safetyMs: 1_000, breakerMs: 6_000 }

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    // It has ended.
    return 0
  }
}

/** Children of this process, ended ones that nobody waited for included. */
function children(): string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === process.pid)
}

test('a server that starts, ends and starts again is noticed, and we never start one', async () => {
  await using tmux = await startTmux()
  await using watch = await watchTmux(tmux)
  expect(watch.server.status).toMatchObject({ state: 'no-server', freshness: 'healthy' })
  expect(watch.server.tree?.sessions).toEqual([])
  expect(tmux.processes()).toEqual([])
  await tmux.newSession({ name: 'first' })
  await expect.poll(() => watch.names()).toEqual(['first'])
  await expect.poll(() => watch.server.status.channel).toBe('control')
  await tmux.run('kill-server')
  await expect.poll(() => watch.server.status.state).toBe('no-server')
  expect(watch.server.tree?.sessions).toEqual([])
  await tmux.newSession({ name: 'second' })
  await expect.poll(() => watch.names()).toEqual(['second'])
})

test('a folder that appears with its first server is noticed', async () => {
  await using tmux = await startTmux()
  const socketPath = join(tmux.dir, 'late', 'sock')
  await using watch = await watchTmux(tmux, { socketPath, intervals: FAST })
  expect(watch.server.status.state).toBe('no-server')
  await tmux.run(
    '-S',
    tmux.socketPath,
    'start-server',
    ';',
    'run-shell',
    `mkdir -m 700 ${join(tmux.dir, 'late')}`,
  )
  await tmux.run('-S', socketPath, 'new-session', '-d', '-s', 'late')
  await expect.poll(() => watch.names()).toEqual(['late'])
  await tmux.run('-S', socketPath, 'kill-server')
})

test('a killed server is replaced: same ids, another identity', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'old' })
  await using watch = await watchTmux(tmux)
  const old = watch.server.tree?.identity
  const pid = await tmux.serverPid()
  if (pid === undefined) throw new Error('no server')
  process.kill(pid, 'SIGKILL')
  await expect.poll(() => watch.server.tree?.sessions).toEqual([])
  const id = await tmux.newSession({ name: 'new' })
  expect(id).toBe('$0')
  await expect.poll(() => watch.names()).toEqual(['new'])
  expect(watch.server.tree?.identity.pid).not.toBe(old?.pid)
  // No listing ever joined the old identity to the new session.
  for (const event of watch.events) {
    if (event.type !== 'tree' || event.tree.identity.pid !== old?.pid) continue
    expect(event.tree.sessions.map((session) => session.name)).toEqual(['old'])
  }
})

test('a server that took over the socket of one that still runs is the one we show', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'old' })
  await using watch = await watchTmux(tmux, { intervals: FAST })
  rmSync(tmux.socketPath)
  await tmux.newSession({ name: 'new' })
  await expect.poll(() => watch.names()).toEqual(['new'])
  await expect.poll(() => watch.server.status.channel).toBe('control')
  const [first] = watch.events.filter((event) => event.type === 'tree')
  if (first?.type === 'tree') process.kill(first.tree.identity.pid, 'SIGTERM')
})

test('a stopped server is unresponsive, keeps its rows, and is back after SIGCONT', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work' })
  await using watch = await watchTmux(tmux, { intervals: FAST })
  const pid = await tmux.serverPid()
  if (pid === undefined) throw new Error('no server')
  process.kill(pid, 'SIGSTOP')
  await expect.poll(() => watch.server.status.state).toBe('unresponsive')
  expect(watch.server.status.freshness).toBe('disconnected')
  expect(watch.names()).toEqual(['work'])
  await expect(watch.server.run(['list-sessions'])).rejects.toMatchObject({ code: 'suspended' })
  process.kill(pid, 'SIGCONT')
  await expect
    .poll(() => watch.server.status)
    .toMatchObject({ state: 'connected', freshness: 'healthy', channel: 'control' })
  await tmux.newSession({ name: 'more' })
  await expect.poll(() => watch.names()).toEqual(['work', 'more'])
})

test('a stopped server without a hub is back after SIGCONT too', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work' })
  await using watch = await watchTmux(tmux, { hub: false, intervals: FAST })
  const pid = await tmux.serverPid()
  if (pid === undefined) throw new Error('no server')
  process.kill(pid, 'SIGSTOP')
  await expect.poll(() => watch.server.status.state).toBe('unresponsive')
  process.kill(pid, 'SIGCONT')
  await expect.poll(() => watch.server.status.state).toBe('connected')
  expect(watch.names()).toEqual(['work'])
  await expect.poll(children).toEqual([])
})

test('closing while the server is stopped ends our processes', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work' })
  const watch = await watchTmux(tmux, { intervals: FAST })
  const pid = await tmux.serverPid()
  if (pid === undefined) throw new Error('no server')
  process.kill(pid, 'SIGSTOP')
  await watch.server.close()
  await expect.poll(children).toEqual([])
  process.kill(pid, 'SIGCONT')
  await expect.poll(async () => (await tmux.state()).ours.hubs).toEqual([])
  expect((await tmux.state()).user.sessions).toEqual(['$0 work'])
})

test('a missing tmux program is said, and noticed when it comes', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work' })
  const none = FakeTmux.without(tmux.dir)
  try {
    await using watch = await watchTmux(tmux, { intervals: FAST })
    expect(watch.server.status.state).toBe('missing')
    expect(watch.server.status.detail).toContain('not found')
    none[Symbol.dispose]()
    await expect.poll(() => watch.names()).toEqual(['work'])
  } finally {
    none[Symbol.dispose]()
  }
})

test('a server that is asked between making its socket and listening at it is found', async () => {
  await using tmux = await startTmux()
  const asked = join(tmux.dir, 'asked')
  using _fake = new FakeTmux(
    tmux.dir,
    `case "$*" in *list-*) [ -e ${asked} ] || { touch ${asked}; echo 'no server running on x' >&2; exit 1; };; esac
exec $REAL "$@"`,
  )
  await tmux.newSession({ name: 'early' })
  await using watch = await watchTmux(tmux)
  expect(watch.server.status.state).toBe('no-server')
  await expect.poll(() => watch.names()).toEqual(['early'])
})

test('a tmux that is too old is said', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work' })
  using _fake = new FakeTmux(tmux.dir, 'echo tmux 3.1c')
  await using watch = await watchTmux(tmux, { intervals: FAST })
  expect(watch.server.status).toMatchObject({ state: 'too-old', version: '3.1c' })
})

test('an error that we do not know removes nothing', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work' })
  const flag = join(tmux.dir, 'broken')
  using _fake = new FakeTmux(
    tmux.dir,
    `if [ -e ${flag} ]; then echo 'protocol version mismatch' >&2; exit 1; fi; exec $REAL "$@"`,
  )
  await using watch = await watchTmux(tmux, { hub: false, intervals: FAST })
  expect(watch.names()).toEqual(['work'])
  writeFileSync(flag, '')
  await expect.poll(() => watch.server.status.freshness).toBe('degraded')
  await expect(watch.server.refresh()).rejects.toMatchObject({ code: 'refused' })
  expect(watch.names()).toEqual(['work'])
})

test('a tmux that hangs is asked once, acts go through, and recovery is logged', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work' })
  const flag = join(tmux.dir, 'hung')
  const calls = join(tmux.dir, 'calls')
  using _fake = new FakeTmux(
    tmux.dir,
    `[ -e ${flag} ] || exec $REAL "$@"
case "$*" in *list-*) echo "$*" >> ${calls}; sleep 60;; *) exec $REAL "$@";; esac`,
  )
  const lines: string[] = []
  const log: Log = {
    ...quietLog,
    info: (fields, message) => lines.push(`${message} ${JSON.stringify(fields)}`),
    warn: (_fields, message) => lines.push(message),
    child: () => log,
  }
  await using watch = await watchTmux(tmux, { hub: false, log, intervals: FAST })
  writeFileSync(flag, '')
  await expect.poll(() => watch.server.status.state).toBe('unresponsive')
  expect(watch.names()).toEqual(['work'])
  const asked = readFileSync(calls, 'utf8')
  // Probes are held back, ours and others'; what a person does is not.
  await expect(watch.server.run(['list-windows'])).rejects.toMatchObject({ code: 'suspended' })
  await watch.server.run(['set-environment', '-g', 'FROM_US', 'yes'])
  expect(await tmux.run('show-environment', '-g', 'FROM_US')).toBe('FROM_US=yes')
  await expect(watch.server.refresh()).rejects.toMatchObject({ code: 'suspended' })
  expect(readFileSync(calls, 'utf8')).toBe(asked)
  // The deadline's kill reached the `sleep` too.
  await expect.poll(() => tmux.processes().filter((line) => line.includes('sleep'))).toEqual([])
  await expect.poll(children).toEqual([])
  rmSync(flag)
  await expect.poll(() => watch.server.status.state, { timeout: 30_000 }).toBe('connected')
  expect(lines).toContain('tmux did not answer in time; probes pause')
  expect(lines.some((line) => line.startsWith('tmux answers again'))).toBe(true)
})

test('50 creates that race with listing give 50 sessions', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'seed' })
  await using watch = await watchTmux(tmux)
  const listing = (async () => {
    for (let round = 0; round < 100; round += 1) await watch.server.refresh()
  })()
  const names = Array.from({ length: 50 }, (_, index) => `n${index}`)
  await Promise.all(
    names.map(async (name) => {
      const id = await watch.server.run([
        'new-session',
        '-d',
        '-P',
        '-F',
        '#{session_id}',
        '-s',
        name,
      ])
      const tree = await watch.server.refresh()
      expect(tree.sessions.map((session) => session.id)).toContain(id)
    }),
  )
  await listing
  const { sessions = [] } = watch.server.tree ?? {}
  expect(sessions.map((session) => session.name).sort()).toEqual(['seed', ...names].sort())
  expect(new Set(sessions.map((session) => session.id)).size).toBe(51)
})

test('control mode that ends twice is replaced by polling, and comes back', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work' })
  const intervals = { ...FAST, retryMs: 3_000 }
  await using watch = await watchTmux(tmux, { intervals })
  // Whoever asks tmux what it holds may be slower than the three seconds without control mode.
  const told: TmuxStatus[] = []
  watch.server.changes.on(() => told.push(watch.server.status))
  const killMain = async () => {
    let clients: number[] = []
    const look = async () => {
      clients = (await tmux.state()).ours.clients.map((line) => Number(line.split(' ')[1]))
      return clients.length
    }
    // The end of one is told a moment after it, and its channel counts as there until then.
    await expect.poll(look).toBe(2)
    process.kill(Math.min(...clients), 'SIGKILL')
    await expect
      .poll(async () =>
        (await tmux.state()).ours.clients.filter((line) =>
          clients.some((pid) => line.includes(` ${pid} `)),
        ),
      )
      .toEqual([])
  }
  await killMain()
  await expect.poll(() => watch.server.status.channel).toBe('control')
  await killMain()
  const degraded = { channel: 'fork', freshness: 'degraded' }
  const detail = expect.stringContaining('control mode')
  await expect.poll(() => told).toContainEqual(expect.objectContaining({ ...degraded, detail }))
  await tmux.newSession({ name: 'more' })
  await expect.poll(() => watch.names()).toEqual(['work', 'more'])
  await expect
    .poll(() => watch.server.status)
    .toMatchObject({ channel: 'control', freshness: 'healthy' })
})

test('the next hidden session opens when the last one has gone', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work' })
  await using watch = await watchTmux(tmux)
  const name = async () => (await tmux.run('list-sessions', '-F', '#{session_name}')).split('\n')
  await expect.poll(() => watch.server.status.channel).toBe('control')
  const [first] = (await tmux.state()).ours.clients.map((line) => Number(line.split(' ')[1]))
  if (first === undefined) throw new Error('no client of ours')
  process.kill(first, 'SIGKILL')
  // For a quarter of a second.
  await expect.poll(() => watch.server.status.channel, { intervals: [20] }).toBe('fork')
  let most = 0
  await expect
    .poll(async () => {
      most = Math.max(most, (await name()).filter((one) => HUB_NAME.test(one)).length)
      return watch.server.status.channel
    })
    .toBe('control')
  expect(most).toBe(1)
})

test('nothing is told while nothing changes', async () => {
  await using tmux = await startTmux(STEADY_NAMES)
  await tmux.newSession({ name: 'work', command: 'exec sleep 1000' })
  // tmux answers before its child has become that program.
  const program = ['display-message', '-p', '-t', 'work', '#{pane_current_command}']
  await expect.poll(() => tmux.run(...program)).toBe('sleep')
  await using watch = await watchTmux(tmux, { intervals: { ...FAST, safetyMs: 100 } })
  await expect.poll(() => watch.server.status.channel).toBe('control')
  await watch.server.refresh()
  const told = watch.events.length
  for (let round = 0; round < 20; round += 1) await watch.server.refresh()
  expect(watch.events.slice(told)).toEqual([])
})
