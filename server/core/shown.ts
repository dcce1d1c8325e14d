import type { Database } from '../../db/open.ts'
import type { ScreenResponse } from '../protocol.ts'
import { TmuxError } from '../tmux/errors.ts'
import { readScreen } from '../tmux/screen.ts'
import type { Registry } from './registry.ts'
import { lastScreen } from './snapshot-reading.ts'

/**
 * What a pane shows now; where that cannot be had, what an agent last showed there, with its age.
 * Undefined where nothing is known; rejects with the `TmuxError` that kept us from looking.
 */
export async function shownOrRemembered(
  { registry, db }: { registry: Registry; db: Database },
  paneId: string,
  format: 'plain' | 'ansi',
): Promise<ScreenResponse | undefined> {
  const entry = registry.pane(paneId)
  let trouble: TmuxError | undefined
  try {
    const screen = entry && (await readScreen(entry.server, entry.view.tmuxId, format))
    if (screen) return screen
  } catch (error) {
    if (!(error instanceof TmuxError)) throw error
    trouble = error
  }
  // The one that was there last tells most.
  const agents = registry.agents().filter(({ pane }) => pane === paneId)
  const [latest] = agents.sort((one, other) => other.startedAt - one.startedAt)
  const remembered = latest && (await lastScreen(db, latest.id, format))
  if (!remembered && trouble) throw trouble
  return remembered
}
