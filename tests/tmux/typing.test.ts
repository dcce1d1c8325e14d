import { expect, test } from 'playwright/test'
import { makeReader } from '../support/reader.ts'
import { startBed } from '../support/terminal.ts'
import { openPage, randomId } from '../support/terminal-page.ts'
import { startTmux } from '../support/tmux.ts'

/** Text with characters of one to four bytes, so that every cut falls into some of them. */
function mixedText(bytes: number): Buffer {
  const pattern = Buffer.from('aé日😀b\t')
  const whole = Buffer.concat(
    Array.from({ length: Math.floor(bytes / pattern.length) }, () => pattern),
  )
  return Buffer.concat([whole, Buffer.alloc(bytes - whole.length, 0x78)])
}

test('text of every size arrives byte for byte', async () => {
  test.setTimeout(120_000)
  await using tmux = await startTmux()
  const reader = makeReader(tmux.dir)
  await tmux.newSession({ command: reader.command })
  await reader.started()
  await using bed = await startBed(tmux)
  const page = await bed.open()
  const sizes = [1, 2, 3, 5, 63, 64, 1_023, 4_095, 4_096, 4_097, 65_535, 65_536, 65_537, 786_432]
  let [expected, total] = [Buffer.alloc(0), 0]
  for (const size of sizes) {
    const text = mixedText(size)
    page.type(text)
    expected = Buffer.concat([expected, text])
    total += size
    await expect.poll(() => reader.bytes().length, { timeout: 60_000 }).toBe(total)
    await expect.poll(() => page.last('input-ack')?.at).toBe(total)
  }
  expect(reader.bytes().equals(expected)).toBe(true)
})

test('frames cut inside characters arrive byte for byte', async () => {
  await using tmux = await startTmux()
  const reader = makeReader(tmux.dir)
  await tmux.newSession({ command: reader.command })
  await reader.started()
  await using bed = await startBed(tmux)
  const page = await bed.open()
  const text = mixedText(300)
  for (let cut = 1; cut < 24; cut += 1) {
    page.type(text.subarray(0, cut))
    page.type(text.subarray(cut))
  }
  await expect.poll(() => reader.bytes().length).toBe(23 * 300)
  const expected = Buffer.concat(Array.from({ length: 23 }, () => text))
  expect(reader.bytes().equals(expected)).toBe(true)
})

test('a lone Escape arrives at once, alone and in order', async () => {
  await using tmux = await startTmux()
  const reader = makeReader(tmux.dir)
  await tmux.newSession({ command: reader.command })
  await reader.started()
  // Whatever the version's default is: so long tmux would hold it back.
  await tmux.run('set-option', '-s', 'escape-time', '60000')
  await using bed = await startBed(tmux)
  const page = await bed.open()
  for (let round = 0; round < 50; round += 1) {
    page.type(`a${round}`)
    page.type('\x1b')
    page.type('[')
    page.type('\x1b')
    page.type('b')
  }
  const expected = Array.from({ length: 50 }, (_, round) => `a${round}\x1b[\x1bb`).join('')
  await expect.poll(() => reader.bytes().toString('latin1'), { timeout: 30_000 }).toBe(expected)
})

test('Escape leaves copy mode, as it does for a person', async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({ command: 'exec cat' })
  await tmux.run('set-option', '-s', 'escape-time', '60000')
  await using bed = await startBed(tmux)
  const page = await bed.open()
  await tmux.run('copy-mode', '-t', `${id}:`)
  page.type('\x1b')
  const mode = () => tmux.run('display-message', '-p', '-t', `${id}:`, '#{pane_in_mode}')
  await expect.poll(mode, { timeout: 30_000 }).toBe('0')
})

test('Ctrl-C ends a flood', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ command: 'trap : INT; yes; echo flood has ended; exec cat' })
  await using bed = await startBed(tmux)
  const page = await bed.open()
  await expect.poll(() => page.received()).toBeGreaterThan(20_000)
  page.type('\x03')
  await expect.poll(() => page.text()).toContain('flood has ended')
})

test('what was typed right before the connection is cut arrives once', async () => {
  await using tmux = await startTmux()
  const reader = makeReader(tmux.dir)
  await tmux.newSession({ command: reader.command })
  await reader.started()
  await using bed = await startBed(tmux)
  const viewer = randomId()
  let sent = ''
  let at = 0
  for (let round = 0; round < 20; round += 1) {
    const page = await bed.open({ viewer })
    const inputAt = page.last('ready')?.inputAt
    if (round === 0) expect(inputAt).toBeUndefined()
    else {
      // The page goes on from what the server has, as it does after every reconnect.
      expect(inputAt).toBeGreaterThanOrEqual(at)
      expect(inputAt).toBeLessThanOrEqual(sent.length)
    }
    at = inputAt ?? 0
    sent += `${round}:${'x'.repeat(round * 700)};`
    page.type(sent.slice(at))
    // Right after the bytes have left: some rounds the server has not read them yet.
    if (round % 3 === 0) page.socket.close()
    else if (round % 3 === 1) await expect.poll(() => page.last('input-ack')).toBeDefined()
    page.drop()
  }
  const page = await bed.open({ viewer })
  const rest = sent.slice(page.last('ready')?.inputAt ?? 0)
  if (rest) page.type(rest)
  await expect.poll(() => reader.bytes().toString(), { timeout: 20_000 }).toBe(sent)
})

