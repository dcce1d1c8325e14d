export const ENTRY_TYPES = ['user', 'agent', 'thinking', 'tool', 'note'] as const
/** `note`: what the agent's program says by itself, such as a compaction or an error. */
export type EntryType = (typeof ENTRY_TYPES)[number]

/** One entry of a transcript, readable and redacted. */
export interface TranscriptEntry {
  /** Stable: the same entry has the same id in every answer. */
  id: string
  /** Epoch milliseconds; 0 where the agent does not tell. */
  at: number
  type: EntryType
  /** Markdown for `agent` and `thinking`, plain text otherwise. */
  text: string
  tool?: TranscriptTool
  /** Id of the subagent that said it. */
  subagent?: string
  /** Characters that were left out of its texts, each of which ends after 32,768. */
  cut?: number
}

export interface TranscriptTool {
  name: string
  /** Its first argument in one line: the command, the file. */
  summary: string
  /** Arguments as the agent wrote them. */
  input: string
  output: string
  status: 'running' | 'done' | 'failed' | 'denied' | 'unknown'
  /** Unified diff, where the tool edits a file and the agent tells it. */
  diff?: string
}

/**
 * `GET /api/agents/:id/transcript?before=&after=&limit=`: in order of time, the newest part first
 * asked. With `after`, only the news since then, or the newest part where that place is not known:
 * the transcript is another one, was written anew, or has grown by more than `limit` entries.
 */
export interface TranscriptResponse {
  entries: TranscriptEntry[]
  /** Pass as `before` for older entries; absent at the beginning. */
  before?: string
  /** Pass as `after` to be told what is new since this answer; absent on older parts. */
  after?: string
  /** Where `entries` are news: those from before that have changed since, such as calls that ended. */
  changed?: TranscriptEntry[]
  /** Whether this kind of agent has a transcript that can be read, and one was found. */
  source: 'transcript' | 'none'
}
