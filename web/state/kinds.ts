import { createSignal } from 'solid-js'
import type { AgentKind } from '../../server/protocol.ts'

/** Names of kinds as the server told them last: it alone knows which agents there are. */
const [names, setNames] = createSignal<Readonly<Record<AgentKind, string>>>({})

/** Takes the names of a `hello`. */
export function learnKinds(told: Readonly<Record<AgentKind, string>>): void {
  setNames(told)
}

/** What people call a kind; its own short name where the server has not told. */
export function kindName(kind: AgentKind): string {
  return names()[kind] ?? kind
}
