import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { makeReader } from '../support/reader.ts'
import { type Bed, startBed } from '../support/terminal.ts'
import { randomId } from '../support/terminal-page.ts'
import { startTmux } from '../support/tmux.ts'

async function paneId(bed: Bed): Promise<string> {
  return (await bed.session()).windows[0]?.panes[0]?.id ?? ''
}

async function send(bed: Bed, text: string, more: object = {}) {
  const path = `/api/panes/${await paneId(bed)}/prompt`
  return bed.request('POST', path, { id: randomId(), text, ...more })
}

/** What is sent to tmux from now on: the words of each command, and when (`performance.now()`). */
function commandsTo({ server }: Bed): { argv: readonly string[]; at: number }[] {
  const sent: { argv: readonly string[]; at: number }[] = []
  const run = server.run.bind(server)
  server.run = (argv, options) => {
    sent.push({ argv, at: performance.now() })
    return run(argv, options)
  }
  return sent
}

const PASTE_ON = '\x1b[?2004h'
const brackets = (text: string) => `\x1b[200~${text}\x1b[201~`

test('a prompt arrives in brackets, and Enter as a key of its own', async () => {
  await using tmux = await startTmux()
  const reader = makeReader(tmux.dir, PASTE_ON)
  await tmux.newSession({ command: reader.command })
  await reader.started()
  await using bed = await startBed(tmux)
  const sent = commandsTo(bed)
  const { status } = await send(bed, 'two\nlines 日本 😀\n\n')
  expect(status).toBe(200)
  await expect.poll(() => reader.bytes().toString()).toBe(`${brackets('two\nlines 日本 😀')}\r`)
  // The pause is measured where it is made: who reads is late on a busy machine, and has both at once.
  const [paste, enter] = ['paste-buffer', 'Enter'].map(
    (word) => sent.find(({ argv }) => argv.includes(word))?.at ?? Number.NaN,
  )
  expect(Number(enter) - Number(paste)).toBeGreaterThan(145)
})

test('a pane that leaves copy mode while it is taken out of it gets its prompt', async () => {
  await using tmux = await startTmux()
  const reader = makeReader(tmux.dir, PASTE_ON)
  const id = await tmux.newSession({ command: reader.command })
  await reader.started()
  await using bed = await startBed(tmux)
  await tmux.run('copy-mode', '-t', `${id}:`)
  const run = bed.server.run.bind(bed.server)
  bed.server.run = async (argv, options) => {
    const answer = await run(argv, options)
    if (!argv.includes('#{pane_in_mode}')) return answer
    bed.server.run = run
    await tmux.run('send-keys', '-t', `${id}:`, '-X', 'cancel')
    return answer
  }
  expect((await send(bed, 'hello')).status).toBe(200)
  await expect.poll(() => reader.bytes().toString()).toBe(`${brackets('hello')}\r`)
})

test('text is text, whatever it looks like', async () => {
  test.setTimeout(120_000)
  await using tmux = await startTmux()
  const reader = makeReader(tmux.dir, PASTE_ON)
  await tmux.newSession({ command: reader.command })
  await reader.started()
  await using bed = await startBed(tmux)
  const canary = join(tmux.dir, 'canary')
  const texts: [sent: string, arrives: string][] = [
    ['ends;', 'ends;'],
    [';', ';'],
    ['\\;', '\\;'],
    ['-n', '-n'],
    ['--', '--'],
    ['-H 41', '-H 41'],
    [`#(touch ${canary})`, `#(touch ${canary})`],
    [`$(touch ${canary})`, `$(touch ${canary})`],
    [`\`touch ${canary}\``, `\`touch ${canary}\``],
    ['#{pid} ##', '#{pid} ##'],
    ['it\'s "quoted" \\ $HOME %1 ~', 'it\'s "quoted" \\ $HOME %1 ~'],
    ['{ } [ ] * ? !', '{ } [ ] * ? !'],
    [`a\x1b[201~\rtouch ${canary}\r`, `a[201~\ntouch ${canary}`],
    ['a\u009b201~b', 'a201~b'],
    ['nul\0 bell\x07 del\x7f', 'nul bell del'],
    ['cr\rlf\ncrlf\r\nend\n\n', 'cr\nlf\ncrlf\nend'],
    ['tab\there', 'tab\there'],
    ['  spaces kept  ', '  spaces kept  '],
    ['é日本😀\u200d', 'é日本😀\u200d'],
    ['x'.repeat(70_000), 'x'.repeat(70_000)],
  ]
  let expected = ''
  for (const [text, arrives] of texts) {
    const { body } = await send(bed, text, { submit: false })
    expect(body).toMatchObject({ receipt: 'sent', duplicate: false })
    expected += brackets(arrives)
    await expect.poll(() => reader.bytes().toString(), text.slice(0, 40)).toBe(expected)
  }
  expect(existsSync(canary)).toBe(false)
  expect(await tmux.run('list-buffers')).toBe('')
})

