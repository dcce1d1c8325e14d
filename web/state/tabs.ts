import { createStore, reconcile } from 'solid-js/store'
import type { ViewName } from './place.ts'

/** The terminals that are open in this page: each keeps its connection and its screen. */

/** Open terminals at most; each is a tmux client on the server and a grid in the browser. */
export const MAX_TABS = 5

export interface Tab {
  /** Session id. */
  session: string
  /** The pane to show; undefined follows the session's current one. */
  pane: string | undefined
  /** The view it showed last; it stays while another terminal beside it has the focus. */
  view: ViewName
  /** Name when last known, for the time after the session's end. */
  name: string
  /** Grows with each visit; the smallest is the first to go. */
  visit: number
}

export interface Tabs {
  readonly list: readonly Tab[]
  /**
   * Opens or comes back to a session's terminal; returns the tab that had to close for it, which is
   * none of the sessions in `keep`.
   */
  open(session: string, name: string, keep?: readonly string[]): Tab | undefined
  close(session: string): void
  /** Shows one pane of the session, or with undefined its current one; also before it is open. */
  choosePane(session: string, pane: string | undefined): void
  rename(session: string, name: string): void
  showView(session: string, view: ViewName): void
}

export function createTabs(): Tabs {
  const [list, setList] = createStore<Tab[]>([])
  let visits = 0
  /** Panes chosen before their tab was open. */
  const chosen = new Map<string, string | undefined>()
  const put = (next: Tab[]) => setList(reconcile(next, { key: 'session' }))
  return {
    list,
    open(session, name, keep = []) {
      visits += 1
      const index = list.findIndex((tab) => tab.session === session)
      if (index >= 0) {
        setList(index, 'visit', visits)
        return undefined
      }
      const victim =
        list.length < MAX_TABS
          ? undefined
          : list
              .filter((tab) => !keep.includes(tab.session))
              .reduce((a, b) => (b.visit < a.visit ? b : a))
      const closed = victim && { ...victim }
      const rest = list.filter((tab) => tab.session !== closed?.session)
      const pane = chosen.get(session)
      put([...rest, { session, pane, view: 'terminal', name, visit: visits }])
      chosen.delete(session)
      return closed
    },
    close: (session) => put(list.filter((tab) => tab.session !== session)),
    choosePane(session, pane) {
      if (list.some((tab) => tab.session === session)) {
        setList((tab) => tab.session === session, 'pane', pane)
      } else chosen.set(session, pane)
    },
    rename: (session, name) => setList((tab) => tab.session === session, 'name', name),
    showView: (session, view) => setList((tab) => tab.session === session, 'view', view),
  }
}
