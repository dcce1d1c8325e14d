import { eq } from 'drizzle-orm'
import type { Database } from './open.ts'
import { devices } from './schema.ts'

/** One row: a device and the SHA-256 of its token. */
export type DeviceRow = typeof devices.$inferSelect

/** All devices, oldest first. */
export function listDevices(db: Database): DeviceRow[] {
  return db.select().from(devices).orderBy(devices.createdAt).all()
}

/** Keeps a device; it is on the disk when this returns. */
export function insertDevice(db: Database, row: DeviceRow): void {
  db.insert(devices).values(row).run()
}

/** Forgets a device; that is on the disk when this returns. */
export function deleteDevice(db: Database, id: string): void {
  db.delete(devices).where(eq(devices.id, id)).run()
}

/** Notes when devices were last used, in one transaction. Times in epoch milliseconds. */
export function touchDevices(db: Database, used: ReadonlyMap<string, number>): void {
  db.transaction((tx) => {
    for (const [id, lastUsedAt] of used) {
      tx.update(devices).set({ lastUsedAt }).where(eq(devices.id, id)).run()
    }
  })
}
