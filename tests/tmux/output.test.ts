import { readdirSync } from 'node:fs'
import { expect, test } from 'playwright/test'
import { OutputWatch } from '../../server/tmux/output.ts'
import { startTmux } from '../support/tmux.ts'
import { type Watch, watchTmux } from '../support/watch.ts'

/** Panes that were told to have printed, in order. */
function printed(watch: Watch): string[] {
  return watch.events.flatMap((event) => (event.type === 'output' ? [event.pane] : []))
}

for (const watchTerminals of [true, false]) {
  const how = watchTerminals ? 'watched terminals' : 'polling'
  test(`output of a pane that nobody views is noticed, and idle panes are silent, by ${how}`, async () => {
    await using tmux = await startTmux()
    await tmux.newSession({ name: 'quiet', command: 'exec sleep 1000' })
    const id = await tmux.newSession({ name: 'loud', command: 'exec cat' })
    const pane = await tmux.run('display-message', '-p', '-t', id, '#{pane_id}')
    await using watch = await watchTmux(tmux, { watchTerminals })
    expect(watch.server.status.outputSource).toBe(watchTerminals ? 'inotify' : 'poll')
    // Whatever the programs printed when they started has been told by now.
    const settled = async () => {
      const before = watch.events.length
      for (let round = 0; round < 10; round += 1) await watch.server.refresh()
      return watch.events.length - before
    }
    await expect.poll(settled).toBe(0)
    const past = printed(watch).length
    for (let round = 0; round < 3; round += 1) {
      const before = printed(watch).length
      await tmux.run('send-keys', '-t', id, `line ${round}`, 'Enter')
      await expect.poll(() => printed(watch).length).toBeGreaterThan(before)
    }
    expect(new Set(printed(watch).slice(past))).toEqual(new Set([pane]))
    expect(watch.server.status.outputSource).toBe(watchTerminals ? 'inotify' : 'poll')
  })
}

test('what panes printed before we came is told once, with its time', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'one', command: 'echo done; exec sleep 1000' })
  await tmux.newSession({ name: 'two', command: 'exec sleep 1000' })
  await expect.poll(() => tmux.run('capture-pane', '-p', '-t', 'one')).toContain('done')
  const activity = await tmux.run('list-panes', '-a', '-F', '#{pane_id} #{window_activity}')
  await using watch = await watchTmux(tmux)
  for (let round = 0; round < 3; round += 1) await watch.server.refresh()
  const told = watch.events.flatMap((event) =>
    event.type === 'output' ? [`${event.pane} ${event.at / 1_000}`] : [],
  )
  expect(told.sort()).toEqual(activity.split('\n').sort())
})

test('a flood is told at most four times a second, and its end is told too', async () => {
  await using tmux = await startTmux()
  const command = 'read go; trap : INT; yes; echo ended $(date +%s%3N); exec cat'
  const id = await tmux.newSession({ name: 'flood', command })
  await using watch = await watchTmux(tmux)
  const times = () => watch.events.flatMap((event) => (event.type === 'output' ? [event.at] : []))
  const began = Date.now()
  await tmux.run('send-keys', '-t', id, 'Enter')
  await expect.poll(() => times().length).toBeGreaterThan(8)
  await tmux.run('send-keys', '-t', id, 'C-c')
  const screen = () => tmux.run('capture-pane', '-p', '-t', id)
  await expect.poll(screen).toMatch(/ended \d{13}/)
  const ended = Number(/ended (\d{13})/.exec(await screen())?.[1])
  await expect.poll(() => (times().at(-1) ?? 0) - ended).toBeGreaterThanOrEqual(-250)
  const seconds = (ended - began) / 1_000
  expect(times().length).toBeLessThanOrEqual(4 * (seconds + 1))
  expect([...times()].sort((a, b) => a - b)).toEqual(times())
})

test('a terminal that is given to another pane is told under the new pane', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'keep', command: 'exec sleep 1000' })
  await using watch = await watchTmux(tmux)
  const seen = new Set<string>()
  // Until the kernel has given the same name again; whoever else opens terminals may take it first.
  for (let round = 0; round < 5 || seen.size === round; round += 1) {
    const id = await tmux.newSession({ command: 'exec cat' })
    const [tty = '', pane = ''] = (
      await tmux.run('display-message', '-p', '-t', id, '#{pane_tty} #{pane_id}')
    ).split(' ')
    seen.add(tty)
    await watch.server.refresh()
    await tmux.run('send-keys', '-t', id, 'x', 'Enter')
    await expect.poll(() => printed(watch).at(-1)).toBe(pane)
    await tmux.run('kill-session', '-t', id)
    await watch.server.refresh()
  }
})

test('500 panes are watched, and closing frees every watch', async () => {
  test.setTimeout(120_000)
  await using tmux = await startTmux()
  const first = await tmux.newSession({ name: 's0', command: 'exec cat' })
  for (let block = 0; block < 5; block += 1) {
    const command = Array.from({ length: 100 }, (_, index) => [
      ...[';', 'new-session', '-d', '-s', `s${block * 100 + index + 1}`, 'exec cat'],
    ]).flat()
    await tmux.run(...command.slice(1))
  }
  const descriptors = () => readdirSync('/proc/self/fd').length
  {
    await using watch = await watchTmux(tmux)
    await expect
      .poll(() => watch.server.status)
      .toMatchObject({ outputSource: 'inotify', channel: 'control' })
    expect(watch.server.tree?.sessions).toHaveLength(501)
    for (const id of [first, '$500']) {
      const pane = await tmux.run('display-message', '-p', '-t', id, '#{pane_id}')
      await tmux.run('send-keys', '-t', id, 'x', 'Enter')
      await expect.poll(() => printed(watch)).toContain(pane)
    }
  }
  const before = descriptors()
  {
    await using _watch = await watchTmux(tmux)
  }
  await expect.poll(descriptors).toBeLessThanOrEqual(before)
})

test('where a write to a terminal is not seen, tmux is polled, and why is said', async () => {
  const life = new AbortController()
  const changes: string[] = []
  const output = new OutputWatch({
    onOutput: () => {},
    onSource: () => changes.push(output.source),
    send: async () => Buffer.alloc(0),
    signal: life.signal,
  })
  expect(output.source).toBe('inotify')
  await output.prove('/dev/pts/no-such-terminal', () => {})
  expect(output.source).toBe('poll')
  expect(output.reason).toContain('cannot be watched')
  expect(changes).toEqual(['poll'])
  life.abort()
})
