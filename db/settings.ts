import type { Settings } from '../server/protocol.ts'
import type { Database } from './open.ts'
import { settings } from './schema.ts'
import type { Transaction } from './writer.ts'

/** There is one row of settings. */
const ROW = 1

/** What people changed, as it was written; undefined where nobody changed anything yet. */
export function readSettings(
  db: Database,
): { version: number; changed: Partial<Settings> } | undefined {
  return db.select({ version: settings.version, changed: settings.changed }).from(settings).get()
}

/** Writes the settings that differ from their defaults. */
export function saveSettings(tx: Transaction, version: number, changed: Partial<Settings>): void {
  tx.insert(settings)
    .values({ id: ROW, version, changed })
    .onConflictDoUpdate({ target: settings.id, set: { version, changed } })
    .run()
}
