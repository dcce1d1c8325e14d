/**
 * The wire: every view, frame, close code and limit that server and page share, a file for each
 * part in `protocol/`.
 *
 * Those files import nothing but each other's types, so that the page can use them without reaching
 * Node and the database without reaching the server. Two rules hold for all frames of the feed:
 *  - a frame carries the whole entity and may arrive twice or late (apply it idempotently);
 *  - `epoch` only grows within one `boot`; anything older than what you hold is dropped.
 */
export * from './protocol/access.ts'
export * from './protocol/acting.ts'
export * from './protocol/agents.ts'
export * from './protocol/attachments.ts'
export * from './protocol/attention.ts'
export * from './protocol/conversation.ts'
export * from './protocol/errors.ts'
export * from './protocol/feed.ts'
export * from './protocol/git.ts'
export * from './protocol/hooks.ts'
export * from './protocol/limits.ts'
export * from './protocol/push.ts'
export * from './protocol/recovery.ts'
export * from './protocol/search.ts'
export * from './protocol/settings.ts'
export * from './protocol/snapshots.ts'
export * from './protocol/starts.ts'
export * from './protocol/status.ts'
export * from './protocol/storage.ts'
export * from './protocol/terminal.ts'
export * from './protocol/tmux.ts'
