import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { startBed } from '../support/terminal.ts'
import { startTmux } from '../support/tmux.ts'

/**
 * Lines of changing coloured text, until the file is there. It ends with a whole line, and nothing is
 * typed: Ctrl-C would cut it anywhere, the terminal's echo `^C` after a lone ESC begins a string
 * without end (`ESC ^`), and tmux would show nothing of what follows.
 */
function floodUntil(file: string): string {
  const line = 'i=$((i+1)); printf "\\033[3%dm%080d\\n" $((i%8)) $i'
  return `i=0; while [ ! -e '${file}' ]; do ${line}; done`
}

test('a page that stops drawing skips what it missed and then shows the screen as it is', async () => {
  test.setTimeout(120_000)
  await using tmux = await startTmux()
  const over = join(tmux.dir, 'over')
  const command = `${floodUntil(over)}; echo done; exec cat`
  const id = await tmux.newSession({ cols: 120, rows: 40, command })
  await using bed = await startBed(tmux)
  const slow = await bed.open({ stalled: true })
  const other = await bed.open()
  const serverPid = await tmux.serverPid()
  // What was not acknowledged is bounded; everything beyond is dropped, not kept.
  await expect.poll(() => slow.received(), { timeout: 30_000 }).toBeGreaterThan(60_000)
  const memory = residentKiB(serverPid)
  const drawn = other.received()
  await expect.poll(() => other.received(), { timeout: 30_000 }).toBeGreaterThan(drawn + 500_000)
  expect(slow.received()).toBeLessThanOrEqual(131_072 + 65_536)
  expect(residentKiB(serverPid) - memory).toBeLessThan(4_096)

  writeFileSync(over, '')
  await expect.poll(() => other.rows()).toContain('done')
  expect(slow.last('reset')).toBeUndefined()
  slow.stall(false)
  await expect.poll(() => slow.last('reset')).toBeDefined()
  await expect(async () => {
    const capture = (await tmux.run('capture-pane', '-p', '-t', `${id}:`)).split('\n')
    expect(slow.rows().slice(0, 40)).toEqual(capture.map((row) => row.trimEnd()))
    // Colours too: every cell of both pages is the same.
    expect(cells(slow)).toEqual(cells(other))
  }).toPass({ timeout: 15_000 })
})

test('what a page missed of modes it has again after it caught up', async () => {
  test.setTimeout(120_000)
  await using tmux = await startTmux()
  const modes = 'printf "\\033[?1000h\\033[?1006h\\033[?2004h\\033[31mred"'
  const over = join(tmux.dir, 'over')
  const command = `${floodUntil(over)}; ${modes}; echo; echo all set; exec cat`
  await tmux.newSession({ cols: 120, rows: 40, command })
  await using bed = await startBed(tmux)
  const slow = await bed.open({ stalled: true })
  const other = await bed.open()
  await expect.poll(() => slow.received(), { timeout: 30_000 }).toBeGreaterThan(60_000)
  const drawn = other.received()
  await expect.poll(() => other.received(), { timeout: 30_000 }).toBeGreaterThan(drawn + 200_000)
  writeFileSync(over, '')
  await expect.poll(() => other.text()).toContain('all set')
  slow.stall(false)
  await expect.poll(() => slow.text()).toContain('all set')
  expect(slow.last('reset')).toBeDefined()
  await expect.poll(() => slow.terminal.modes.mouseTrackingMode).toBe('vt200')
  await expect(async () => {
    expect(slow.terminal.modes).toEqual(other.terminal.modes)
    expect(cells(slow)).toEqual(cells(other))
  }).toPass({ timeout: 15_000 })
  expect(slow.terminal.modes.bracketedPasteMode).toBe(true)
  expect(slow.terminal.buffer.active.type).toBe('alternate')
})

test('a screen of more bytes than may be on their way at once is shown whole', async () => {
  await using tmux = await startTmux()
  const [cols, rows] = [300, 80]
  const cell = (x: number, y: number) =>
    `\x1b[38;2;${x % 256};${y};9;48;2;9;${y};${x % 256}m${(x + y) % 10}`
  const line = (y: number) => Array.from({ length: cols }, (_, x) => cell(x, y)).join('')
  const picture = join(tmux.dir, 'picture')
  writeFileSync(picture, Array.from({ length: rows - 1 }, (_, y) => `${line(y)}\n`).join(''))
  const id = await tmux.newSession({ cols, rows, command: `cat '${picture}'; exec cat` })
  const screen = async () => (await tmux.run('capture-pane', '-p', '-t', `${id}:`)).split('\n')
  await expect.poll(async () => (await screen())[rows - 2]).toHaveLength(cols)
  await using bed = await startBed(tmux)
  const page = await bed.open()
  await expect
    .poll(() => page.rows().slice(0, rows - 1))
    .toEqual((await screen()).slice(0, rows - 1))
})

/** Characters and colours of every cell. */
function cells(page: Awaited<ReturnType<Awaited<ReturnType<typeof startBed>>['open']>>): string[] {
  const { terminal } = page
  const { active } = terminal.buffer
  return Array.from({ length: terminal.rows - 1 }, (_, y) => {
    const line = active.getLine(active.viewportY + y)
    return Array.from({ length: terminal.cols }, (_, x) => {
      const cell = line?.getCell(x)
      return `${cell?.getChars() || ' '}${cell?.getFgColorMode()}/${cell?.getFgColor()}`
    }).join('')
  })
}

function residentKiB(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1])
}
