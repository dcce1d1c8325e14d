import { delay } from '../lib/time.ts'
import type { Log } from '../log.ts'
import type { AgentKind, FeedFrame, ResumeState } from '../protocol.ts'
import { typePrompt } from '../tmux/input.ts'
import { waitForShell } from './pane-shell.ts'
import type { Registry } from './registry.ts'
import { shellLine } from './resume-plan.ts'
import { Slots } from './slots.ts'
import { toFailure } from './tmux-failure.ts'

/** An agent that was started must be seen so soon; the slow ones load for half a minute. */
const SEEN_MS = 60_000
/** Shells that are waited for at the same time. */
const AT_ONCE = 4

export interface ResumesDeps {
  registry: Registry
  log: Log
  signal: AbortSignal
  /** How long an agent may take to be seen (milliseconds). */
  seenMs?: number
}

interface Resume {
  kind: AgentKind
  state: ResumeState
  /** Since when it is looked for: what ran there before is not it. */
  from: number
}

/** Agents on their way back, by the id that they had. Kept in memory: a restart of ours looks anew. */
export class Resumes {
  readonly #deps: ResumesDeps
  readonly #all = new Map<string, Resume>()
  readonly #slots = new Slots(AT_ONCE)

  constructor(deps: ResumesDeps) {
    this.#deps = deps
    deps.registry.frames.on((frame) => this.#hear(frame), deps.signal)
  }

  /** How far it is; undefined where nobody has begun, or what was begun is gone again. */
  state(agent: string): ResumeState | undefined {
    const resume = this.#all.get(agent)
    if (!resume) return undefined
    const { state } = resume
    const { registry } = this.#deps
    if (state.state === 'failed' || state.state === 'starting') return state
    // Closed by its user, or ended again: it may be begun once more.
    const isThere = state.pane !== undefined && registry.pane(state.pane) !== undefined
    const isAlive =
      state.state === 'waiting' ||
      registry.agents().some(({ id, liveness }) => id === state.agent && liveness === 'live')
    if (isThere && isAlive) return state
    this.#all.delete(agent)
    return undefined
  }

  /** Claims the way back of an agent; false where it is on its way already. */
  begin(agent: string, kind: AgentKind): boolean {
    const known = this.state(agent)
    if (known && known.state !== 'failed') return false
    this.#all.set(agent, { kind, state: { state: 'starting' }, from: Date.now() })
    return true
  }

  /** It cannot come back, for a reason in a sentence. */
  fail(agent: string, detail: string): void {
    const resume = this.#all.get(agent)
    if (resume) resume.state = { ...resume.state, state: 'failed', detail }
  }

  /**
   * Puts the command on the prompt of a pane's shell (ours id), and presses Enter where `run`.
   * Resolves when it is typed; what follows is told by `state`. Never rejects.
   */
  async type(agent: string, pane: string, command: readonly string[], run: boolean): Promise<void> {
    const resume = this.#all.get(agent)
    if (!resume) return
    resume.state = { state: 'starting', pane }
    try {
      await this.#slots.run(async () => {
        const entry = await waitForShell(this.#deps, pane)
        if (!entry) return this.fail(agent, 'No shell waits in its pane, so nothing was typed.')
        const { server, view } = entry
        const outcome = await typePrompt(server, view.tmuxId, shellLine(command), run)
        if (resume.state.state !== 'starting') return
        if (outcome === 'not-submitted') {
          this.fail(agent, 'The command is on the prompt, but Enter did not take effect.')
        } else if (!run) {
          const detail = 'The command is on the prompt; press Enter to run it.'
          resume.state = { state: 'waiting', pane, detail }
        }
      })
    } catch (error) {
      const failure = toFailure(error)
      if (!failure) this.#deps.log.error({ error, agent }, 'a command could not be typed')
      this.fail(agent, failure?.message ?? 'Its command could not be typed; the log says why.')
    }
    if (run) void this.#limit(agent, resume)
  }

  async #limit(agent: string, resume: Resume): Promise<void> {
    const { seenMs = SEEN_MS, signal } = this.#deps
    await delay(seenMs, signal)
    if (this.#all.get(agent) !== resume || resume.state.state !== 'starting') return
    this.fail(agent, `It was not seen within ${seenMs / 1_000} s; look at what its pane says.`)
  }

  #hear(frame: FeedFrame): void {
    if (frame.type !== 'agent' || frame.agent.liveness !== 'live') return
    const { id, kind, pane, startedAt } = frame.agent
    for (const resume of this.#all.values()) {
      const { state } = resume
      // Process starts are known to a hundredth of a second, and counted from the boot.
      const isIt = state.pane === pane && resume.kind === kind && startedAt > resume.from - 2_000
      if (isIt && state.state !== 'resumed') resume.state = { state: 'resumed', pane, agent: id }
    }
  }
}
