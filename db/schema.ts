import { blob, index, integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type {
  Activity,
  AgentKind,
  AgentView,
  AttentionReason,
  LostSession,
  Restorer,
  Scope,
  SearchKind,
  Settings,
  SnapshotReason,
  TurnEnd,
} from '../server/protocol.ts'

/** One paired browser or phone. Of its token only the SHA-256 is here. Times in epoch milliseconds. */
export const devices = sqliteTable('devices', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  scope: text('scope').$type<Scope>().notNull(),
  tokenHash: blob('token_hash', { mode: 'buffer' }).notNull().unique(),
  createdAt: integer('created_at').notNull(),
  lastUsedAt: integer('last_used_at').notNull(),
})

/**
 * One turn of an agent. Texts are redacted excerpts; a number that is absent is unknown. A row
 * without an end is running, or was when we stopped. Times in epoch milliseconds.
 */
export const turns = sqliteTable(
  'turns',
  {
    agent: text('agent').notNull(),
    generation: integer('generation').notNull(),
    startedAt: integer('started_at').notNull(),
    endedAt: integer('ended_at'),
    end: text('end').$type<TurnEnd>(),
    prompt: text('prompt').notNull(),
    lastWords: text('last_words').notNull(),
    tools: integer('tools').notNull(),
    input: integer('input'),
    output: integer('output'),
    cacheRead: integer('cache_read'),
    cacheWrite: integer('cache_write'),
    contextUsed: integer('context_used'),
    contextSize: integer('context_size'),
    costUsd: real('cost_usd'),
  },
  (table) => [
    primaryKey({ columns: [table.agent, table.generation] }),
    index('turns_started_at').on(table.startedAt),
  ],
)

/**
 * Hook events whose effects are in this database although their file may still be in the spool:
 * written with the effects, so that a file which outlives a crash is not applied again.
 */
export const appliedHooks = sqliteTable('applied_hooks', {
  id: text('id').primaryKey(),
})

/**
 * One need of an agent, from when it arose until it ended by an act. `ask` is the id of the dialog
 * that waits; `since` is when the agent began to wait by the clock of then, `clockShift` by how much
 * the clock was set since, `openedAt` when we knew. Devices stand here by name, which outlives them.
 * Times in epoch milliseconds.
 */
export const attention = sqliteTable(
  'attention',
  {
    id: text('id').primaryKey(),
    agent: text('agent').notNull(),
    reason: text('reason').$type<AttentionReason>().notNull(),
    generation: integer('generation').notNull(),
    ask: text('ask'),
    text: text('text').notNull(),
    since: integer('since').notNull(),
    clockShift: integer('clock_shift').notNull(),
    openedAt: integer('opened_at').notNull(),
    seenAt: integer('seen_at'),
    seenBy: text('seen_by'),
    snoozedUntil: integer('snoozed_until'),
    answeredAt: integer('answered_at'),
    answeredBy: text('answered_by'),
    dismissedAt: integer('dismissed_at'),
    dismissedBy: text('dismissed_by'),
    closedAt: integer('closed_at'),
  },
  (table) => [
    index('attention_agent').on(table.agent, table.openedAt),
    index('attention_closed_at').on(table.closedAt),
  ],
)

/**
 * Where notices are sent: to the browser of a device (`id` is the device's, the keys are that
 * browser's) or to an address that somebody set. `since` in epoch milliseconds.
 */
export const pushTargets = sqliteTable('push_targets', {
  id: text('id').primaryKey(),
  endpoint: text('endpoint').notNull(),
  p256dh: text('p256dh'),
  auth: text('auth'),
  since: integer('since').notNull(),
})

/** What people set, in one row: only what differs from the defaults. `version` grows with each change. */
export const settings = sqliteTable('settings', {
  id: integer('id').primaryKey(),
  version: integer('version').notNull(),
  changed: text('changed', { mode: 'json' }).$type<Partial<Settings>>().notNull(),
})

/**
 * What a terminal showed at moments of a turn. Rows are only added and, oldest middle first, taken
 * away; `seenAt` alone moves, while the screen stays as it was. Times in epoch milliseconds.
 */
