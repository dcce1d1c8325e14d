import type { SearchText } from '../../db/search.ts'
import type { AgentView, SnapshotReason } from '../protocol.ts'
import { plain } from '../tmux/styled.ts'
import type { Registry } from './registry.ts'
import { piecesOf, RecentLines } from './search-pieces.ts'
import { agentPlace } from './search-place.ts'
import type { SnapshotContent } from './snapshot-content.ts'

/**
 * What of a snapshot can be searched. While a turn runs only lines that were not shown before, so
 * that a screen that stands still is kept once; of the first and the last snapshot of a turn all,
 * because those stay when the ones between are forgotten, and their text with them.
 */
export class SnapshotTexts {
  readonly #registry: Pick<Registry, 'session'>
  readonly #recent = new Map<string, RecentLines>()

  constructor(registry: Pick<Registry, 'session'>) {
    this.#registry = registry
  }

  /** Pieces of a snapshot; a place in them counts its scrollback first, then its screen. */
  of(
    view: AgentView,
    { number, at, reason }: { number: number; at: number; reason: SnapshotReason },
    { scrollback, screen }: Pick<SnapshotContent, 'scrollback' | 'screen'>,
  ): SearchText[] {
    const recent = this.#recent.get(view.id) ?? new RecentLines()
    this.#recent.set(view.id, recent)
    const lines = [...scrollback, ...screen].map(plain)
    const pieces = piecesOf(lines, (line) => recent.add(line) || reason !== 'tick')
    if (reason === 'end') this.forget(view.id)
    const place = agentPlace(view, this.#registry)
    return pieces.map((piece) => ({
      ...{ kind: 'snapshot', agent: view.id, agentKind: view.kind, ...place },
      ...{ ref: `${number}`, at, ...piece },
    }))
  }

  /** What this agent shows next is new. */
  forget(agent: string): void {
    this.#recent.delete(agent)
  }
}
