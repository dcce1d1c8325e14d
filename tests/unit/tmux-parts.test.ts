import { expect, test } from 'playwright/test'
import { Lister } from '../../server/lib/lister.ts'
import { Breaker } from '../../server/tmux/breaker.ts'
import { escapeFormat, kindOf, tmuxEnv } from '../../server/tmux/command.ts'
import { classify } from '../../server/tmux/errors.ts'
import { isRecent } from '../../server/tmux/options.ts'
import { parseStat, shownName } from '../../server/tmux/process.ts'

test('only the two known texts mean that there is no server', () => {
  expect(classify('no server running on /tmp/x/default\n')).toBe('no-server')
  expect(classify('error connecting to /tmp/x/default (No such file or directory)\n')).toBe(
    'no-server',
  )
  expect(classify('error connecting to /tmp/x/default (Permission denied)\n')).toBe('refused')
  expect(classify('server exited unexpectedly\n')).toBe('gone')
  expect(classify("can't find session: $9\n")).toBe('no-target')
  expect(classify('open terminal failed: no server running here')).toBe('refused')
  expect(classify('')).toBe('refused')
})

test('looking is a probe and everything else an act, unless the caller says', () => {
  expect(kindOf(['list-panes', '-a'])).toBe('probe')
  expect(kindOf(['display-message', '-p'])).toBe('probe')
  expect(kindOf(['send-keys', '-t', '%1'])).toBe('act')
  expect(kindOf(['display-popup'])).toBe('act')
  expect(kindOf(['capture-pane'], { kind: 'act' })).toBe('act')
})

test('formats in names are defused', () => {
  expect(escapeFormat('#(rm) #{pid} ##')).toBe('##(rm) ##{pid} ####')
})

test('the environment of tmux is clean and speaks UTF-8', () => {
  const before = { ...process.env }
  try {
    Object.assign(process.env, {
      TMUX: 'x',
      TMUX_PANE: '%1',
      NODE_ENV: 'test',
      npm_config_x: 'y',
      LC_ALL: 'C',
      KEEP: '1',
    })
    const env = tmuxEnv()
    expect(env.TMUX ?? env.TMUX_PANE ?? env.NODE_ENV ?? env.npm_config_x).toBeUndefined()
    expect(env).toMatchObject({ LC_ALL: 'C.UTF-8', TERM: 'xterm-256color', KEEP: '1' })
    process.env.LC_ALL = 'de_DE.utf8'
    expect(tmuxEnv().LC_ALL).toBe('de_DE.utf8')
  } finally {
    process.env = before
  }
})

test('tmux 3.2 and newer is enough', () => {
  expect(['3.2', '3.2a', '3.3a', '3.10', '4.0', 'next-3.7', 'master'].every(isRecent)).toBe(true)
  expect(['3.1c', '2.9a', '1.8'].some(isRecent)).toBe(false)
})

test('the kernel line of a process is read whatever its name holds', () => {
  const rest = '7 7 34817 7 4194304 1 2 3 4 5 6 7 8 20 0 1 0 9988 1 2'
  for (const name of ['sh', 'a) S 1', ' ) (', 'x\ny']) {
    expect(parseStat(`7 (${name}) T 42 ${rest}`)).toMatchObject({
      state: 'T',
      parent: 42,
      foreground: 7,
      start: '9988',
    })
  }
  expect(parseStat('')).toBeUndefined()
})

test('programs are named as tmux names them', () => {
  expect(
    ['-bash', '/usr/bin/vim', 'claude', 'nginx: master', 'exec top', '"sh"'].map(shownName),
  ).toEqual(['bash', 'vim', 'claude', 'nginx:', 'top', 'sh'])
})

test('the breaker pauses longer with each failure and lets an answer end it', () => {
  const breaker = new Breaker()
  expect(breaker.admits()).toBe(true)
  expect([1, 2, 3, 4, 5].map(() => breaker.fail())).toEqual([
    30_000, 60_000, 90_000, 120_000, 120_000,
  ])
  expect([breaker.admits(), breaker.admits()]).toEqual([false, false])
  expect(breaker.succeed()).toEqual({ failures: 5, skipped: 2 })
  expect(breaker.admits()).toBe(true)
  expect(breaker.succeed()).toBeUndefined()
})

test('whoever asks during a look gets the one that begins after the question', async () => {
  let begun = 0
  const ends: (() => void)[] = []
  const lister = new Lister(
    () =>
      new Promise<number>((resolve) => {
        begun += 1
        const mine = begun
        ends.push(() => resolve(mine))
      }),
  )
  const first = lister.run()
  const second = lister.run()
  const third = lister.run()
  expect(begun).toBe(1)
  ends[0]?.()
  expect(await first).toBe(1)
  await expect.poll(() => begun).toBe(2)
  ends[1]?.()
  expect(await Promise.all([second, third])).toEqual([2, 2])
})
