import { existsSync, mkdirSync, realpathSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { escapeFormat } from '../../server/tmux/command.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'
import { type Watch, watchTmux } from '../support/watch.ts'

const MODES = [
  { hub: true, how: 'through the control client' },
  { hub: false, how: 'by fork' },
]
const POLL = { pollMs: 100 }

/** Where the pane's first process is, as the watcher shows it. */
function cwdOf(watch: Watch, sessionId: string): string | undefined {
  const session = watch.server.tree?.sessions.find((each) => each.id === sessionId)
  return session?.windows[0]?.panes[0]?.cwd
}

for (const { hub, how } of MODES) {
  test(`hostile names are listed as they are and never executed, ${how}`, async () => {
    await using tmux = await startTmux()
    await tmux.newSession({ name: 'seed' })
    await using watch = await watchTmux(tmux, { hub, intervals: POLL })
    const canary = join(tmux.dir, 'executed')
    const names = [
      ...[
        '0',
        ' a ',
        '=x',
        '%1',
        '$1',
        '@1',
        '-V',
        '日本',
        '<img onerror=alert(1)>',
        'x;',
        'é\u200d🙂',
      ],
      ...[`#(touch ${canary})`, '#{pid}', '~', "it's", '"quoted"', '{last}', 'n'.repeat(300)],
    ]
    for (const name of names) {
      const format = '#{session_id}'
      const argv = ['new-session', '-d', '-P', '-F', format, '-s', escapeFormat(name)]
      const id = await watch.server.run(argv)
      const tree = await watch.server.refresh()
      expect(tree.sessions.find((session) => session.id === id)?.name).toBe(name)
      const window = await watch.server.run([
        'rename-window',
        '-t',
        `${id}:`,
        '--',
        escapeFormat(name),
      ])
      expect(window).toBe('')
    }
    const tree = await watch.server.refresh()
    expect(tree.sessions.map((session) => session.name)).toEqual(['seed', ...names])
    expect(tree.sessions.slice(1).map((session) => session.windows[0]?.name)).toEqual(names)
    // tmux keeps `:` and `.` for its targets and `$` for variables, and stores other names.
    const id = await watch.server.run([
      'new-session',
      '-d',
      '-P',
      '-F',
      '#{session_id}',
      '-s',
      'a::b.c$x',
    ])
    await expect
      .poll(() => watch.server.tree?.sessions.find((each) => each.id === id)?.name)
      .toBe('a__b_c\\$x')
    for (const session of tree.sessions) {
      await watch.server.run(['rename-session', '-t', session.id, '--', `r${session.id.slice(1)}`])
    }
    await expect.poll(() => watch.names().every((name) => /^r\d+$|^a__b_c/.test(name))).toBe(true)
    expect(existsSync(canary)).toBe(false)
  })

  test(`a working directory of any name is shown as it is, ${how}`, async () => {
    await using tmux = await startTmux()
    await tmux.newSession({ name: 'seed' })
    await using watch = await watchTmux(tmux, { hub, intervals: POLL })
    const folders = [
      'plain',
      'new\nline',
      'tab\there',
      '#{pid}',
      '日本 🙂',
      'x;',
      '$HOME',
      ' %end 1 2 3',
      'a\n%end 1 2 3\n%begin 1 2 3\nb',
      `a\n%end ${Math.floor(Date.now() / 1000)} 300 1\nb`,
      'semi;colon',
      '#(id)',
      '9:9:9 8:x',
      '"q\'',
      '\\n\\033',
    ].map((name) => join(tmux.dir, name))
    for (const folder of folders) {
      mkdirSync(folder, { recursive: true })
      const argv = ['new-session', '-d', '-P', '-F', '#{session_id}', '-c', escapeFormat(folder)]
      const id = await watch.server.run(argv)
      await watch.server.refresh()
      await expect.poll(() => cwdOf(watch, id)).toBe(realpathSync(folder))
      await watch.server.run(['kill-session', '-t', id])
    }
    await expect.poll(() => watch.names()).toEqual(['seed'])
  })
}

test('a working directory that was deleted is shown as the kernel says it', async () => {
  await using tmux = await startTmux()
  const folder = join(tmux.dir, 'doomed')
  mkdirSync(folder)
  const id = await tmux.newSession({ name: 'work', cwd: folder, command: 'exec sleep 1000' })
  // The program enters its folder a moment after tmux has said that it is there.
  const place = ['display-message', '-p', '-t', `${id}:`, '#{pane_current_path}']
  await expect.poll(() => tmux.run(...place)).toBe(realpathSync(folder))
  rmdirSync(folder)
  await using watch = await watchTmux(tmux)
  expect(cwdOf(watch, id)).toBe(`${folder} (deleted)`)
})

test('tmux itself tells program and folder where processes cannot be seen', async () => {
  await using tmux = await startTmux()
  const folder = join(tmux.dir, 'a\n%12 3:xyz 4:tmp\nb')
  mkdirSync(folder)
  await tmux.newSession({ name: 'work', cwd: folder, command: 'exec sleep 1000' })
  const { LIST_FACTS, parseFacts } = await import('../../server/tmux/topology.ts')
  await using watch = await watchTmux(tmux)
  const facts = async () =>
    parseFacts(Buffer.from(await watch.server.run(LIST_FACTS)).toString('latin1'))
  // tmux answers before its child has gone there and become that program.
  await expect
    .poll(async () => (await facts()).get('%0'))
    .toEqual({ command: 'sleep', argv: [], cwd: folder })
  expect((await facts()).has('%12')).toBe(false)
})

test('what people do to sessions, windows and panes is followed', async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({ name: 'one', cols: 160, rows: 40 })
  await using watch = await watchTmux(tmux, { intervals: { safetyMs: 60_000 } })
  const shape = () =>
    watch.server.tree?.sessions.map(
      (session) =>
        `${session.name}${session.group ? `(${session.group})` : ''}: ` +
        session.windows
          .map(
            (window) =>
              `${window.index}${window.active ? '*' : ''}${window.zoomed ? 'Z' : ''}=${window.panes.length}`,
          )
          .join(' '),
    )
  expect(shape()).toEqual(['one: 0*=1'])
  await tmux.run('split-window', '-t', `${id}:`)
  await expect.poll(shape).toEqual(['one: 0*=2'])
  await tmux.run('resize-pane', '-Z', '-t', `${id}:`)
  await expect.poll(shape).toEqual(['one: 0*Z=2'])
  await tmux.run('new-window', '-t', `${id}:`)
  await expect.poll(shape).toEqual(['one: 0Z=2 1*=1'])
  await tmux.run('select-window', '-t', `${id}:0`)
  await expect.poll(shape).toEqual(['one: 0*Z=2 1=1'])
  await tmux.run('move-window', '-d', '-s', `${id}:1`, '-t', `${id}:5`)
  await expect.poll(shape).toEqual(['one: 0*Z=2 5=1'])
  await tmux.run('kill-pane', '-t', `${id}:0.1`)
  await expect.poll(shape).toEqual(['one: 0*=1 5=1'])
  const other = await tmux.newSession({ name: 'two' })
  await expect.poll(shape).toEqual(['one: 0*=1 5=1', 'two: 0*=1'])
  await tmux.run('link-window', '-s', `${id}:5`, '-t', `${other}:3`)
  await expect.poll(shape).toEqual(['one: 0*=1 5=1', 'two: 0=1 3*=1'])
  await tmux.run('unlink-window', '-t', `${other}:3`)
  await expect.poll(shape).toEqual(['one: 0*=1 5=1', 'two: 0*=1'])
  await tmux.run('new-session', '-d', '-t', other, '-s', 'three')
  await expect.poll(shape).toEqual(['one: 0*=1 5=1', 'two(two): 0*=1', 'three(two): 0*=1'])
  await tmux.run('kill-session', '-t', 'three')
  await expect.poll(shape).toEqual(['one: 0*=1 5=1', 'two(two): 0*=1'])
  await tmux.run('rename-session', '-t', other, 'deux')
  await expect.poll(() => watch.names()).toEqual(['one', 'deux'])
  await tmux.run('rename-window', '-t', `${id}:0`, 'editor')
  await expect.poll(() => watch.server.tree?.sessions[0]?.windows[0]?.name).toBe('editor')
  await tmux.run('resize-window', '-t', `${id}:0`, '-x', '90', '-y', '30')
  await expect
    .poll(() => watch.server.tree?.sessions[0]?.windows[0])
    .toMatchObject({ cols: 90, rows: 30 })
  await tmux.run('copy-mode', '-t', `${id}:0`)
  await expect.poll(() => watch.server.tree?.sessions[0]?.windows[0]?.panes[0]?.inMode).toBe(true)
  await tmux.run('send-keys', '-t', `${id}:0`, '-X', 'cancel')
  await expect.poll(() => watch.server.tree?.sessions[0]?.windows[0]?.panes[0]?.inMode).toBe(false)
  await tmux.run('send-keys', '-t', `${id}:0`, 'printf "\\033]2;my title\\007"', 'Enter')
  await expect
    .poll(() => watch.server.tree?.sessions[0]?.windows[0]?.panes[0]?.title)
    .toBe('my title')
})

