import type { ScreenFacts } from '../agents/adapter.ts'
import { TmuxError } from '../tmux/errors.ts'
import { readScreen } from '../tmux/screen.ts'
import type { TmuxServer } from '../tmux/server.ts'
import { Slots } from './slots.ts'

/** Screens read at the same time, over all servers. */
const AT_ONCE = 4

/** Rows of a screen as adapters read them; its title comes from the listing. */
export type PaneScreen = Omit<ScreenFacts, 'title' | 'at'>

/** Reads what a pane (tmux's id) shows; undefined where nobody can tell now. */
export type ReadPaneScreen = (
  server: TmuxServer,
  tmuxPane: string,
) => Promise<PaneScreen | undefined>

/** A reader that asks for a few screens at a time, so that a fleet does not crowd out input. */
export function paneScreens(): ReadPaneScreen {
  const slots = new Slots(AT_ONCE)
  return (server, tmuxPane) =>
    slots.run(async () => {
      try {
        const screen = await readScreen(server, tmuxPane, 'plain')
        if (!screen) return undefined
        const rows = screen.text.split('\n').map((row) => row.trimEnd())
        return { rows, cols: screen.cols, alternate: screen.alternate }
      } catch (error) {
        // A pane that has just gone, or a tmux that hangs: both are told elsewhere.
        if (error instanceof TmuxError) return undefined
        throw error
      }
    })
}
