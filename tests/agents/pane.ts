import { setTimeout as wait } from 'node:timers/promises'
import type { Tmux } from '../support/tmux.ts'
import { until } from './until.ts'

/** Between text on the screen and its Enter: sooner, some take both for one paste (milliseconds). */
const TYPING_MS = 400
/** Longest that typed text is waited for on the screen; a shell's `reset` may hide it. */
const ECHO_MS = 8_000
/** Between two keys that count as two presses. */
const KEY_MS = 350

/** What a pane shows. */
export interface Shown {
  text: string
  title: string
  alternate: boolean
}

/** A pane as its user has it: what it shows, and keys that go into it. */
export class AgentPane {
  constructor(
    readonly tmux: Tmux,
    /** As a target of tmux. */
    readonly target: string,
  ) {}

  /** Types a line and presses Enter; returns the time of that. */
  async line(text: string): Promise<number> {
    await this.tmux.run('send-keys', '-t', this.target, '-l', text)
    const end = text.slice(-6)
    await until(async () => ((await this.shown()).text.includes(end) ? true : undefined), ECHO_MS)
    await wait(TYPING_MS)
    return this.keys(['Enter'])
  }

  /** Presses keys one after the other; returns the time of the last. */
  async keys(keys: readonly string[]): Promise<number> {
    let at = Date.now()
    for (const [n, key] of keys.entries()) {
      if (n > 0) await wait(KEY_MS)
      at = Date.now()
      await this.tmux.run('send-keys', '-t', this.target, key)
    }
    return at
  }

  async shown(): Promise<Shown> {
    const target = ['-t', this.target]
    const facts = await this.tmux.run(
      ...['display-message', '-p', ...target, '#{alternate_on} #{pane_title}'],
    )
    const text = await this.tmux.run('capture-pane', '-p', ...target)
    return { text, title: facts.slice(2), alternate: facts.startsWith('1') }
  }

  /** All that it shows and showed. */
  history(): Promise<string> {
    return this.tmux.run('capture-pane', '-p', '-S', '-', '-t', this.target)
  }
}
