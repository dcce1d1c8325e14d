/** `not-saving`: the disk refuses; what happens is shown and forgotten, until it works again. */
export const STORAGE_STATES = ['saving', 'not-saving'] as const
export type StorageState = (typeof STORAGE_STATES)[number]

/**
 * Why writing does not work, or soon will not: no room at all, or too little to keep any back; the
 * folder may not be written; the disk fails in another way; another program holds the database; it
 * is damaged; or the log alone knows.
 */
export const STORAGE_FAULTS = [
  'full',
  'almost-full',
  'refused',
  'broken',
  'held',
  'damaged',
  'unknown',
] as const
export type StorageFault = (typeof STORAGE_FAULTS)[number]

/** How our memory does; shown in the page and by `GET /api/status`. */
export interface StorageView {
  state: StorageState
  /** Epoch milliseconds since when `state` holds. */
  since: number
  /** Bytes of the database with its log. */
  bytes: number
  /** A fault of reading at the start, in a sentence; stays until the next start. */
  loadFault?: string
  /** A fault of writing, in a sentence; gone when writing works again. */
  writeFault?: string
  /** What that is; there where `writeFault` is. */
  writeFaultKind?: StorageFault
  /** Snapshots that a full disk made us forget early, since the start; absent where none. */
  gaveWay?: number
  /** Epoch milliseconds of the newest backup. */
  backupAt?: number
}
