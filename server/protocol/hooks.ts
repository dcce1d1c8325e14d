import type { AgentKind } from './agents.ts'

export const HOOK_STATES = ['installed', 'absent', 'broken', 'unreadable'] as const
/**
 * `installed`: complete and as this version writes it; `absent`: nothing of ours; `broken`: some
 * of it is missing or of another version or folder, `install` repairs it; `unreadable`: the
 * settings cannot be read or are no JSON, so nothing is touched.
 */
export type HookState = (typeof HOOK_STATES)[number]

/** How the hooks of one kind of agent stand. */
export interface HookView {
  kind: AgentKind
  state: HookState
  /** Whether the agent was ever used here. */
  detected: boolean
  /** The file of the agent that names its hooks. */
  file: string
  /** Why it is installed only by name. */
  optIn?: string
  /** One sentence where there is something to say. */
  detail?: string
}

/** `GET /api/hooks`. They are installed and removed by `dogwatch hooks` alone. */
export interface HooksResponse {
  /** False where dogwatch was told not to read what hooks report. */
  listening: boolean
  hooks: HookView[]
}