test('the largest prompt arrives whole; one byte more is refused', async () => {
  test.setTimeout(120_000)
  await using tmux = await startTmux()
  const reader = makeReader(tmux.dir)
  await tmux.newSession({ command: reader.command })
  await reader.started()
  await using bed = await startBed(tmux)
  const refused = await send(bed, 'x'.repeat(786_433))
  expect(refused).toMatchObject({ status: 413, body: { error: { code: 'too-large' } } })
  expect(await send(bed, 'é'.repeat(393_217))).toMatchObject({ status: 413 })
  expect(await send(bed, 'x'.repeat(1_048_576 * 6))).toMatchObject({ status: 413 })
  const text = 'é'.repeat(393_216)
  expect(await send(bed, text, { submit: false })).toMatchObject({ status: 200 })
  await expect.poll(() => reader.bytes().length, { timeout: 60_000 }).toBe(786_432)
  expect(reader.bytes().toString()).toBe(text)
})

test('a shell runs what it is sent, once', async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({ cols: 60, rows: 20 })
  await using bed = await startBed(tmux)
  const first = await send(bed, 'echo $((6 * 7))')
  expect(first.body).toEqual({ receipt: 'submitted', duplicate: false })
  const screen = () => tmux.run('capture-pane', '-p', '-t', `${id}:`)
  await expect.poll(screen).toMatch(/^42$/m)
  // A command that prints nothing and goes on.
  expect((await send(bed, 'sleep 0.5; echo slept')).body.receipt).toBe('submitted')
  await expect.poll(screen).toMatch(/^slept$/m)
  const long = `echo ${'word '.repeat(40)}end`
  expect((await send(bed, long)).body.receipt).toBe('submitted')
  expect((await send(bed, 'printf one\necho two')).body.receipt).toBe('submitted')
  await expect.poll(screen).toMatch(/one.*two|two/s)
  expect((await send(bed, 'stty -echo; read secret; echo got:$secret; stty echo')).status).toBe(200)
  // Nothing of this one is shown, and still it is submitted.
  expect((await send(bed, 'hidden')).body.receipt).toBe('submitted')
  await expect.poll(screen).toMatch(/^got:hidden$/m)
  expect((await send(bed, 'exit')).body.receipt).toBe('submitted')
})

test('an Enter that leaves the text where it is, is pressed once more and then reported', async () => {
  await using tmux = await startTmux()
  const reader = makeReader(tmux.dir, '', true)
  const id = await tmux.newSession({ command: reader.command })
  await reader.started()
  await using bed = await startBed(tmux)
  const text = 'to nobody'
  const screen = () => tmux.run('capture-pane', '-p', '-t', `${id}:`)
  const run = bed.server.run.bind(bed.server)
  bed.server.run = async (argv, options) => {
    const answer = await run(argv, options)
    // It is shown by the time of Enter, however busy the machine.
    if (argv.includes('paste-buffer')) await expect.poll(screen).toContain(text)
    return answer
  }
  const { body } = await send(bed, text)
  expect(body).toMatchObject({ receipt: 'not-submitted' })
  expect(body.detail).toMatch(/Enter/)
  await expect.poll(() => reader.bytes().toString()).toBe(`${text}\r\r`)
})

test('a program that shows nothing gets one Enter, and the receipt says so', async () => {
  await using tmux = await startTmux()
  const reader = makeReader(tmux.dir)
  await tmux.newSession({ command: reader.command })
  await reader.started()
  await using bed = await startBed(tmux)
  expect((await send(bed, 'secret')).body).toMatchObject({ receipt: 'not-submitted' })
  await expect.poll(() => reader.bytes().toString()).toBe('secret\r')
})

test('a pane in copy mode is taken out of it first', async () => {
  await using tmux = await startTmux()
  const reader = makeReader(tmux.dir, PASTE_ON)
  const id = await tmux.newSession({ command: reader.command })
  await reader.started()
  await using bed = await startBed(tmux)
  await tmux.run('copy-mode', '-t', `${id}:`)
  await send(bed, 'hello')
  await expect.poll(() => reader.bytes().toString()).toContain(`${brackets('hello')}\r`)
  await tmux.run('copy-mode', '-t', `${id}:`)
  const path = `/api/panes/${await paneId(bed)}/keys`
  await bed.request('POST', path, { id: randomId(), keys: ['C-c', 'Escape', 'BackTab', 'Up'] })
  await expect.poll(() => reader.bytes().toString()).toContain('\x03\x1b\x1b[Z\x1b[A')
})

