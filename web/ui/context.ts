import { createContext, useContext } from 'solid-js'
import type { NeedPlace, Needs } from '../state/attention.ts'
import type { Live } from '../state/live.ts'
import type { Place } from '../state/place.ts'
import type { Tabs } from '../state/tabs.ts'

export type DialogName =
  | { name: 'new-session'; server?: string }
  | { name: 'kill'; session: string }
  | { name: 'devices' }
  | { name: 'settings' }

/** What every part of the shell may use. */
export interface AppContext {
  live: Live
  tabs: Tabs
  /** Where the page is, from the address. */
  place(): Place
  /** Goes to a place; it becomes an entry of the browser's history. */
  open(place: Place): void
  /** What waits for the user, by agent, most urgent first. */
  needs(): Needs
  /** Goes to where a need is met. */
  openNeed(place: NeedPlace): void
  /** Selected session id, from the address. */
  selected(): string | undefined
  /** Goes to a session's terminal, or with undefined to the list. */
  go(session: string | undefined): void
  showDialog(dialog: DialogName): void
  /** One sentence that goes by itself after a few seconds. */
  say(text: string): void
  /** Whether this device may create, rename and end sessions. */
  mayManage(): boolean
  /** The session whose name is being edited in place. */
  renaming(): string | undefined
  setRenaming(session: string | undefined): void
}

export const App = createContext<AppContext>()

export function useApp(): AppContext {
  const app = useContext(App)
  if (!app) throw new Error('invariant: used outside the shell')
  return app
}
