import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import xterm from '@xterm/headless'
import { expect, test } from 'playwright/test'
import { makeLog } from '../../server/log.ts'
import type { HistoryPlace } from '../../server/tmux/anchor.ts'
import { type Capture, capturePane } from '../../server/tmux/capture.ts'
import { readHistory } from '../../server/tmux/screen.ts'
import { TmuxServer } from '../../server/tmux/server.ts'
import { plain } from '../../server/tmux/styled.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'

let tmux: Tmux
let server: TmuxServer
let runDir: string
let pane = ''
let place: HistoryPlace | undefined
let said = 0

test.beforeEach(async () => {
  tmux = await startTmux({ config: 'set -g history-limit 200\nset -g remain-on-exit on' })
  runDir = mkdtempSync(join(tmpdir(), 'dogwatch-run-'))
  await tmux.newSession({ cols: 80, rows: 24, command: 'exec cat' })
  pane = await tmux.run('display-message', '-p', '#{pane_id}')
  server = new TmuxServer({
    ...{ socketPath: tmux.socketPath, label: 'test', hub: true, runDir, log: makeLog('error') },
  })
  await server.start()
  await expect.poll(() => server.status.channel).toBe('control')
  place = undefined
})

test.afterEach(async () => {
  await server.close()
  await tmux[Symbol.asyncDispose]()
  rmSync(runDir, { recursive: true, force: true })
})

/** Prints text on the pane's terminal as a program there would, and waits until tmux has read it. */
async function print(text: string): Promise<void> {
  const mark = `mark-${++said}`
  const tty = await tmux.run('display-message', '-p', '-t', pane, '#{pane_tty}')
  writeFileSync(tty, `${text}\x1b]2;${mark}\x07`)
  await expect.poll(() => tmux.run('display-message', '-p', '-t', pane, '#{pane_title}')).toBe(mark)
}

/** Prints right behind the first answer that tmux gives. */
function printingAfterFirst(text: string): Pick<TmuxServer, 'run'> {
  let answered = 0
  return {
    async run(args) {
      const answer = await server.run(args)
      answered += 1
      if (answered === 1) await print(text)
      return answer
    },
  }
}

function numbers(from: number, to: number, word = 'line'): string {
  let text = ''
  for (let at = from; at <= to; at += 1) text += `${word} ${at}\r\n`
  return text
}

function linesOf(text: string): string[] {
  return text.trim().split('\r\n')
}

/** Looks again from where the last look ended. */
async function look(maxLines = 100): Promise<Capture> {
  const capture = await capturePane(server, pane, place, maxLines)
  if (!capture) throw new Error('the pane is gone')
  place = capture.place
  return capture
}

async function newLines(maxLines?: number): Promise<string[]> {
  return (await look(maxLines)).scrollback.map(plain)
}

test('each line that leaves the screen is told once, in order', async () => {
  await print(numbers(1, 60))
  expect((await look()).scrollback).toEqual([])
  expect(await newLines()).toEqual([])
  await print(numbers(61, 63))
  expect(await newLines()).toEqual(['line 38', 'line 39', 'line 40'])
  await print(numbers(64, 140))
  const lines = await newLines()
  expect(lines[0]).toBe('line 41')
  expect(lines).toHaveLength(77)
  expect(new Set(lines).size).toBe(77)
})

test('the same line over and over is counted, not mistaken for one seen before', async () => {
  await print('y\r\n'.repeat(60))
  await look()
  await print('y\r\n'.repeat(7))
  expect(await newLines()).toHaveLength(7)
})

for (const [what, first, burst] of [
  ['nothing had left the screen', 10, 130],
  ['some lines had', 60, 180],
] as const) {
  test(`a burst while a look begins loses no line where before ${what}`, async () => {
    await print(numbers(1, first))
    await look()
    // What is asked for first is how much is new.
    const bursting = printingAfterFirst(numbers(first + 1, burst))
    const capture = await capturePane(bursting, pane, place, 200)
    const from = Math.max(1, first - 22)
    expect(capture?.scrollback.map(plain)).toEqual(linesOf(numbers(from, burst - 23)))
    expect(capture).toMatchObject({ cut: 0, joins: true })
  })
}

test('a burst of one and the same line while a look begins is counted', async () => {
  await print('y\r\n'.repeat(60))
  await look()
  const bursting = printingAfterFirst('y\r\n'.repeat(100))
  const capture = await capturePane(bursting, pane, place, 200)
  expect(capture?.scrollback).toHaveLength(100)
})

test('a full history that drops its oldest lines loses none of ours', async () => {
  await print(numbers(1, 215))
  await look()
  let next = 193
  for (let upTo = 230; upTo <= 500; upTo += 15) {
    await print(numbers(upTo - 14, upTo))
    const capture = await look()
    expect(capture.joins).toBe(true)
    for (const line of capture.scrollback) expect(plain(line)).toBe(`line ${next++}`)
  }
  expect(next).toBe(500 - 22)
})

test('more lines than may be kept are cut, and the cut has its size', async () => {
  await print(numbers(1, 30))
  await look()
  await print(numbers(31, 150))
  const { scrollback, cut } = await look(20)
  expect(scrollback.map(plain).at(-1)).toBe('line 127')
  expect(scrollback).toHaveLength(20)
  expect(cut).toBe(100)
})

