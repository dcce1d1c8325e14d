/** Every agent with a running turn, and when it is looked at next. Times in milliseconds of one steady clock. */
export class TurnSchedule {
  readonly #open = new Map<string, { generation: number; dueAt: number }>()

  /** A turn runs. Between its start and the first look at most one interval passes. */
  open(agent: string, generation: number, now: number, everyMs: number): void {
    this.#open.set(agent, { generation, dueAt: nextDue(agent, now, everyMs) })
  }

  close(agent: string): void {
    this.#open.delete(agent)
  }

  /** The turn that runs; undefined where none does. */
  generationOf(agent: string): number | undefined {
    return this.#open.get(agent)?.generation
  }

  /** All running turns. */
  all(): { agent: string; generation: number }[] {
    return [...this.#open].map(([agent, { generation }]) => ({ agent, generation }))
  }

  /** The turns to look at now; each is due again one interval on. */
  takeDue(now: number, everyMs: number): { agent: string; generation: number }[] {
    const due: { agent: string; generation: number }[] = []
    for (const [agent, turn] of this.#open) {
      if (turn.dueAt > now) continue
      turn.dueAt = nextDue(agent, now, everyMs)
      due.push({ agent, generation: turn.generation })
    }
    return due
  }

  /** When the next one is due; undefined where no turn runs. */
  nextAt(): number | undefined {
    if (this.#open.size === 0) return undefined
    return Math.min(...[...this.#open.values()].map(({ dueAt }) => dueAt))
  }
}

/** The next moment of this agent's own phase, so that agents which begin together do not stay so. */
function nextDue(agent: string, now: number, everyMs: number): number {
  let sum = 0
  for (const char of agent) sum = (sum * 31 + char.charCodeAt(0)) % 1_000_003
  const phase = (sum / 1_000_003) * everyMs
  const passed = (((now - phase) % everyMs) + everyMs) % everyMs
  return now + everyMs - passed
}
