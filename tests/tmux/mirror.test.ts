import { expect, test } from 'playwright/test'
import { makeReader } from '../support/reader.ts'
import { startBed } from '../support/terminal.ts'
import type { Page } from '../support/terminal-page.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'

/** The page's screen equals what tmux says the pane shows, cursor included. */
async function expectEqual(tmux: Tmux, pane: string, page: Page): Promise<void> {
  await expect
    .poll(async () => {
      const text = (await tmux.run('capture-pane', '-p', '-t', pane)).split('\n')
      const format = '#{cursor_x} #{cursor_y} #{pane_width}x#{pane_height}'
      const facts = await tmux.run('display-message', '-p', '-t', pane, format)
      const { cursorX, cursorY } = page.terminal.buffer.active
      const { cols, rows } = page.terminal
      const shown = [`${cursorX} ${cursorY} ${cols}x${rows}`, ...page.rows()]
      const wanted = [facts, ...text.map((row) => row.trimEnd())]
      const at = shown.findIndex((row, index) => row !== wanted[index])
      return at < 0 && shown.length === wanted.length ? 'equal' : [at, shown[at], wanted[at]]
    })
    .toBe('equal')
}

test('a pane that is not the current one is mirrored, whatever it draws', async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({ cols: 121, rows: 40, command: 'exec cat' })
  const pane = await tmux.run(
    ...['split-window', '-d', '-h', '-P', '-F', '#{pane_id}', '-t', `${id}:`],
    "stty raw -echo; printf 'mirrored\\r\\n'; exec cat",
  )
  await using bed = await startBed(tmux)
  const { id: paneId } = await bed.pane(pane)
  const page = await bed.open({ pane: paneId })
  expect(page.last('ready')).toMatchObject({ mode: 'mirror', mirrorReason: 'other-pane' })
  await expect.poll(() => page.text()).toContain('mirrored')
  await expectEqual(tmux, pane, page)
  const drawings = [
    '日本語 wide, e\u0301 combined, box \u2502\u2500\u250c\r\n',
    // To the last column and beyond, with a wide character that does not fit.
    `${'x'.repeat(59)}日本${'y'.repeat(70)}\r\n`,
    '\x1b[31mred \x1b[44mon blue\x1b[0m plain \x1b[7mreverse\x1b[0m\r\n',
    // Coloured to the end of the row, then rows that shrink.
    '\x1b[42m\x1b[K\x1b[0m\r\nlong line that will be short\x1b[1A\r\n\x1b[Kshort',
    '\x1b[?25l',
    '\x1b[10;20Hcursor here',
    '\x1b[2J\x1b[Honly this',
    '\x1b[?1049h\x1b[2J\x1b[5;5Hfull screen',
    '\x1b[?1049l\x1b[?25h',
  ]
  for (const drawing of drawings) {
    // Typed by a page, drawn by the pane's cat.
    page.type(drawing)
    await expectEqual(tmux, pane, page)
  }
  // Line drawing by character set; a plain capture has the letters, the screen the lines.
  page.type('\x1b[H\x1b(0lqqqk\x1b(B after')
  await expect.poll(() => page.rows()[0]).toMatch(/^┌───┐ after/)
  page.type('\x1b[2K\r\n')
  await tmux.run('resize-pane', '-t', pane, '-x', '40')
  await expectEqual(tmux, pane, page)
  await tmux.run('resize-pane', '-t', pane, '-x', '90')
  await expectEqual(tmux, pane, page)
  // A person's clear and history leave no trace on the page.
  page.type(`${Array.from({ length: 100 }, (_, line) => `line ${line}`).join('\r\n')}\r\n`)
  await expectEqual(tmux, pane, page)
  await tmux.run('kill-pane', '-t', pane)
  await expect.poll(() => page.last('gone')?.reason).toBe('pane-ended')
})

