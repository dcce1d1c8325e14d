import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { forkTmux } from '../../server/tmux/command.ts'
import { ControlClient } from '../../server/tmux/control.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'
import { watchTmux } from '../support/watch.ts'

/** A control client on a session of its own, closed at the end of the test. */
async function openControl(tmux: Tmux): Promise<ControlClient & AsyncDisposable> {
  const argv = ['new-session', '-s', 'control', '-f', 'no-output', 'exec sleep 1000']
  const client = new ControlClient(tmux.socketPath, argv)
  await client.opened
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() })
}

const WORDS = [
  ...[
    '',
    ' ',
    'a b',
    ';',
    'x;',
    'x\\;',
    '\\',
    '"',
    "'",
    '$HOME',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is meant as text
    '${HOME}',
    '~',
    '~root/x',
    '#',
    '#x',
  ],
  ...[
    '{',
    '}',
    '{ a }',
    '%if',
    '%end 1 2 3',
    'a\nb',
    '\n',
    'tab\there',
    '\x01\x1f\x7f',
    'é日🙂',
    '-',
    '--',
  ],
]

test('every word reaches tmux as it is, through the control client and by fork', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work' })
  await using client = await openControl(tmux)
  const stored = () => tmux.run('show-environment', '-g', 'WORD')
  for (const word of WORDS) {
    await client.run(['set-environment', '-g', '--', 'WORD', word])
    expect(await stored()).toBe(`WORD=${word}`)
    await tmux.run('set-environment', '-gu', 'WORD')
    await forkTmux(tmux.socketPath, ['set-environment', '-g', '--', 'WORD', word])
    expect(await stored()).toBe(`WORD=${word}`)
  }
})

test('a megabyte goes through in one word', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work' })
  await using client = await openControl(tmux)
  const text = randomBytes(512 * 1024).toString('hex')
  await client.run(['set-buffer', '-b', 'big', '--', text])
  const file = join(tmux.dir, 'big')
  await client.run(['save-buffer', '-b', 'big', file])
  const hash = (data: string) => createHash('sha256').update(data).digest('hex')
  expect(hash(readFileSync(file, 'latin1'))).toBe(hash(text))
})

test('input on stdin reaches tmux, and a program that does not read it is no error of ours', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work' })
  await using watch = await watchTmux(tmux)
  const input = Buffer.from('日本\n'.repeat(50_000))
  await watch.server.run(['load-buffer', '-b', 'b', '-'], { input })
  const file = join(tmux.dir, 'b')
  await watch.server.run(['save-buffer', '-b', 'b', file])
  expect(readFileSync(file).equals(input)).toBe(true)
  await expect(watch.server.run(['no-such-command'], { input })).rejects.toMatchObject({
    code: 'refused',
  })
})

test('answers come in order, and failures are told apart', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work' })
  await using watch = await watchTmux(tmux)
  await expect.poll(() => watch.server.status.channel).toBe('control')
  const numbers = Array.from({ length: 200 }, (_, index) => `${index}`)
  const answers = await Promise.all(
    numbers.map((number) => watch.server.run(['display-message', '-p', number])),
  )
  expect(answers).toEqual(numbers)
  await expect(watch.server.run(['kill-pane', '-t', '%999'])).rejects.toMatchObject({
    code: 'no-target',
  })
  await expect(watch.server.run(['rename-session'])).rejects.toMatchObject({ code: 'refused' })
  await expect(forkTmux(`${tmux.socketPath}-none`, ['list-sessions'])).rejects.toMatchObject({
    code: 'no-server',
  })
  // A word that only looks like the end of a command does not begin another.
  await watch.server.run(['set-environment', '-g', 'A', ';', 'kill-server']).catch(() => {})
  expect(await tmux.serverPid()).toBeGreaterThan(0)
})

test("a pane's text cannot end an answer", async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({ name: 'work', command: 'exec cat' })
  await using watch = await watchTmux(tmux)
  const lines = ['%end 1 2 3', '%error 1 2 3', '%exit', '%begin 1 2 1', 'last']
  for (const line of lines) await tmux.run('send-keys', '-t', id, '-l', `${line}\n`)
  const capture = () => watch.server.run(['capture-pane', '-p', '-t', id])
  await expect.poll(capture).toContain('last')
  for (const line of lines) expect((await capture()).split('\n')).toContain(line)
  await expect.poll(() => watch.server.status.channel).toBe('control')
})

test('a late answer goes to nobody else and is told', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work' })
  let late = 0
  const argv = ['new-session', '-s', 'control', '-f', 'no-output', 'exec sleep 1000']
  const onLate = () => {
    late += 1
  }
  const client = new ControlClient(tmux.socketPath, argv, { onLate })
  await client.opened
  const pid = (await tmux.serverPid()) ?? 0
  process.kill(pid, 'SIGSTOP')
  const slow = client.run(['display-message', '-p', 'slow'], { deadlineMs: 50 })
  await expect(slow).rejects.toMatchObject({ code: 'timeout' })
  const given = new AbortController()
  const aborted = client.run(['display-message', '-p', 'aborted'], { signal: given.signal })
  given.abort()
  await expect(aborted).rejects.toMatchObject({ code: 'timeout' })
  const next = client.run(['display-message', '-p', 'next'], { deadlineMs: 30_000 })
  process.kill(pid, 'SIGCONT')
  expect(String(await next)).toBe('next\n')
  expect(late).toBe(2)
  client.kill()
  await client.ended
  await expect(client.run(['list-sessions'])).rejects.toMatchObject({ code: 'gone' })
})

test('commands that wait when tmux dies are told that it is gone', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work' })
  await using client = await openControl(tmux)
  const pid = (await tmux.serverPid()) ?? 0
  process.kill(pid, 'SIGSTOP')
  const waiting = client.run(['list-sessions'], { deadlineMs: 60_000 })
  process.kill(pid, 'SIGKILL')
  await expect(waiting).rejects.toMatchObject({ code: 'gone' })
})
