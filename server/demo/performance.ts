import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { delay, every } from '../lib/time.ts'
import type { AgentLog, ToolCall } from './files.ts'
import type { Key } from './keys.ts'
import type { Ask, Play, Step } from './play.ts'
import type { Block, Dialog, Status } from './scene.ts'
import type { Terminal } from './terminal.ts'

/** How long steps take (milliseconds). */
const THINK_MS = 1_500
const LINE_MS = 350
const EDIT_MS = 900
const FRAME_MS = 300
/** An agent's file says how a turn ended before its screen shows that it did. */
const AFTER_LOG_MS = 2_500
/** What was before the demo began is dated back: each of its steps took so long. */
const EARLIER_STEP_MS = 40_000

const NO = 'No, and tell Claude what to do differently'
const YES_NO = ['Yes', 'Yes, and always allow access to this folder from this project', NO]

/** The user's Esc: the rest of the turn is left out. */
class Interrupted extends Error {
  override name = 'Interrupted'
}

export interface PerformanceOptions {
  play: Play
  folder: string
  log: AgentLog | undefined
  terminal: Terminal
}

/** One play, acted out on one terminal; prompts and answers of the user are taken in between. */
export class Performance {
  readonly #options: PerformanceOptions
  readonly #life = new AbortController()
  readonly #blocks: Block[] = []
  readonly #submitted: string[] = []
  /** Ends the pause that is under way: the user interrupts, or has something to say. */
  #pause = new AbortController()
  #isInterrupted = false
  #status: Status = 'idle'
  #turnAt: number | undefined
  #draft = ''
  #dialog: Dialog | undefined
  #decide: ((option: number | undefined) => void) | undefined
  #frame = 0
  #lastWords = ''
  /** Set while the past is told: the time of its next step. */
  #past: number | undefined
  #exitCode = 0

  constructor(options: PerformanceOptions) {
    this.#options = options
  }

