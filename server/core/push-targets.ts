import type { Database } from '../../db/open.ts'
import {
  deletePushTarget,
  listPushTargets,
  type PushTargetRow,
  savePushTarget,
} from '../../db/push.ts'
import type { Writer } from '../../db/writer.ts'
import type { Log } from '../log.ts'
import type {
  PushFault,
  PushResponse,
  PushStatus,
  PushSubscriptionRequest,
  PushTestResponse,
} from '../protocol.ts'
import type { Devices } from './devices.ts'
import { Failure } from './failure.ts'
import { type PushKeys, readPushKeys } from './push-keys.ts'
import { sendNotice } from './push-send.ts'
import { PushTarget, RETRY_MS } from './push-target.ts'
import { type PushNotice, TEST_NOTICE } from './push-text.ts'

/** Stands for the address among the ids of devices, which are longer. */
const WEBHOOK = 'webhook'

/** What tests set: their own place to send to, and shorter times (milliseconds). */
export interface PushTuning {
  trusted?: readonly string[]
  deadlineMs?: number
  retryMs?: readonly number[]
}

export interface PushTargetsDeps extends PushTuning {
  dataDir: string
  db: Database
  writer: Writer
  devices: Devices
  log: Log
  signal: AbortSignal
  compose: (ids: readonly string[]) => PushNotice | undefined
}

/**
 * All places that notices are sent to. What is on is on the disk before it is answered, and what
 * fails is told and never waited for.
 */
export class PushTargets {
  readonly #deps: PushTargetsDeps
  readonly #targets = new Map<string, PushTarget>()
  /** Devices whose push service has ended it, until they switch it on anew. */
  readonly #ended = new Map<string, PushFault>()
  #keys: Promise<PushKeys> | undefined

  constructor(deps: PushTargetsDeps) {
    this.#deps = deps
    for (const row of listPushTargets(deps.db)) this.#add(row)
    deps.devices.revoked.on((id) => this.#drop(id), deps.signal)
    deps.signal.addEventListener('abort', () => {
      for (const target of this.#targets.values()) target.end()
    })
  }

  /** How notices stand for a device. Makes the keys where nobody asked before. */
  async view(device: string): Promise<PushResponse> {
    const { publicKey } = await this.#readKeys()
    const own = this.#targets.get(device)?.view()
    const ended = this.#ended.get(device)
    const webhook = this.#targets.get(WEBHOOK)?.view()
    return {
      publicKey,
      ...(own ? { device: own } : {}),
      ...(ended ? { ended } : {}),
      ...(webhook ? { webhook } : {}),
    }
  }

  status(): PushStatus {
    const names = new Map(this.#deps.devices.list().map(({ id, name }) => [id, name]))
    const failing = [...this.#targets].flatMap(([id, { fault, host }]) =>
      fault ? [{ ...fault, name: names.get(id) ?? id, host }] : [],
    )
    return { targets: this.#targets.size, failing }
  }

  /** Tells everybody of needs. */
  tell(ids: readonly string[]): void {
    if (ids.length === 0) return
    for (const target of this.#targets.values()) target.tell(ids)
  }

  /** Sends to the browser of a device from now on. Rejects with `NotSavedError`. */
  async subscribe(device: string, { endpoint, keys }: PushSubscriptionRequest): Promise<void> {
    if (!this.#deps.devices.list().some(({ id }) => id === device)) {
      throw new Failure('forbidden', 'Notices go to paired browsers alone.')
    }
    await this.#put({ id: device, endpoint, ...keys, since: Date.now() })
    this.#ended.delete(device)
  }

  async unsubscribe(device: string): Promise<void> {
    this.#ended.delete(device)
    await this.#remove(device)
  }

  /** Posts to an address from now on, or to none. Rejects with `NotSavedError`. */
  setWebhook(url: string): Promise<void> {
    return this.#put({ id: WEBHOOK, endpoint: url, p256dh: null, auth: null, since: Date.now() })
  }

  removeWebhook(): Promise<void> {
    return this.#remove(WEBHOOK)
  }

  /** Sends one notice at once; says whether it arrived. */
  async test(id: string = WEBHOOK): Promise<PushTestResponse> {
    const target = this.#targets.get(id)
    if (!target) throw new Failure('conflict', 'Notices are off there. Switch them on first.')
    const fault = await target.try(TEST_NOTICE)
    return { sent: fault === undefined, ...(fault ? { fault } : {}) }
  }

  async #put(row: PushTargetRow): Promise<void> {
    await this.#deps.writer.write((tx) => savePushTarget(tx, row))
    this.#targets.get(row.id)?.end()
    this.#add(row)
  }

  async #remove(id: string): Promise<void> {
    this.#drop(id)
    await this.#deps.writer.write((tx) => deletePushTarget(tx, id))
  }

  #drop(id: string): void {
    this.#targets.get(id)?.end()
    this.#targets.delete(id)
  }

  #add(row: PushTargetRow): void {
    const { compose, log, trusted, deadlineMs, retryMs = RETRY_MS } = this.#deps
    const target = new PushTarget(row, {
      compose,
      retryMs,
      send: async (to, notice, signal) =>
        sendNotice(to, notice, { keys: await this.#readKeys(), signal, deadlineMs, trusted }),
      onFault: (fault) => {
        const { host } = target
        if (fault) log.warn({ host, reason: fault.reason }, 'a notice did not arrive')
        else log.info({ host }, 'notices arrive again')
      },
      onGone: (fault) => {
        // An address that somebody wrote down may come back; what a browser had does not.
        if (row.id === WEBHOOK || this.#targets.get(row.id) !== target) return
        this.#ended.set(row.id, fault)
        this.#remove(row.id).catch((error: unknown) => {
          log.warn({ error }, 'a browser that takes no notices is still kept')
        })
      },
    })
    this.#targets.set(row.id, target)
  }

  #readKeys(): Promise<PushKeys> {
    this.#keys ??= readPushKeys(this.#deps.dataDir, this.#deps.log).catch((error: unknown) => {
      this.#keys = undefined
      throw error
    })
    return this.#keys
  }
}
