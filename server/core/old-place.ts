import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DeadlineError, deadline } from '../lib/time.ts'
import type { OldPlace } from './lost.ts'
import { hasShell } from './pane-shell.ts'
import type { PaneEntry, Registry } from './registry.ts'

/** A folder on a network that is gone must not hold the answer (milliseconds). */
const STAT_MS = 1_000

/**
 * The pane of a tmux server that stands where an agent stood, with a shell waiting in the same
 * folder: a session that was brought back. One of that name that is something else is not it.
 */
export function findOldPlace(
  registry: Registry,
  server: string,
  { session, window, pane, cwd }: OldPlace,
): PaneEntry | undefined {
  const found = registry
    .sessions()
    .find((view) => view.server === server && view.name === session)
    ?.windows.find(({ index }) => index === window)
    ?.panes.find(({ index }) => index === pane)
  const entry = found && registry.pane(found.id)
  return entry && entry.view.cwd === cwd && hasShell(entry) ? entry : undefined
}

/** Whether a folder is there; false also where nobody can tell in time. */
export async function hasFolder(path: string): Promise<boolean> {
  try {
    return (await deadline(stat(path), STAT_MS, 'looking for a folder')).isDirectory()
  } catch (error) {
    if (error instanceof DeadlineError || (error as NodeJS.ErrnoException).code) return false
    throw error
  }
}

/** The folder itself, or the nearest one above it that is still there. */
export async function nearestFolder(path: string): Promise<string> {
  const asked = path.replace(/ \(deleted\)$/, '')
  for (let at = asked.startsWith('/') ? asked : '/'; ; at = dirname(at)) {
    if (at === '/' || (await hasFolder(at))) return at
  }
}
