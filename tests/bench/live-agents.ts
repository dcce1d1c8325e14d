import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'playwright/test'
import { parseStat } from '../../server/lib/proc.ts'
import type { Tmux } from '../support/tmux.ts'

/**
 * Programs that the kernel shows as an agent, one in each of many sessions, and that say in the file
 * of Claude Code's what they do. Their sessions are `agent-0`, `agent-1` and so on.
 */
export class LiveAgents {
  readonly #tmux: Tmux
  readonly #program: string
  readonly #folder: string
  readonly #agents: { pid: number; procStart: string | undefined }[] = []

  constructor(tmux: Tmux) {
    this.#tmux = tmux
    this.#program = join(tmux.dir, 'claude')
    this.#folder = join(tmux.dir, '.claude', 'sessions')
    copyFileSync('/bin/sleep', this.#program)
    mkdirSync(this.#folder, { recursive: true })
  }

  get size(): number {
    return this.#agents.length
  }

  /** Starts more until there are so many; each says `status`. */
  async grow(count: number, status: string): Promise<void> {
    while (this.size < count) {
      const name = `agent-${this.size}`
      await this.#tmux.newSession({ name, command: `exec ${this.#program} 100000` })
      const pid = Number(await this.#tmux.run('display-message', '-p', '-t', name, '#{pane_pid}'))
      const runs = () => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(this.#program)
      await expect.poll(runs).toBe(true)
      const procStart = parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.start
      this.#agents.push({ pid, procStart })
      this.say(this.size - 1, status)
    }
  }

  /** Lets one say what it does now. */
  say(index: number, status: string): void {
    const agent = this.#agents[index]
    if (!agent) throw new Error(`invariant: no agent ${index}`)
    const state = { ...agent, status, statusUpdatedAt: Date.now() }
    const path = join(this.#folder, `${agent.pid}.json`)
    // As the agent does: half a file is never read.
    writeFileSync(`${path}.tmp`, JSON.stringify(state))
    renameSync(`${path}.tmp`, path)
  }
}