test('a history that was cleared begins anew', async () => {
  await print(numbers(1, 60))
  await look()
  await tmux.run('clear-history', '-t', pane)
  await print(numbers(61, 64))
  expect(await newLines()).toEqual(['line 38', 'line 39', 'line 40', 'line 41'])
})

test('a program that clears all and writes its conversation again repeats nothing of it', async () => {
  await print(numbers(1, 80))
  await look()
  await print(`\x1b[2J\x1b[3J\x1b[H${numbers(1, 90)}`)
  const lines = await newLines()
  expect(lines.slice(-10)).toEqual(linesOf(numbers(58, 67)))
  expect(lines).toHaveLength(10)
})

test('a pane that changes its width wraps its history anew and repeats nothing', async () => {
  const long = (from: number, to: number) => numbers(from, to, 'word '.repeat(20).trim())
  await print(long(1, 40))
  await look()
  await tmux.run('resize-window', '-x', '50', '-y', '24')
  const before = await look()
  const told = before.scrollback.length
  await print(long(41, 44))
  const after = await newLines()
  // Rows that a narrower screen pushed out are new; what was out before is not.
  const all = [...before.scrollback.map(plain), ...after]
  expect(new Set(all).size).toBe(all.length)
  expect(told).toBeLessThan(20)
  expect(after.length).toBeGreaterThan(0)
})

test('lines that wrap are one line, also when only their first row had left the screen', async () => {
  await print(`${numbers(1, 23)}${'x'.repeat(200)}\r\n`)
  await look()
  await print(numbers(24, 60))
  const lines = await newLines()
  expect(lines).toContain('x'.repeat(200))
})

test('while a full-screen program runs nothing is new, and afterwards nothing is lost', async () => {
  await print(numbers(1, 60))
  await look()
  await print(`${numbers(61, 62)}\x1b[?1049h\x1b[H${numbers(1, 100, 'inside')}`)
  const inside = await look()
  expect(inside.alternate).toBe(true)
  expect(inside.scrollback).toEqual([])
  await print('\x1b[?1049l')
  await print(numbers(63, 64))
  const lines = await newLines()
  expect(lines).toEqual(['line 38', 'line 39', 'line 40', 'line 41'])
})

test('shown again, a capture looks as the pane did, colours, wide characters and boxes too', async () => {
  const text = [
    '\x1b[1;31mbold red\x1b[22m only red',
    'still red \x1b[48;5;22mon green to the end     ',
    '\x1b[7mreverse\x1b[27m \x1b[38;2;1;2;3mtrue colour',
    '\x1b[0m日本語 and e\u0301 and 🙂',
    '\x1b(0lqqqk\x1b(B',
    'w'.repeat(130),
    '\x1b[4:3mcurly\x1b[0m   spaces   ',
  ]
  await print(`\x1b[H\x1b[2J${text.join('\r\n')}`)
  const capture = await look()
  const terminal = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true })
  await new Promise<void>((done) => terminal.write(capture.screen.join('\r\n'), done))
  const expected = await tmux.run('capture-pane', '-p', '-t', pane)
  const rows = Array.from({ length: 24 }, (_, row) =>
    terminal.buffer.active.getLine(row)?.translateToString(true),
  )
  // tmux's plain text has the letters that stand for the box.
  const trimmed = expected.replace('lqqqk', '┌───┐').replace(/ +$/gm, '')
  expect(
    rows
      .map((row) => row?.trimEnd())
      .join('\n')
      .trimEnd(),
  ).toBe(trimmed.trimEnd())
  const cell = (x: number, y: number) => terminal.buffer.active.getLine(y)?.getCell(x)
  expect(cell(0, 0)?.isBold()).toBeTruthy()
  expect(cell(10, 0)?.getFgColor()).toBe(1)
  expect(cell(0, 1)?.getFgColor()).toBe(1)
  expect(cell(30, 1)?.getBgColor()).toBe(22)
  expect(cell(0, 2)?.isInverse()).toBeTruthy()
  expect(cell(9, 2)?.getFgColor()).toBe(0x010203)
  expect(cell(0, 3)?.isFgDefault()).toBeTruthy()
  expect(rows[4]).toBe('┌───┐')
  // Any one line alone looks the same: none depends on those above.
  const alone = new xterm.Terminal({ cols: 80, rows: 2, allowProposedApi: true })
  await new Promise<void>((done) => alone.write(capture.screen[1] ?? '', done))
  expect(alone.buffer.active.getLine(0)?.getCell(0)?.getFgColor()).toBe(1)
})

test('a pane that is gone gives nothing', async () => {
  expect(await capturePane(server, '%99', undefined, 100)).toBeUndefined()
})

test('the newest piece of history ends where the screen begins, whatever is printed', async () => {
  await print(numbers(1, 60))
  const slice = await readHistory(printingAfterFirst(numbers(61, 120)), pane, undefined, 200)
  const shown = [...(slice?.lines ?? []), ...(slice?.screen ?? '').trimEnd().split('\n')]
  expect(shown.map(plain)).toEqual(linesOf(numbers(1, shown.length)))
})

test('an older piece of history says truly where it begins while more is printed', async () => {
  await print(numbers(1, 100))
  const slice = await readHistory(printingAfterFirst(numbers(101, 140)), pane, 20, 30)
  expect(slice?.lines.map(plain)[0]).toBe(`line ${(slice?.start ?? 0) + 1}`)
  expect(slice).toMatchObject({ start: 60, size: 117, lines: { length: 30 } })
})
