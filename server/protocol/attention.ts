/** Why an agent needs its user; the first that holds is the one. */
export const ATTENTION_REASONS = [
  'permission',
  'question',
  'failed',
  'turn',
  'uncommitted',
  'interrupted',
] as const
/**
 * `turn`: it is the user's turn, the agent spoke last; `uncommitted`: it ended and left changes in
 * its worktree; `interrupted`: its turn was cut off by a restart, a crash or the end of tmux.
 */
export type AttentionReason = (typeof ATTENTION_REASONS)[number]

/** What people call each, behind the name of a session: `work: your turn`. */
export const REASON_WORDS: Readonly<Record<AttentionReason, string>> = {
  permission: 'permission',
  question: 'question',
  failed: 'failed',
  turn: 'your turn',
  uncommitted: 'uncommitted',
  interrupted: 'interrupted',
}

/** One need of one agent; there is at most one per agent. It ends by an act, never by a clock. */
export interface AttentionView {
  /** Id of the episode; another need of the same agent later is another episode. */
  id: string
  agent: string
  reason: AttentionReason
  /** Epoch milliseconds since when it waits; never later than now. */
  since: number
  /** One redacted line: what it asks, how it failed, its last words. */
  text: string
  /** The turn that it belongs to; 0 where there was none. */
  generation: number
  /** Id of the `AskView` that waits, for `permission` and `question`. */
  ask?: string
  /** Epoch milliseconds when a device showed it to a person, and the name of that device. */
  seenAt?: number
  seenBy?: string
  /** Epoch milliseconds until which it is put aside; it comes back by itself then. */
  snoozedUntil?: number
}

/** `GET /api/attention`: in order of need; what is snoozed comes last. */
export interface AttentionResponse {
  epoch: number
  items: AttentionView[]
  /** What waits in each repository that is known, the most urgent first. */
  repositories: RepositoryNeed[]
}

/** The needs of one repository: how many are not snoozed, and the most urgent of them. */
export interface RepositoryNeed {
  /** As in `GitView`. */
  repository: string
  count: number
  /** Id of the most urgent, its reason and since when it waits. */
  lead: string
  reason: AttentionReason
  since: number
}

export const NEED_ENDS = ['answered', 'dismissed', 'over'] as const
/**
 * `answered` and `dismissed` by a device of ours; `over`: the agent was answered or prompted in its
 * terminal, went on, or its work was committed.
 */
export type NeedEnd = (typeof NEED_ENDS)[number]

/** A need of the past or of now, for the history of one agent. */
export interface EpisodeView {
  item: AttentionView
  /** Epoch milliseconds; absent while it is open. */
  endedAt?: number
  end?: NeedEnd
  /** Name of the device that answered or dismissed it. */
  by?: string
}

/** `GET /api/agents/:id/attention`: newest first, at most 100. */
export interface EpisodesResponse {
  episodes: EpisodeView[]
}

/** `POST /api/attention/:id/snooze`. */
export interface SnoozeRequest {
  /** Epoch milliseconds, in the future and at most 30 days ahead; 0 ends the snooze. */
  until: number
}

/** Answer of `seen`, `snooze` and `dismiss`; `open` is false where the need had ended before. */
export interface AttentionActResponse {
  id: string
  open: boolean
}

/**
 * `POST /api/panes/:id/answer`: one tap on a permission or question. Refused (`conflict`) where
 * the ask is no longer that one or the screen changed since it was rendered: nothing is typed then.
 */
export interface AnswerRequest {
  id: string
  /** Id of the `AskView` that was shown. */
  ask: string
  answer: 'approve' | 'deny'
  /** Hash of the ask as it was shown (`AskView.hash`). */
  hash: string
}

export interface AnswerResponse {
  answered: boolean
  duplicate: boolean
}
