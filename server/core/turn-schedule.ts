/** Every agent with a running turn, and when it is looked at next. Times in milliseconds of one steady clock. */
export class TurnSchedule {
  readonly #open = new Map<string, { generation: number; dueAt: number }>()

  /**
   * A turn runs. Its start is looked at anyway: the first look comes half an interval later at the
   * soonest and one at the latest, so that agents which begin together do not stay so.
   */
  open(agent: string, generation: number, now: number, everyMs: number): void {
    this.#open.set(agent, { generation, dueAt: now + (everyMs * (1 + shareOf(agent))) / 2 })
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

  /** The turns to look at now; each is due again one interval on, or as many as were slept through. */
  takeDue(now: number, everyMs: number): { agent: string; generation: number }[] {
    const due: { agent: string; generation: number }[] = []
    for (const [agent, turn] of this.#open) {
      if (turn.dueAt > now) continue
      turn.dueAt += everyMs * (1 + Math.floor((now - turn.dueAt) / everyMs))
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

/** A number of its own for each agent, the same in every life of the program: 0 to 1. */
function shareOf(agent: string): number {
  let sum = 0
  for (const char of agent) sum = (sum * 31 + char.charCodeAt(0)) % 1_000_003
  return sum / 1_000_003
}
