import { createContext, useContext } from 'solid-js'
import type { AgentView, RecoveryResponse } from '../../server/protocol.ts'
import type { Asked } from '../state/asked.ts'
import type { NeedPlace, Needs } from '../state/attention.ts'
import type { Live } from '../state/live.ts'
import type { Place } from '../state/place.ts'
import type { Split } from '../state/split.ts'
import type { Tabs } from '../state/tabs.ts'
import type { Terminals } from './terminals.ts'

export type DialogName =
  | { name: 'new-session'; server?: string }
  | { name: 'prompt-several' }
  | { name: 'kill'; session: string }
  | { name: 'devices' }
  /** Everything, or only the sessions that may stand beside the one in sight; `typed` as it loaded. */
  | { name: 'palette'; beside?: boolean; typed?: string }
  | { name: 'shortcuts' }

/** What every part of the shell may use. */
export interface AppContext {
  live: Live
  tabs: Tabs
  terminals: Terminals
  split: Split
  /** Whether there is room for more than one thing at a time. */
  wide(): boolean
  /** The sessions that stand beside each other now, the selected one among them; none when alone. */
  parts(): readonly string[]
  /** Moves the focus to a terminal that stands beside; no entry of the browser's history. */
  goToPart(session: string): void
  /** Where the page is, from the address. */
  place(): Place
  /** Goes to a place; it becomes an entry of the browser's history. */
  open(place: Place): void
  /** What waits for the user, by agent, most urgent first. */
  needs(): Needs
  /** What was put aside for now, by agent. */
  needsAside(): Needs
  /** What ended with its tmux, and how far it is back. */
  recovery: Asked<RecoveryResponse>
  /** Running coding agents of a session, most needing first. */
  agentsOf(session: string): readonly AgentView[]
  /** Running subagents of an agent, the oldest first. */
  subagentsOf(agent: string): readonly AgentView[]
  /** Where the needs are met, most urgent first. */
  needPlaces(): readonly NeedPlace[]
  /** How many places those are, at most once a second: for what stands outside of the page. */
  needCount(): number
  /** Goes to where a need is met. */
  openNeed(place: NeedPlace): void
  /** Selected session id, from the address. */
  selected(): string | undefined
  /** Goes to a session's terminal, or with undefined to the list. */
  go(session: string | undefined): void
  /** The dialog that is open. */
  dialog(): DialogName | undefined
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