test('a pane that stops being the current one while its terminal opens is mirrored', async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({ command: 'exec cat' })
  const pane = await tmux.run('display-message', '-p', '-t', `${id}:`, '#{pane_id}')
  await using bed = await startBed(tmux)
  const { id: paneId } = await bed.pane(pane)
  // The page is let in, tmux is asked for the sizes, and a person opens a window.
  const run = bed.server.run.bind(bed.server)
  bed.server.run = async (argv, options) => {
    const answer = await run(argv, options)
    if (argv[0] !== 'display-message') return answer
    bed.server.run = run
    await run(['new-window', '-t', `${id}:`, 'exec cat'])
    await expect.poll(() => bed.registry.pane(paneId)?.window.active).toBe(false)
    return answer
  }
  const page = await bed.open({ pane: paneId })
  expect(page.last('ready')).toMatchObject({ mode: 'mirror', mirrorReason: 'other-pane' })
  page.type('for this one')
  await expect.poll(() => tmux.run('capture-pane', '-p', '-t', pane)).toContain('for this one')
})

test('a mirror ends with its tmux, whatever has its ids in the next one', async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({ command: 'exec cat' })
  const pane = await tmux.run(
    ...['split-window', '-d', '-P', '-F', '#{pane_id}', '-t', `${id}:`, 'exec cat'],
  )
  await using bed = await startBed(tmux)
  const page = await bed.open({ pane: (await bed.pane(pane)).id })
  expect(page.last('ready')?.mode).toBe('mirror')
  const { tree } = bed.server
  if (!tree) throw new Error('nothing is listed')
  // So quickly that nobody saw the socket without a server.
  const identity = { ...tree.identity, pid: tree.identity.pid + 1 }
  bed.server.changes.emit({ type: 'tree', tree: { ...tree, identity } })
  await expect.poll(() => page.last('gone')?.reason).toBe('server-gone')
})

test('keys reach the mirrored pane and no other', async () => {
  await using tmux = await startTmux()
  const current = makeReader(tmux.dir)
  const other = makeReader(tmux.dir)
  const id = await tmux.newSession({ command: current.command })
  const pane = await tmux.run(
    ...['split-window', '-d', '-P', '-F', '#{pane_id}', '-t', `${id}:`, other.command],
  )
  await Promise.all([current.started(), other.started()])
  await using bed = await startBed(tmux)
  const { id: paneId } = await bed.pane(pane)
  const page = await bed.open({ pane: paneId })
  // The prefix key and everything else is the program's here.
  const text = Buffer.concat([Buffer.from('aé日😀\x1b\x02c\x03;'), Buffer.from([0, 0xff, 0x80])])
  page.type(text)
  const long = Buffer.alloc(100_000, 'long; ')
  page.type(long)
  await expect.poll(() => other.bytes().length, { timeout: 30_000 }).toBe(text.length + long.length)
  expect(other.bytes().equals(Buffer.concat([text, long]))).toBe(true)
  expect(current.bytes().length).toBe(0)
  await expect.poll(() => page.last('input-ack')?.at).toBe(text.length + long.length)
})

test('a session that ends with its last client is mirrored, and survives', async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({ command: "printf 'hello\\n'; exec cat" })
  const person = await tmux.attach({ session: id })
  await tmux.run('set-option', '-t', id, 'destroy-unattached', 'on')
  await using bed = await startBed(tmux)
  const page = await bed.open({ tmuxSession: id })
  expect(page.last('ready')).toMatchObject({
    mode: 'mirror',
    mirrorReason: 'destroy-unattached',
  })
  await expect.poll(() => page.text()).toContain('hello')
  page.type('typed\r')
  await expect.poll(() => page.rows().filter((row) => row === 'typed')).toHaveLength(2)
  page.socket.close()
  await expect.poll(() => bed.viewers.size).toBe(0)
  expect(await tmux.run('list-sessions', '-F', '#{session_id}')).toContain(id)
  expect(await tmux.run('list-clients', '-F', '#{client_pid}')).toContain(`${person.pid}`)
})

test('a mirror that drops output catches up', async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({ cols: 200, rows: 50, command: 'exec cat' })
  const command =
    'i=0; while [ $i -lt 400 ]; do i=$((i+1)); printf "\\033[3%dm%0190d\\n" $((i%8)) $i; sleep 0.01; done; echo over; exec cat'
  const pane = await tmux.run(
    ...['new-window', '-d', '-P', '-F', '#{pane_id}', '-t', `${id}:`, command],
  )
  await using bed = await startBed(tmux)
  const { id: paneId } = await bed.pane(pane)
  const page = await bed.open({ pane: paneId, stalled: true })
  const watcher = await bed.open({ pane: paneId })
  await expect.poll(() => watcher.rows(), { timeout: 30_000 }).toContain('over')
  page.stall(false)
  await expectEqual(tmux, pane, page)
})
