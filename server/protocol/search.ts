import type { AgentKind } from './agents.ts'

export const SEARCH_KINDS = ['screen', 'snapshot', 'transcript', 'title', 'prompt'] as const
/** Where a text was found: on a live screen, in a snapshot, in the agent's log, in a title or prompt. */
export type SearchKind = (typeof SEARCH_KINDS)[number]

export interface SearchHit {
  kind: SearchKind
  agent?: string
  agentKind?: AgentKind
  /** Name of the session that it ran in, then. */
  session: string
  /** Path of its repository or folder. */
  repository: string
  /** Epoch milliseconds. */
  at: number
  /** Where to open it: id of the snapshot, of the transcript's entry, or of the pane. */
  ref: string
  /** Line within that text, from 0. */
  line: number
  /** The line, redacted, at most 240 characters, and where in it the terms stand. */
  text: string
  ranges: [start: number, end: number][]
}

/** `GET /api/search?q=&kind=&agent=&session=&repository=&from=&to=&limit=`: newest first. */
export interface SearchResponse {
  hits: SearchHit[]
  /** More was found than is listed. */
  more: boolean
  /** Milliseconds that the search took. */
  took: number
}