test('the same id types once, also at the same time', async () => {
  await using tmux = await startTmux()
  const reader = makeReader(tmux.dir)
  await tmux.newSession({ command: reader.command })
  await reader.started()
  await using bed = await startBed(tmux)
  const id = randomId()
  const answers = await Promise.all([
    send(bed, 'once', { id, submit: false }),
    send(bed, 'once', { id, submit: false }),
    send(bed, 'once', { id, submit: false }),
  ])
  expect(answers.map(({ body }) => body.duplicate).sort()).toEqual([false, true, true])
  expect((await send(bed, 'once', { id, submit: false })).body.duplicate).toBe(true)
  expect(await send(bed, 'other', { id, submit: false })).toMatchObject({ status: 409 })
  // Another device's ids are its own.
  const path = `/api/panes/${await paneId(bed)}/prompt`
  const stranger = { id, text: 'once', submit: false }
  expect((await bed.request('POST', path, stranger, { device: 'd2' })).body.duplicate).toBe(false)
  const keys = { id: randomId(), keys: ['Tab'] }
  const pane = `/api/panes/${await paneId(bed)}/keys`
  expect((await bed.request('POST', pane, keys)).body).toEqual({ sent: true, duplicate: false })
  expect((await bed.request('POST', pane, keys)).body).toEqual({ sent: true, duplicate: true })
  await expect.poll(() => reader.bytes().toString()).toBe('onceonce\t')
})

test('prompts from several devices do not mix', async () => {
  await using tmux = await startTmux()
  const reader = makeReader(tmux.dir, PASTE_ON)
  await tmux.newSession({ command: reader.command })
  await reader.started()
  await using bed = await startBed(tmux)
  const texts = Array.from({ length: 4 }, (_, index) => `${index}`.repeat(5_000))
  await Promise.all(texts.map((text) => send(bed, text)))
  const parts = () => reader.bytes().toString().split('\r').filter(Boolean).sort()
  await expect.poll(parts).toEqual(texts.map(brackets).sort())
})

test('bodies that are not what they should be are refused with a sentence', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ command: 'exec cat' })
  await using bed = await startBed(tmux)
  const pane = await paneId(bed)
  const deep = `{"id":"x","text":${'['.repeat(5_000)}${']'.repeat(5_000)}}`
  const bad: [path: string, body: unknown][] = [
    ['prompt', {}],
    ['prompt', []],
    ['prompt', 'null'],
    ['prompt', '{'],
    ['prompt', deep],
    ['prompt', { id: 'x' }],
    ['prompt', { id: 1, text: 'x' }],
    ['prompt', { id: 'x', text: 1 }],
    ['prompt', { id: 'x', text: ['x'] }],
    ['prompt', { id: 'x', text: '' }],
    ['prompt', { id: 'x', text: '\n\n\x1b' }],
    ['prompt', { id: 'x', text: 'x', submit: 'yes' }],
    ['prompt', '{"__proto__":{"id":"x","text":"x"}}'],
    ['keys', { id: 'x' }],
    ['keys', { id: 'x', keys: [] }],
    ['keys', { id: 'x', keys: 'Enter' }],
    ['keys', { id: 'x', keys: ['Enter', 'F13'] }],
    ['keys', { id: 'x', keys: ['constructor'] }],
    ['keys', { id: 'x', keys: [{}] }],
  ]
  for (const [what, body] of bad) {
    const { status, body: answer } = await bed.request('POST', `/api/panes/${pane}/${what}`, body)
    expect(status, JSON.stringify(body).slice(0, 60)).toBe(400)
    expect(answer.error.code).toBe('bad-request')
    expect(answer.error.message).toMatch(/\.$/)
  }
  const unknown = await bed.request('POST', '/api/panes/p9-x/prompt', { id: 'x', text: 'x' })
  expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'not-found' } } })
})

test('the screen and its history are read as they are', async () => {
  await using tmux = await startTmux()
  const command =
    'i=0; while [ $i -lt 2500 ]; do i=$((i+1)); echo "line $i"; done; printf "\\033[31mred\\033[0m 日本"; exec cat'
  const id = await tmux.newSession({ cols: 80, rows: 24, command })
  await using bed = await startBed(tmux)
  const pane = await paneId(bed)
  const get = (path: string) => bed.request('GET', `/api/panes/${pane}/${path}`)
  await expect.poll(async () => (await get('screen')).body.text).toContain('red 日本')
  const screen = (await get('screen')).body
  expect(screen).toMatchObject({ cols: 80, rows: 24, alternate: false, mouse: false })
  expect(screen.cursor).toEqual({ x: 8, y: 23, visible: true })
  expect(screen.text).toBe(await tmux.run('capture-pane', '-p', '-t', `${id}:`))
  expect((await get('screen?format=ansi')).body.text).toContain('\x1b[31mred')
  const last = (await get('history')).body
  expect(last.size).toBeGreaterThan(1_000)
  expect(last.lines).toHaveLength(1_000)
  expect(last.start).toBe(last.size - 1_000)
  const first = (await get('history?start=0&count=3')).body
  expect(first.lines).toHaveLength(3)
  const number = Number(/line (\d+)/.exec(first.lines[0])?.[1])
  expect(first.lines[2]).toContain(`line ${number + 2}`)
  expect((await get('history?start=999999&count=10')).body.lines).toEqual([])
  expect((await get('history?count=100000')).body.lines).toHaveLength(1_000)
  expect((await get('history?start=-1')).status).toBe(400)
  expect((await get('screen?format=x')).status).toBe(400)
})