test('a second socket of the same viewer takes over from the first', async () => {
  await using tmux = await startTmux()
  const reader = makeReader(tmux.dir)
  await tmux.newSession({ command: reader.command })
  await reader.started()
  await using bed = await startBed(tmux)
  const viewer = randomId()
  const first = await bed.open({ viewer })
  first.type('first ')
  const second = await bed.open({ viewer })
  await expect.poll(() => first.closed()?.code).toBe(1001)
  const at = second.last('ready')?.inputAt
  second.type('first second'.slice(at))
  await expect.poll(() => reader.bytes().toString()).toBe('first second')
  expect(bed.viewers.size).toBe(1)
  // Another device that guesses the id has a stream of its own.
  const stranger = await bed.open({ viewer, device: 'd2' })
  expect(stranger.last('ready')?.inputAt).toBeUndefined()
})

test('frames that are no frames close the socket, and the terminal with it', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ command: 'exec cat' })
  await using bed = await startBed(tmux)
  const session = await bed.session()
  const paneId = session.windows[0]?.panes[0]?.id ?? ''
  const bad: (string | Buffer)[] = [
    ...['', 'x', '{', 'null', '[]', '1', '"open"', '{}', '{"type":1}', '{"type":"open"}'],
    ...['{"type":"ack","bytes":-1}', '{"type":"ack","bytes":1.5}', '{"type":"ack","bytes":"1"}'],
    ...[
      '{"type":"fit","on":1,"cols":1,"rows":1}',
      '{"type":"fit","on":true,"cols":1e400,"rows":1}',
    ],
    ...['{"type":"ping"}', '{"type":"ping","at":"1"}', `{"type":"${'x'.repeat(20_000)}"}`],
    '['.repeat(10_000),
    JSON.stringify({ type: 'open', viewer: 'abcdefgh', cols: 80, rows: 24 }),
    Buffer.alloc(65_537),
  ]
  for (const data of bad) {
    const page = await openPage({ port: bed.port, paneId, session: session.id })
    page.socket.send(data)
    await expect.poll(() => page.closed()?.code, String(data).slice(0, 60)).toBe(4400)
  }
  const silent = await openPage({ port: bed.port, paneId, session: session.id })
  silent.socket.send('{"type":"from-the-future","__proto__":{"type":"ack"}}')
  silent.send({ type: 'ping', at: 7 })
  await expect.poll(() => silent.last('pong')).toEqual({ type: 'pong', at: 7 })
  // Numbers are clamped where they are used, not refused: a phone may say anything.
  silent.send({ type: 'ack', bytes: Number.MAX_SAFE_INTEGER })
  silent.type('still here\r')
  await expect.poll(() => silent.text()).toContain('still here')
  silent.drop()
  await expect.poll(() => bed.viewers.size).toBe(0)
})

test('random frames crash nothing', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({
    command: `exec ${process.execPath} -e "process.stdin.setRawMode(true).resume()"`,
  })
  await using bed = await startBed(tmux)
  let seed = 1
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % below
  }
  const words = ['open', 'ack', 'fit', 'ping', 'type', 'viewer', 'cols', '__proto__', 'on', '1e9']
  for (let round = 0; round < 60; round += 1) {
    const page = await bed.open({ eager: round % 2 === 0 })
    for (let count = 0; count < 20; count += 1) {
      if (page.socket.readyState !== page.socket.OPEN) break
      const bytes = Buffer.from(Array.from({ length: random(200) }, () => random(256)))
      const pick = () => words[random(words.length)]
      if (random(3) === 0) page.socket.send(bytes)
      else page.socket.send(JSON.stringify({ type: pick(), [`${pick()}`]: random(9), on: pick() }))
    }
    page.drop()
  }
  await expect.poll(() => bed.viewers.size).toBe(0)
  const page = await bed.open()
  expect(page.last('ready')).toBeDefined()
})

test('a tmux that hangs holds up neither this process nor the end of a viewer', async () => {
  await using tmux = await startTmux()
  const reader = makeReader(tmux.dir)
  await tmux.newSession({ command: reader.command })
  await reader.started()
  await using bed = await startBed(tmux)
  const page = await bed.open()
  page.type('before ')
  await expect.poll(() => reader.bytes().toString()).toBe('before ')
  const pid = await tmux.serverPid()
  if (pid === undefined) throw new Error('no tmux server')
  process.kill(pid, 'SIGSTOP')
  try {
    page.type(Buffer.alloc(786_432, 'x'))
    page.send({ type: 'ping', at: 1 })
    // A process that waits for a full terminal would never answer.
    await expect.poll(() => page.last('pong')).toBeDefined()
    // What tmux does not take stays with the page: it was never acknowledged.
    expect(page.last('input-ack')?.at ?? 0).toBeLessThan(200_000)
    page.drop()
    await expect.poll(() => bed.viewers.size, { timeout: 15_000 }).toBe(0)
  } finally {
    process.kill(pid, 'SIGCONT')
  }
  const again = await bed.open()
  again.type('after')
  await expect
    .poll(() => reader.bytes().toString(), { timeout: 15_000 })
    .toMatch(/^before x*after$/)
})