  /** Resolves with the exit code of the agent that is played. */
  async run(): Promise<number> {
    const { play, terminal } = this.#options
    const { signal } = this.#life
    terminal.open(this.#hear, () => this.#draw())
    await this.#tellPast(play.earlier ?? [])
    this.#setStatus('idle')
    const drawing = every(FRAME_MS, () => this.#nextFrame(), signal)
    await this.#act(play.steps)
    while (!signal.aborted) {
      if (play.again) await this.#act(play.again)
      else await this.#rest(3_600_000)
    }
    await drawing
    terminal.close()
    return this.#exitCode
  }

  async #tellPast(steps: readonly Step[]): Promise<void> {
    this.#past = Date.now() - (steps.length + 2) * EARLIER_STEP_MS
    await this.#act(steps)
    this.#past = undefined
  }

  async #act(steps: readonly Step[]): Promise<void> {
    try {
      for (const [at, step] of steps.entries()) {
        if (this.#life.signal.aborted) return
        await this.#perform(step, steps[at + 1]?.type === 'done')
        if (this.#past !== undefined) this.#past += EARLIER_STEP_MS
        this.#draw()
      }
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error
      this.#options.log?.interrupt(this.#now())
      this.#endTurn({ type: 'interrupted' })
    }
  }

  async #perform(step: Step, isLast: boolean): Promise<void> {
    const { log } = this.#options
    switch (step.type) {
      case 'prompt':
        this.#turnAt = this.#now()
        this.#blocks.push(step)
        log?.prompt(step.text, this.#now())
        return this.#setStatus('working')
      case 'say':
        await this.#think(THINK_MS)
        this.#lastWords = step.text
        this.#blocks.push(step)
        return log?.say(step.text, this.#now(), isLast)
      case 'run':
        return this.#runCommand(step.command, step.output)
      case 'edit':
        return this.#edit(step)
      case 'restore':
        execFileSync('git', ['checkout', '-q', '.'], { cwd: this.#options.folder })
        return
      case 'permission':
      case 'question':
        return this.#ask(step)
      case 'retry':
        this.#blocks.push(step)
        this.#setStatus('retrying')
        return this.#think(3_600_000)
      case 'fail':
        await this.#think(THINK_MS)
        log?.fail(step.text, this.#now())
        return this.#endTurn({ type: 'failed', text: step.text })
      case 'interrupt':
        log?.interrupt(this.#now())
        await this.#think(AFTER_LOG_MS)
        return this.#endTurn({ type: 'interrupted' })
      case 'done':
        log?.done(this.#lastWords, this.#now())
        return this.#endTurn()
      case 'wait':
        return this.#turnAt === undefined
          ? this.#rest(step.seconds * 1_000)
          : this.#think(step.seconds * 1_000)
      case 'exit':
        return this.#life.abort()
      case 'die':
        process.kill(process.pid, 'SIGKILL')
        return
      default:
        return step satisfies never
    }
  }

  async #runCommand(command: string, output: readonly string[]): Promise<void> {
    const lines: string[] = []
    this.#blocks.push({ type: 'run', command, lines })
    const returned = this.#call({ name: 'shell', text: command })
    for (const line of output) {
      await this.#think(LINE_MS)
      lines.push(line)
      this.#draw()
    }
    await this.#think(LINE_MS)
    returned?.(output.join('\n'), this.#now())
  }

  async #edit({ path, old, now }: Extract<Step, { type: 'edit' }>): Promise<void> {
    await this.#think(EDIT_MS)
    const file = join(this.#options.folder, path)
    const text = readFileSync(file, 'utf8')
    const line = text.slice(0, Math.max(0, text.indexOf(old))).split('\n').length
    writeFileSync(file, text.replace(old, now))
    const edit = { path, line, old, now }
    const returned = this.#call({ name: 'edit', text: path })
    this.#blocks.push({ type: 'edit', ...edit })
    returned?.(`Updated ${path}.`, this.#now(), edit)
  }

  /** Waits for the user: what goes on then follows from the answer. */
  async #ask(ask: Ask): Promise<void> {
    await this.#think(THINK_MS)
    const isPermission = ask.type === 'permission'
    this.#dialog = {
      type: ask.type,
      title: isPermission ? 'Bash command' : ask.header,
      text: isPermission ? ask.command : ask.text,
      why: isPermission ? ask.why : '',
      options: isPermission ? YES_NO : ask.options,
      chosen: 0,
    }
    const returned = isPermission ? undefined : this.#call({ name: 'question', text: ask.text })
    this.#setStatus('asking', ask.type)
    const option = await new Promise<number | undefined>((resolve) => {
      this.#decide = resolve
    })
    this.#decide = undefined
    this.#dialog = undefined
    this.#setStatus('working')
    const chosen = (isPermission ? YES_NO : ask.options)[option ?? -1]
    if (chosen === undefined || chosen === NO) throw new Interrupted()
    if (isPermission) return this.#runCommand(ask.command, ask.output)
    returned?.(chosen, this.#now())
    this.#blocks.push({ type: 'say', text: `${ask.header}: ${chosen}` })
  }

  #call(tool: ToolCall): ReturnType<AgentLog['call']> | undefined {
    return this.#options.log?.call(tool, this.#now())
  }

  #endTurn(last?: Block): void {
    const now = this.#now()
    const seconds = this.#turnAt === undefined ? 0 : (now - this.#turnAt) / 1_000
    this.#turnAt = undefined
    this.#isInterrupted = false
    this.#blocks.push(last ?? { type: 'end', seconds, at: now })
    this.#setStatus('idle')
  }

  /** A pause within a turn. Throws `Interrupted` where the user ends it. */
  async #think(ms: number): Promise<void> {
    if (this.#past !== undefined) return
    await this.#sleep(ms)
    if (this.#isInterrupted) throw new Interrupted()
  }

  /** A pause between turns; what the user says meanwhile is answered. */
  async #rest(ms: number): Promise<void> {
    if (this.#submitted.length === 0) await this.#sleep(ms)
    for (const text of this.#submitted.splice(0)) await this.#act(replyTo(text))
  }

  async #sleep(ms: number): Promise<void> {
    this.#draw()
    this.#pause = new AbortController()
    await delay(ms, AbortSignal.any([this.#life.signal, this.#pause.signal]))
  }

  #now(): number {
    return this.#past ?? Date.now()
  }

  #setStatus(status: Status, ask?: Ask['type']): void {
    this.#status = status
    if (this.#past === undefined) {
      this.#options.log?.state?.(ask ?? (status === 'idle' ? 'idle' : 'busy'))
    }
    this.#draw()
  }

  readonly #hear = (key: Key): void => {
    if (key.type === 'end') this.#end()
    else if (this.#dialog) this.#decideBy(key, this.#dialog)
    else if (key.type === 'escape' && this.#turnAt !== undefined) {
      this.#isInterrupted = true
      this.#pause.abort()
    } else this.#write(key)
    this.#draw()
  }

  #end(): void {
    this.#life.abort()
    this.#decide?.(undefined)
  }

  #decideBy(key: Key, dialog: Dialog): void {
    const { options, chosen } = dialog
    const move = (by: number) => {
      const to = (chosen + by + options.length) % options.length
      this.#dialog = { ...dialog, chosen: to }
    }
    if (key.type === 'up') move(-1)
    else if (key.type === 'down') move(1)
    else if (key.type === 'enter') this.#decide?.(chosen)
    else if (key.type === 'escape') this.#decide?.(undefined)
    else if (key.type === 'text' && Number(key.text) >= 1) this.#decide?.(Number(key.text) - 1)
  }

  #write(key: Key): void {
    if (key.type === 'text') this.#draft += key.text
    else if (key.type === 'backspace') this.#draft = [...this.#draft].slice(0, -1).join('')
    else if (key.type === 'enter' && this.#draft.trim() !== '') {
      this.#submitted.push(this.#draft.trim())
      this.#draft = ''
      // Said during a turn, it waits for its end.
      if (this.#turnAt === undefined) this.#pause.abort()
    }
  }

  #nextFrame(): void {
    this.#frame += 1
    if (this.#turnAt !== undefined) this.#draw()
  }

  #draw(): void {
    const { folder, play, terminal } = this.#options
    const since = this.#turnAt ?? Date.now()
    terminal.draw({
      cols: terminal.cols,
      folder: folder.replace(homedir(), '~'),
      title: play.title,
      blocks: this.#blocks,
      status: this.#status,
      seconds: Math.max(0, (Date.now() - since) / 1_000),
      frame: this.#frame,
      draft: this.#draft,
      ...(this.#dialog ? { dialog: this.#dialog } : {}),
    })
  }
}

/** How an agent of the demo answers a prompt of the user. */
function replyTo(text: string): Step[] {
  return [
    { type: 'prompt', text },
    { type: 'say', text: 'This is the demo, so I only pretend. I look at the folder first.' },
    { type: 'run', command: 'git status --short', output: ['(nothing that matters here)'] },
    { type: 'say', text: 'Done: your prompt came through, and you can send the next one.' },
    { type: 'done' },
  ]
}
