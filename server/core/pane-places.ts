import type { TmuxServer } from '../tmux/server.ts'
import type { TmuxPane, TmuxTree } from '../tmux/tree.ts'
import { generationOf, idOf } from './views.ts'

/** A pane where it stands, once, although its window may be linked into several sessions. */
export interface PanePlace {
  /** Our ids. */
  id: string
  session: string
  pane: TmuxPane
  /** What people call the place: the pane by its index. */
  names: { session: string; window: string; pane: number }
  windowIndex: number
}

/** What was made of the newest listing: it is read far more often than it changes. */
const made = new WeakMap<TmuxTree, readonly PanePlace[]>()

/** The panes of people that a tmux server listed last. */
export function panesOf(server: TmuxServer): readonly PanePlace[] {
  const { tree } = server
  if (!tree) return []
  const known = made.get(tree)
  if (known) return known
  const generation = generationOf(server.id, tree.identity)
  const places = new Map<string, PanePlace>()
  for (const session of tree.sessions) {
    for (const window of session.windows) {
      for (const pane of window.panes) {
        const id = idOf('p', pane.id, generation)
        if (places.has(id)) continue
        places.set(id, {
          id,
          session: idOf('s', session.id, generation),
          pane,
          names: { session: session.name, window: window.name, pane: pane.index },
          windowIndex: window.index,
        })
      }
    }
  }
  const list = [...places.values()]
  made.set(tree, list)
  return list
}
