import { isShell } from '../agents/shell.ts'
import { readRow } from '../lib/proc.ts'
import { delay } from '../lib/time.ts'
import { readScreen } from '../tmux/screen.ts'
import type { PaneEntry, Registry } from './registry.ts'

/** A new shell is given so long until it has the keyboard and has drawn its prompt (milliseconds). */
const SHELL_MS = 15_000
const LOOK_MS = 100
/** A shell without any prompt is taken as ready after so long (milliseconds). */
const SILENT_SHELL_MS = 3_000

/** The pane (our id) once a shell has its keyboard and shows something; undefined where that never comes. */
export async function waitForShell(
  { registry, signal }: { registry: Registry; signal: AbortSignal },
  pane: string,
): Promise<PaneEntry | undefined> {
  const began = performance.now()
  for (let waited = 0; waited < SHELL_MS && !signal.aborted; ) {
    const entry = registry.pane(pane)
    if (entry && hasShell(entry)) {
      if (waited >= SILENT_SHELL_MS) return entry
      const screen = await readScreen(entry.server, entry.view.tmuxId, 'plain')
      if (screen?.text.trim()) return entry
    }
    await delay(LOOK_MS, signal)
    waited = performance.now() - began
  }
  return undefined
}

/** Whether the pane's own shell has the keyboard: nothing that it started is in front of it. */
export function hasShell({ view }: PaneEntry): boolean {
  const row = readRow(view.pid)
  if (!row) return isShell(view.command)
  return isShell(row.name) && row.foreground === row.group && !view.dead
}
