import { setTimeout as wait } from 'node:timers/promises'
import type { TurnEnd } from '../../server/protocol.ts'
import type { Said, State } from './feed-log.ts'
import type { ModelEvent } from './model/server.ts'
import type { Row, Verdict } from './row.ts'
import type { Stage } from './stage.ts'
import { until } from './until.ts'

/** Longest that a phase is waited for. */
const PATIENCE_MS = 45_000
/** The same for the start of an agent: cold, on a busy machine, some take a minute. */
const START_MS = 150_000
/** A wrong state that lasts longer is a miss. */
const WRONG_MS = 2_000
/** Budgets: what the agent showed itself after that, and any other change (seconds). */
const SHOWN_S = 0.5
const CHANGE_S = 5
/** The screen is looked at so often while a dialog is awaited (milliseconds). */
const LOOK_MS = 100

/** Whoever wants every phase's screen, to keep it as a recording. */
export type OnPhase = (phase: string, expected: readonly State[]) => Promise<void>

interface Held {
  states: readonly State[]
  since: number
  row?: Row
}

/** Plays phases on a stage, knows what is true at each time, and writes down what the feed said. */
export class Play {
  readonly rows: Row[] = []
  readonly #stage: Stage
  readonly #version: string
  readonly #hooks: boolean
  readonly #onPhase: OnPhase
  /** What is true now; the feed must say so. */
  #held: Held | undefined

  constructor(
    stage: Stage,
    { version, hooks, onPhase }: { version: string; hooks: boolean; onPhase: OnPhase },
  ) {
    this.#stage = stage
    this.#version = version
    this.#hooks = hooks
    this.#onPhase = onPhase
  }

  /** Types a prompt into an empty input box; returns the time of Enter. */
  async prompt(text: string): Promise<number> {
    await this.#stage.keys(['C-u'])
    return this.#stage.line(text)
  }

  /**
   * From `act` on one of `states` is true. Waits until the feed says so and writes a row. What was
   * true before has to have been said until `act`.
   */
  async becomes(
    phase: string,
    states: readonly State[],
    act: number,
    isStart = false,
  ): Promise<Said | undefined> {
    this.settle(act)
    const stop = new AbortController()
    const sign = this.#sign(states, stop.signal)
    const patience = isStart ? START_MS : PATIENCE_MS
    const said = await until(() => this.#stage.feed.firstSince(states, act), patience)
    // The screen may come after a file or hook that told the same.
    if (said && this.#shows(said.state)) await Promise.race([sign, wait(3_000)])
    stop.abort()
    const shown = await sign
    const seconds = said && Math.max(0, said.at - act) / 1_000
    const after = said && shown !== undefined ? (said.at - shown) / 1_000 : undefined
    // How long an agent takes to start is its own matter.
    const isSlow = !isStart && (seconds ?? 0) > CHANGE_S
    const isLate = after === undefined ? isSlow : after > SHOWN_S
    const row: Row = this.row(phase, states, said ? (isLate ? 'late' : 'ok') : 'miss', {
      ...(said
        ? { state: said.state, source: said.view.evidence.source }
        : this.#stage.feed.state && { state: this.#stage.feed.state }),
      ...(seconds === undefined ? {} : { seconds }),
      ...(after === undefined ? {} : { afterScreen: after }),
    })
    this.#held = { states, since: said?.at ?? Date.now(), row }
    await this.#onPhase(phase, states)
    return said
  }

  /** Lets time pass in which the state must not change. */
  async hold(ms: number): Promise<void> {
    await wait(ms)
    this.settle(Date.now())
  }

  /** What was true until now was said all the time, or its row becomes a miss. */
  settle(to: number): void {
    const held = this.#held
    if (!held) return
    const wrong = this.#stage.feed.others(held.states, held.since, to, WRONG_MS)
    if (wrong.length > 0 && held.row) {
      const notes = wrong.map(({ state, ms, line }) => `${state} for ${ms / 1_000} s (${line})`)
      const worse: Row = { ...held.row, verdict: 'miss', notes: [...held.row.notes, ...notes] }
      this.rows[this.rows.indexOf(held.row)] = worse
      held.row = worse
    }
    held.since = to
  }

  /** Nothing is known to be true until the next phase. */
  release(): void {
    this.settle(Date.now())
    this.#held = undefined
  }

  /** The next event of the model after `from`. */
  async model(types: readonly ModelEvent['type'][], from: number): Promise<ModelEvent> {
    const { events } = this.#stage.model
    const find = () => events.find(({ at, type }) => at >= from && types.includes(type))
    const event = await until(find, PATIENCE_MS)
    if (event) return event
    throw new Error(`the model was not ${types.join(' or ')}; on screen:\n${await this.#screen()}`)
  }

  /** Writes how the last turn ended into the newest row, and misses where it ended otherwise. */
  async turnEnds(ends: readonly TurnEnd[]): Promise<void> {
    const id = this.#stage.feed.view?.id ?? ''
    const ended = async () => {
      const turn = await this.#stage.lastTurn(id)
      return turn?.end && ends.includes(turn.end) ? turn : undefined
    }
    const row = this.rows.pop()
    if (!row) return
    const turn = (await until(ended, 8_000)) ?? (await this.#stage.lastTurn(id))
    const isRight = turn?.end !== undefined && ends.includes(turn.end)
    const note = `turn ${turn?.end ?? (turn ? 'runs' : 'unknown')}`
    const changed: Row = {
      ...row,
      verdict: isRight ? row.verdict : 'miss',
      notes: [...row.notes, isRight ? note : `${note}, not ${ends.join(' or ')}`],
    }
    this.rows.push(changed)
    if (this.#held) this.#held.row = changed
  }

  /** Adds a row; for phases without a state of their own. */
  row(phase: string, expected: readonly State[], verdict: Verdict, more: Partial<Row> = {}): Row {
    const { kind } = this.#stage
    const row = {
      ...{ kind, version: this.#version, hooks: this.#hooks, phase },
      ...{ expected, verdict, notes: [] },
      ...more,
    }
    this.rows.push(row)
    return row
  }

  async #screen(): Promise<string> {
    return (await this.#stage.shown()).text.replace(/\n{2,}/g, '\n')
  }

  #shows(state: State): RegExp | undefined {
    return this.#stage.agent.shows[state]
  }

  /** When the agent's own screen first showed such a state; undefined where it has no sign of it. */
  async #sign(states: readonly State[], signal: AbortSignal): Promise<number | undefined> {
    const shows = states.map((state) => this.#shows(state)).find(Boolean)
    if (!shows) return undefined
    while (!signal.aborted) {
      if (shows.test((await this.#stage.shown()).text)) return Date.now()
      await wait(LOOK_MS)
    }
    return undefined
  }
}
