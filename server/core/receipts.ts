import { createHash } from 'node:crypto'
import { Failure } from './failure.ts'

/** An answer is kept so long for a request that is sent again (milliseconds). */
const KEEP_MS = 600_000
const MAX_KEPT = 5_000

interface Receipt {
  /** What was asked, so that an id is not taken for another request. */
  digest: string
  answer: Promise<unknown>
  at: number
}

/**
 * What was answered to each request that acts. A page that lost the answer asks again with the same
 * id and gets it, and nothing is done twice. A request that failed stays failed: how far it got may
 * be unknown.
 */
export class Receipts {
  readonly #kept = new Map<string, Receipt>()

  /** Does `work` once per device and id. `request` is all that was asked, as plain data. */
  async once<T>(
    { deviceId, id, request }: { deviceId: string; id: string; request: unknown },
    work: () => Promise<T>,
  ): Promise<{ answer: T; duplicate: boolean }> {
    this.#forget()
    const key = JSON.stringify([deviceId, id])
    const digest = createHash('sha256').update(JSON.stringify(request)).digest('base64')
    const known = this.#kept.get(key)
    if (known) {
      if (known.digest !== digest) {
        throw new Failure('conflict', 'This id was used for another request. Send it again anew.')
      }
      return { answer: (await known.answer) as T, duplicate: true }
    }
    // A promise whatever `work` does: what it throws at once is the answer too.
    const answer = Promise.resolve().then(work)
    this.#kept.set(key, { digest, answer, at: performance.now() })
    return { answer: await answer, duplicate: false }
  }

  /** The map is in order of time, so the oldest come first. */
  #forget(): void {
    const before = performance.now() - KEEP_MS
    for (const [key, { at }] of this.#kept) {
      if (at >= before && this.#kept.size < MAX_KEPT) return
      this.#kept.delete(key)
    }
  }
}
