import type { Adapter, ProcessFacts } from '../agents/adapter.ts'
import { agentOnScreen } from '../agents/index.ts'
import type { TmuxServer } from '../tmux/server.ts'
import type { PanePlace } from './pane-places.ts'
import type { ReadPaneScreen } from './pane-screens.ts'

/** A pane that leads elsewhere is looked at this often for an agent on its screen (milliseconds). */
const LOOK_MS = 2_000

interface Known {
  process: string
  adapter: Adapter | undefined
  at: number
}

/**
 * Agents on other machines and in containers: known by their screens alone, and by the program that
 * leads there. Panes are named by our ids.
 */
export class AgentsElsewhere {
  readonly #readScreen: ReadPaneScreen
  readonly #panes = new Map<string, Known>()

  constructor(readScreen: ReadPaneScreen) {
    this.#readScreen = readScreen
  }

  /** The kind of agent behind `process`, which has the pane's foreground; undefined where none is. */
  async look(
    server: TmuxServer,
    { id, pane }: PanePlace,
    process: ProcessFacts,
  ): Promise<Adapter | undefined> {
    const now = Date.now()
    const name = `${process.pid} ${process.start}`
    const held = this.#panes.get(id)
    const known = held?.process === name ? held : undefined
    if (known && now - known.at < LOOK_MS) return known.adapter
    const shown = await this.#readScreen(server, pane.id)
    const screen = shown && { ...shown, title: pane.title, at: now }
    const seen = screen && agentOnScreen(screen)
    // Once it is known, a screen that it alone could not show may still be its own.
    const isStill = known?.adapter && (!screen || known.adapter.fromScreen?.(screen))
    const adapter = isStill ? known.adapter : seen
    this.#panes.set(id, { process: name, adapter, at: now })
    return adapter
  }

  /** The pane shows this machine again, or is gone. */
  forget(pane: string): void {
    this.#panes.delete(pane)
  }
}
