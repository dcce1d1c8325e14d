import { blob, index, integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { Scope, TurnEnd } from '../server/protocol.ts'

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