export const snapshots = sqliteTable(
  'snapshots',
  {
    agent: text('agent').notNull(),
    /** The turn. */
    generation: integer('generation').notNull(),
    /** Counts the agent's snapshots from 1. */
    number: integer('number').notNull(),
    at: integer('at').notNull(),
    /** Until when it was seen to show the same. */
    seenAt: integer('seen_at').notNull(),
    reason: text('reason').$type<SnapshotReason>().notNull(),
    activity: text('activity').$type<Activity>().notNull(),
    cols: integer('cols').notNull(),
    rows: integer('rows').notNull(),
    /** Lines of scrollback in `content`, and those that were left out before them. */
    lines: integer('lines').notNull(),
    cut: integer('cut').notNull(),
    /** Lines that had left the screen since the agent's first snapshot: a gap tells what is missing. */
    total: integer('total').notNull(),
    /** Lines that tmux held above the screen, and marks of the last of them: where the next begins. */
    history: integer('history').notNull(),
    anchor: text('anchor').notNull(),
    /** Short object id and changed files of its worktree; null where git did not say. */
    head: text('head'),
    changes: integer('changes'),
    /** SHA-256 of what it shows. */
    hash: blob('hash', { mode: 'buffer' }).notNull(),
    /** Gzip of JSON (`server/core/snapshot-content.ts`), and its length. */
    content: blob('content', { mode: 'buffer' }).notNull(),
    bytes: integer('bytes').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.agent, table.number] }),
    index('snapshots_turn').on(table.agent, table.generation, table.number),
    // Retention looks at every row, and must not walk over what they show.
    index('snapshots_size').on(
      table.agent,
      table.number,
      table.generation,
      table.at,
      table.seenAt,
      table.bytes,
    ),
  ],
)

/** What is stored to be searched; the rest is searched where it is. */
export type StoredSearchKind = Extract<SearchKind, 'snapshot' | 'transcript'>

/**
 * What can be searched, in pieces of some lines, all of it redacted. `id` counts up with the time
 * (`at`, epoch milliseconds, times 1,024), so that the order of ids is the order of time. `ref` is
 * what the piece is a part of: the number of a snapshot, the id of an entry of a transcript; `line`
 * is the place of its first line in there. `session` and `repository` are names and paths of then.
 * The index of trigrams, `search_index`, has the same ids; triggers keep it in step.
 */
export const searchTexts = sqliteTable(
  'search_texts',
  {
    id: integer('id').primaryKey(),
    kind: text('kind').$type<StoredSearchKind>().notNull(),
    agent: text('agent').notNull(),
    agentKind: text('agent_kind').$type<AgentKind>().notNull(),
    session: text('session').notNull(),
    repository: text('repository').notNull(),
    ref: text('ref').notNull(),
    line: integer('line').notNull(),
    text: text('text').notNull(),
  },
  (table) => [index('search_texts_ref').on(table.agent, table.kind, table.ref)],
)

/**
 * What is known of an agent beyond its own life, so that a row outlives its process, its tmux and
 * our restarts. All texts are redacted. Times in epoch milliseconds.
 */
export const agents = sqliteTable('agents', {
  id: text('id').primaryKey(),
  /** As pages saw it last. */
  view: text('view', { mode: 'json' }).$type<AgentView>().notNull(),
  /** The run of tmux that it lived in: a `tmux_runs.id`, whether or not that is still kept. */
  run: text('run').notNull(),
  /** Index of its window in the session; names and the pane's index are in `view.place`. */
  window: integer('window').notNull(),
  /** What it was started with, the program first. */
  argv: text('argv', { mode: 'json' }).$type<string[]>().notNull(),
  /** The file that it wrote its conversation to, as far as that was read. */
  transcript: text('transcript'),
  /** The tool that ran in the turn that was cut off; empty where none did. */
  tool: text('tool').notNull(),
  seenAt: integer('seen_at').notNull(),
  endedAt: integer('ended_at'),
})

/** One life of a tmux server and what stood in it when we last saw it. Times in epoch milliseconds. */
export const tmuxRuns = sqliteTable('tmux_runs', {
  /** Names socket, process and start. */
  id: text('id').primaryKey(),
  /** Our id of the tmux server at that socket, and its short name. */
  server: text('server').notNull(),
  label: text('label').notNull(),
  sessions: text('sessions', { mode: 'json' }).$type<Omit<LostSession, 'isBack'>[]>().notNull(),
  restoredBy: text('restored_by').$type<Restorer>(),
  seenAt: integer('seen_at').notNull(),
  /** When we brought its sessions back by ourselves, or saw that nobody wants that: decided once. */
  resumedAt: integer('resumed_at'),
})

/**
 * The label of the batch that a session was started in, by our id of the session, which is never
 * another's. `at`: epoch milliseconds.
 */
export const batches = sqliteTable('batches', {
  session: text('session').primaryKey(),
  label: text('label').notNull(),
  at: integer('at').notNull(),
})