test('the program in the foreground is followed with its arguments', async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({ name: 'work', command: 'exec bash --norc --noprofile' })
  // tmux answers before its child has become that program.
  const program = ['display-message', '-p', '-t', id, '#{pane_current_command}']
  await expect.poll(() => tmux.run(...program)).toBe('bash')
  await using watch = await watchTmux(tmux)
  const pane = () => watch.server.tree?.sessions[0]?.windows[0]?.panes[0]
  expect(pane()).toMatchObject({ command: 'bash', argv: ['bash', '--norc', '--noprofile'] })
  await tmux.run('send-keys', '-t', id, 'cd /usr; sleep 1000 ', 'Enter')
  await expect.poll(pane).toMatchObject({ command: 'sleep', argv: ['sleep', '1000'], cwd: '/usr' })
  await tmux.run('send-keys', '-t', id, 'C-c', '')
  await expect.poll(pane).toMatchObject({ command: 'bash', cwd: '/usr' })
})

test('a pane whose program ended but stays is shown as dead', async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({ name: 'work' })
  await tmux.run('set-option', '-w', '-t', `${id}:`, 'remain-on-exit', 'on')
  await using watch = await watchTmux(tmux)
  await tmux.run('respawn-pane', '-k', '-t', `${id}:`, 'exit 3')
  await expect.poll(() => watch.server.tree?.sessions[0]?.windows[0]?.panes[0]?.dead).toBe(true)
})

test('100 sessions appear, change and vanish', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'keep' })
  await using watch = await watchTmux(tmux, { intervals: { safetyMs: 60_000 } })
  const names = Array.from({ length: 100 }, (_, index) => `s${index}`)
  await makeMany(tmux, names)
  await expect.poll(() => watch.names().length).toBe(101)
  expect(
    watch.server.tree?.sessions.every((session) => session.windows[0]?.panes[0]?.command),
  ).toBe(true)
  await Promise.all(names.map((name) => tmux.run('rename-session', '-t', `=${name}`, `r-${name}`)))
  await expect.poll(() => watch.names().filter((name) => name.startsWith('r-')).length).toBe(100)
  await Promise.all(names.map((name) => tmux.run('kill-session', '-t', `=r-${name}`)))
  await expect.poll(() => watch.names()).toEqual(['keep'])
})

async function makeMany(tmux: Tmux, names: readonly string[]): Promise<void> {
  const command = names.flatMap((name) => [';', 'new-session', '-d', '-s', name, 'exec sleep 1000'])
  await tmux.run(...command.slice(1))
}
