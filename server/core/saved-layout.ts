import type { TmuxRunRow } from '../../db/tmux-runs.ts'
import type { PaneView, SessionView, WindowView } from '../protocol.ts'
import type { WindowLayout } from '../tmux/layout.ts'
import { redact } from './redact.ts'

/** A session as it is kept. */
export type SavedSession = TmuxRunRow['sessions'][number]
type SavedWindow = SavedSession['windows'][number]
type SavedPane = SavedWindow['panes'][number]

/** Command lines are kept to be read by people. */
const COMMAND_CHARS = 400

/** What stands in a tmux server, so that it can be built again. `layouts`: by tmux's window id. */
export function savedSessions(
  sessions: readonly SessionView[],
  layouts: ReadonlyMap<string, WindowLayout>,
): SavedSession[] {
  return sessions.map(({ id, name, group, windows }) => ({
    id,
    name: redact(name),
    ...(group === undefined ? {} : { group: redact(group) }),
    windows: windows.map((window) => savedWindow(window, layouts.get(window.tmuxId))),
  }))
}

function savedWindow(window: WindowView, layout: WindowLayout | undefined): SavedWindow {
  const { name, index, active, zoomed, cols, rows, panes } = window
  return {
    name: redact(name),
    index,
    layout: layout?.layout ?? '',
    active,
    zoomed,
    autoNamed: layout?.autoNamed ?? true,
    cols,
    rows,
    panes: panes.map(savedPane),
  }
}

function savedPane({ index, active, cwd, command, argv, agent }: PaneView): SavedPane {
  const line = argv.length > 0 ? argv.join(' ') : command
  return {
    index,
    active,
    cwd: redact(cwd),
    command: redact(line).slice(0, COMMAND_CHARS),
    ...(agent === undefined ? {} : { agent }),
  }
}
