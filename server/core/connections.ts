import { CLOSE } from '../protocol.ts'

/** The open sockets, by device: what revocation and shutdown have to close. */

type Close = (code: number, reason: string) => void

/** Every open socket of every device, at most `limit` in all. */
export class Connections {
  readonly #limit: number
  readonly #byDevice = new Map<string, Set<Close>>()
  /** A socket that was admitted just before its device was revoked opens just after. */
  readonly #revoked = new Set<string>()
  #size = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Number of open sockets. */
  get size(): number {
    return this.#size
  }

  /** No further socket fits. */
  get full(): boolean {
    return this.#size >= this.#limit
  }

  /** Counts a socket in; the result counts it out. `undefined`: it does not fit, close it. */
  add(deviceId: string, close: Close): (() => void) | undefined {
    if (this.full || this.#revoked.has(deviceId)) return undefined
    // A wrapper of its own, so that the same function given twice is two sockets.
    const entry: Close = (code, reason) => close(code, reason)
    const sockets = this.#byDevice.get(deviceId) ?? new Set()
    this.#byDevice.set(deviceId, sockets.add(entry))
    this.#size++
    return () => {
      if (!sockets.delete(entry)) return
      this.#size--
      if (sockets.size === 0 && this.#byDevice.get(deviceId) === sockets) {
        this.#byDevice.delete(deviceId)
      }
    }
  }

  /** Closes the sockets of a device that is no longer welcome; returns how many there were. */
  revoke(deviceId: string): number {
    this.#revoked.add(deviceId)
    return this.#close(deviceId, CLOSE.revoked, 'this device was revoked')
  }

  /** Closes every socket, for example with 1001 at a stop. */
  closeAll(code: number, reason: string): void {
    for (const deviceId of [...this.#byDevice.keys()]) this.#close(deviceId, code, reason)
  }

  #close(deviceId: string, code: number, reason: string): number {
    const sockets = [...(this.#byDevice.get(deviceId) ?? [])]
    for (const close of sockets) close(code, reason)
    return sockets.length
  }
}
