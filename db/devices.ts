import { eq } from 'drizzle-orm'
import type { Database } from './open.ts'
import { deletePushTarget } from './push.ts'
import { devices } from './schema.ts'
import type { Transaction } from './writer.ts'

/** One row: a device and the SHA-256 of its token. */
export type DeviceRow = typeof devices.$inferSelect

/** All devices, oldest first. */
export function listDevices(db: Database): DeviceRow[] {
  return db.select().from(devices).orderBy(devices.createdAt).all()
}

/** Keeps a device. */
export function insertDevice(db: Transaction, row: DeviceRow): void {
  db.insert(devices).values(row).run()
}

/** Forgets a device and where its notices went, if it is there. */
export function deleteDevice(db: Transaction, id: string): void {
  db.delete(devices).where(eq(devices.id, id)).run()
  deletePushTarget(db, id)
}

/** Notes when devices were last used. Times in epoch milliseconds. */
export function touchDevices(db: Transaction, used: ReadonlyMap<string, number>): void {
  for (const [id, lastUsedAt] of used) {
    db.update(devices).set({ lastUsedAt }).where(eq(devices.id, id)).run()
  }
}
