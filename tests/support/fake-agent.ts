import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseStat } from '../../server/lib/proc.ts'
import type { AgentKind } from '../../server/protocol.ts'
import { screen } from './fixtures.ts'
import type { Tmux } from './tmux.ts'

/**
 * A program that looks like an agent to the kernel and shows what it is told to: a script of the
 * agent's name that draws the file beside it whenever that changes. It lives in a tmux pane.
 */
export class FakeAgent {
  readonly #screen: string
  readonly #typed: string
  readonly #onEnter: string
  readonly script: string

  constructor(
    readonly tmux: Tmux,
    readonly kind: AgentKind,
    readonly name: string,
  ) {
    const folder = join(tmux.dir, name)
    mkdirSync(folder, { recursive: true })
    this.#screen = join(folder, 'screen')
    this.#typed = join(folder, 'typed')
    this.#onEnter = join(folder, 'on-enter')
    this.script = join(folder, kind)
    writeFileSync(this.#screen, '')
    writeFileSync(this.#typed, '')
    writeFileSync(this.#onEnter, '')
    writeFileSync(
      this.script,
      `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs')
process.stdin.setRawMode(true)
process.stdin.on('data', (bytes) => {
  appendFileSync(${JSON.stringify(this.#typed)}, bytes)
  if (bytes.includes(13)) process.stdout.write(readFileSync(${JSON.stringify(this.#onEnter)}))
})
let shown
setInterval(() => {
  const text = readFileSync(${JSON.stringify(this.#screen)}, 'utf8')
  if (text === shown) return
  shown = text
  process.stdout.write(text)
}, 20)
`,
    )
    chmodSync(this.script, 0o755)
  }

  /** Opens a session with it; its pid is that of the pane. */
  async start(cwd?: string): Promise<void> {
    const command = `exec '${this.script}'`
    const size = { cols: 120, rows: 40 }
    await this.tmux.newSession({ name: this.name, ...size, command, ...(cwd ? { cwd } : {}) })
  }

  async pid(): Promise<number> {
    return Number(await this.tmux.run('display-message', '-p', '-t', this.name, '#{pane_pid}'))
  }

  /** All that was typed into it. */
  typed(): string {
    return readFileSync(this.#typed, 'latin1')
  }

  /** Shows a recorded screen, with its title. */
  show(recorded: string): void {
    this.print(this.#picture(recorded))
  }

  /** Shows a recorded screen as soon as Enter is pressed. */
  showOnEnter(recorded: string): void {
    writeFileSync(this.#onEnter, this.#picture(recorded))
  }

  #picture(recorded: string): string {
    const { rows, title } = screen(this.kind, recorded)
    return `\x1b]2;${title}\x07\x1b[2J\x1b[H${rows.join('\r\n').trimEnd()}`
  }

  /** Prints text as it is, after what it showed before; the same text again prints nothing. */
  print(text: string): void {
    // In one step: the program may read at any moment, and must not draw the half of it.
    writeFileSync(`${this.#screen}.next`, text)
    renameSync(`${this.#screen}.next`, this.#screen)
  }

  /** Redraws what it shows, changed. */
  change(edit: (shown: string) => string): void {
    this.print(edit(readFileSync(this.#screen, 'utf8')))
  }

  /** Writes the file in which Claude Code keeps its state. */
  async writeLive(status: string, more: object = {}): Promise<void> {
    const pid = await this.pid()
    const start = parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.start
    const folder = join(this.tmux.dir, '.claude', 'sessions')
    mkdirSync(folder, { recursive: true })
    writeFileSync(
      join(folder, `${pid}.json`),
      JSON.stringify({ pid, procStart: start, status, statusUpdatedAt: Date.now(), ...more }),
    )
  }
}
