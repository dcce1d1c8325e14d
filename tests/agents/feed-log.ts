import type { RawData } from 'ws'
import type { AgentView, AskKind, FeedFrame } from '../../server/protocol.ts'

/** What a person would see of one agent, in one word. */
export type State =
  | 'working'
  | 'retrying'
  | 'idle'
  | 'failed'
  | 'unknown'
  | 'ended'
  | `asking ${AskKind}`

/** Since when the feed said so (epoch milliseconds, of its arrival), and the view that said it. */
export interface Said {
  at: number
  state: State
  view: AgentView
}

/** A stretch in which the feed said another thing than was true. */
export interface Stretch {
  state: State
  ms: number
  line: string
}

/** Everything that the feed said of the agent of one kind, with times. */
export class FeedLog {
  readonly said: Said[] = []
  /** Views of its subagents, newest last. */
  readonly children: AgentView[] = []
  /** Frames about the agent itself, whether or not they changed its state. */
  frames = 0
  /** Agents that were said to have ended though another one had come in their place. */
  readonly ghosts: AgentView[] = []
  readonly #kind: string
  readonly #known = new Set<string>()
  #agent = ''

  constructor(kind: string) {
    this.#kind = kind
  }

  /** For `Server.ws`: one message of the feed. */
  readonly hear = (data: RawData): void => {
    const frame = JSON.parse(`${data}`) as FeedFrame
    if (frame.type === 'hello') for (const view of frame.agents) this.#see(view)
    if (frame.type === 'agent') this.#see(frame.agent)
  }

  /** The agent as it was last told of. */
  get view(): AgentView | undefined {
    return this.said.at(-1)?.view
  }

  get state(): State | undefined {
    return this.said.at(-1)?.state
  }

  /** The first time that one of these states held at `from` or later; undefined where none did. */
  firstSince(states: readonly State[], from: number): Said | undefined {
    const before = this.said.findLast(({ at }) => at <= from)
    if (before && states.includes(before.state)) return before
    return this.said.find(({ at, state }) => at > from && states.includes(state))
  }

  /** Stretches of more than `ms` between two times with another state than `states`. */
  others(states: readonly State[], from: number, to: number, ms: number): Stretch[] {
    return this.said.flatMap(({ at, state, view }, n) => {
      const begin = Math.max(at, from)
      const end = Math.min(this.said[n + 1]?.at ?? to, to)
      if (states.includes(state) || end - begin <= ms) return []
      return [{ state, ms: end - begin, line: view.evidence.line }]
    })
  }

  #see(view: AgentView): void {
    if (view.kind !== this.#kind) return
    if (view.parent !== undefined) {
      this.children.push(view)
      return
    }
    if (!this.#known.has(view.id)) this.#agent = view.id
    this.#known.add(view.id)
    // Late words of the last one (its totals) are none of the new one's; its end was said before.
    if (view.id !== this.#agent) {
      const hadEnded = this.said.some((said) => said.view.id === view.id && said.state === 'ended')
      if (view.liveness !== 'live' && !hadEnded) this.ghosts.push(view)
      return
    }
    this.frames += 1
    const state = stateOf(view)
    const last = this.said.at(-1)
    if (last?.state === state && last.view.id === view.id) last.view = view
    else this.said.push({ at: Date.now(), state, view })
  }
}

function stateOf({ liveness, activity, ask }: AgentView): State {
  if (liveness !== 'live') return 'ended'
  return activity === 'asking' ? `asking ${ask?.kind ?? 'permission'}` : activity
}
