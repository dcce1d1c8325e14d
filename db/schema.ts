import { blob, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { Scope } from '../server/protocol.ts'

/** One paired browser or phone. Of its token only the SHA-256 is here. Times in epoch milliseconds. */
export const devices = sqliteTable('devices', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  scope: text('scope').$type<Scope>().notNull(),
  tokenHash: blob('token_hash', { mode: 'buffer' }).notNull().unique(),
  createdAt: integer('created_at').notNull(),
  lastUsedAt: integer('last_used_at').notNull(),
})
