import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import {
  type DeviceRow,
  deleteDevice,
  insertDevice,
  listDevices,
  touchDevices,
} from '../../db/devices.ts'
import { LatestWriter } from '../../db/latest-writer.ts'
import type { Database } from '../../db/open.ts'
import type { Writer } from '../../db/writer.ts'
import { Emitter } from '../lib/emitter.ts'
import { every } from '../lib/time.ts'
import type { Log } from '../log.ts'
import type { DeviceView, Scope } from '../protocol.ts'
import type { Caller } from './caller.ts'

/** `lastUsedAt` is told to the minute: that is how seldom it is written. */
const MINUTE_MS = 60_000

/** A secret that cannot be guessed: 256 bits in 43 characters, fit for headers, URLs and subprotocols. */
export function makeSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** The form in which secrets are kept and compared. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/**
 * The paired devices. They are few and asked for with every request, so they are all in memory; the
 * database is written before a pairing or a revocation is answered.
 */
export class Devices {
  /** Ids of devices whose access has just ended. */
  readonly revoked = new Emitter<string>()
  readonly #writer: Writer
  /** Ids of revoked devices that the disk has not forgotten yet. */
  readonly #revoked: LatestWriter<string>
  readonly #log: Log
  readonly #rows = new Map<string, DeviceRow>()
  readonly #byHash = new Map<string, DeviceRow>()
  readonly #used = new Map<string, number>()
  /** The command line of the same user: known by a token in a private file, new with each start. */
  readonly #local: { caller: Caller; hash: Buffer }

  constructor(options: {
    db: Database
    writer: Writer
    localToken: string
    log: Log
    signal: AbortSignal
  }) {
    const { db, writer, localToken, log, signal } = options
    this.#writer = writer
    this.#revoked = new LatestWriter<string>({
      writer,
      log,
      what: 'revocations',
      keyOf: (id) => id,
      save: (tx, ids) => {
        for (const id of ids) deleteDevice(tx, id)
      },
      gatherMs: 0,
      signal,
    })
    this.#log = log
    for (const row of listDevices(db)) this.#remember(row)
    this.#local = {
      caller: { id: 'local', name: 'command line', scope: 'full' },
      hash: hashSecret(localToken),
    }
    void every(MINUTE_MS, () => this.flush(), signal)
  }

  /** Who holds this token, if anyone still does. */
  authenticate(token: string): Caller | undefined {
    const hash = hashSecret(token)
    if (timingSafeEqual(hash, this.#local.hash)) return this.#local.caller
    // Looking up a hash tells a guesser nothing about a token; the comparison is for good measure.
    const row = this.#byHash.get(hash.toString('hex'))
    if (!row || !timingSafeEqual(hash, row.tokenHash)) return undefined
    return this.#use(row)
  }

  /** The device of an id that was authenticated before, if it was not revoked since. */
  find(id: string): Caller | undefined {
    if (id === this.#local.caller.id) return this.#local.caller
    const row = this.#rows.get(id)
    return row && this.#use(row)
  }

  /**
   * Pairs a device; resolves when it is on the disk. The token is returned this once and kept
   * nowhere. Rejects with `NotSavedError`.
   */
  async pair(name: string, scope: Scope): Promise<{ token: string; device: DeviceView }> {
    const token = makeSecret()
    const now = Date.now()
    const row: DeviceRow = {
      // Typed after `dogwatch revoke`, so it must not begin like a flag.
      id: randomBytes(9).toString('hex'),
      name: this.#freeName(name),
      scope,
      tokenHash: hashSecret(token),
      createdAt: now,
      lastUsedAt: toMinute(now),
    }
    const saved = this.#writer.write((tx) => insertDevice(tx, row))
    // At once: a person waits, and no other device may take the name meanwhile.
    this.#writer.flush()
    await saved
    this.#remember(row)
    return { token, device: view(row) }
  }

  /** Every paired device, oldest first. */
  list(): DeviceView[] {
    return [...this.#rows.values()].map(view)
  }

  /**
   * Ends a device's access at once. The promise resolves when it is ended for good, and rejects
   * with `NotSavedError` where a restart would bring it back until the disk works again;
   * `undefined` where there is no device of that id.
   */
  revoke(id: string): Promise<void> | undefined {
    const row = this.#rows.get(id)
    if (!row) return undefined
    this.#rows.delete(id)
    this.#byHash.delete(row.tokenHash.toString('hex'))
    this.#used.delete(id)
    this.revoked.emit(id)
    return this.#writer
      .write((tx) => deleteDevice(tx, id))
      .catch((error: unknown) => {
        this.#revoked.put([id])
        throw error
      })
  }

  /** Writes when devices were last used. A full disk only delays that: access does not hang on it. */
  flush(): void {
    if (this.#used.size === 0) return
    const used = new Map(this.#used)
    this.#writer
      .write((tx) => touchDevices(tx, used))
      .then(() => {
        for (const [id, at] of used) if (this.#used.get(id) === at) this.#used.delete(id)
      })
      .catch((error: unknown) => {
        this.#log.warn({ error }, 'when devices were last used could not be written')
      })
  }

  #remember(row: DeviceRow): void {
    this.#rows.set(row.id, row)
    this.#byHash.set(row.tokenHash.toString('hex'), row)
  }

  #use(row: DeviceRow): Caller {
    const now = toMinute(Date.now())
    if (row.lastUsedAt !== now) {
      row.lastUsedAt = now
      this.#used.set(row.id, now)
    }
    return { id: row.id, name: row.name, scope: row.scope }
  }

  /** Names are for people and for `revoke`, so no two devices share one. */
  #freeName(wanted: string): string {
    const taken = new Set([...this.#rows.values()].map((row) => row.name))
    if (!taken.has(wanted)) return wanted
    for (let number = 2; ; number++) {
      const name = `${wanted} (${number})`
      if (!taken.has(name)) return name
    }
  }
}

function view({ id, name, scope, createdAt, lastUsedAt }: DeviceRow): DeviceView {
  return { id, name, scope, createdAt, lastUsedAt }
}

function toMinute(at: number): number {
  return at - (at % MINUTE_MS)
}
