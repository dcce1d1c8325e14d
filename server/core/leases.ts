import { LIMITS } from '../protocol.ts'
import { WindowLease } from '../tmux/lease.ts'
import type { TmuxServer } from '../tmux/server.ts'

/** A lease that nobody renews ends after so long (milliseconds). */
export const LEASE_MS = 600_000
/** A page that lost its socket has so long to come back before its lease ends. */
export const LEASE_GRACE_MS = 10_000

/** Who may have a window's size: one viewer of one device, on any of its sockets. */
export interface LeaseHolder {
  deviceId: string
  viewer: string
}

interface Held {
  holder: LeaseHolder
  server: TmuxServer
  sessionId: string
  lease: WindowLease
  /** Epoch milliseconds. */
  until: number
  expiry: NodeJS.Timeout | undefined
  grace: NodeJS.Timeout | undefined
  stop: AbortController
}

export interface LeaseView {
  holder: LeaseHolder
  until: number
}

/**
 * The leases "Fit to this screen": at most one per session and per window. Each ends by the
 * holder's word, by time, some seconds after its page left, when the session shows another window,
 * or with us; every end gives the old size back.
 */
export class Leases {
  /** By session; ids of different servers differ. */
  readonly #held = new Map<string, Held>()
  readonly #onChange: (sessionId: string) => void
  readonly #releasing = new Map<Held, Promise<void>>()

  /** `onChange` hears of every lease taken, renewed or ended, by our session id. */
  constructor(onChange: (sessionId: string) => void) {
    this.#onChange = onChange
  }

  /** Who holds the session's lease. */
  get(sessionId: string): LeaseView | undefined {
    const held = this.#held.get(sessionId)
    return held && { holder: held.holder, until: held.until }
  }

  /**
   * Takes or renews the lease of a session's current window (`@2`) and gives the window this size
   * in cells, clamped. False where somebody else holds it. Rejects with a `TmuxError`.
   */
  async take(request: {
    holder: LeaseHolder
    server: TmuxServer
    /** Our id, and tmux's own. */
    sessionId: string
    tmuxSessionId: string
    windowId: string
    cols: number
    rows: number
  }): Promise<boolean> {
    const { holder, server, sessionId, tmuxSessionId, windowId } = request
    let held = this.#held.get(sessionId)
    if (held && !isSameHolder(held.holder, holder)) return false
    if (!held) {
      if (this.#isTaken(server, windowId)) return false
      // While a size is given back, what tmux tells of the window is not what is to come back.
      await Promise.all(
        [...this.#releasing].flatMap(([held, released]) =>
          isOf(held, server, windowId) ? [released] : [],
        ),
      )
      const lease = await WindowLease.take(server, windowId)
      // Another request was quicker while tmux was asked.
      if (!lease || this.#held.has(sessionId) || this.#isTaken(server, windowId)) return false
      held = {
        ...{ holder, server, sessionId, lease, until: 0, expiry: undefined, grace: undefined },
        stop: new AbortController(),
      }
      this.#held.set(sessionId, held)
      this.#watch(held, tmuxSessionId)
    }
    try {
      await held.lease.resize(
        clamp(request.cols, LIMITS.minCols, LIMITS.maxCols),
        clamp(request.rows, LIMITS.minRows, LIMITS.maxRows),
      )
    } catch (error) {
      // Whether tmux took it is not known: giving back is right in both cases.
      await this.#end(held)
      throw error
    }
    this.#prolong(held)
    return true
  }

  /** The holder is active: the time starts anew. */
  renew(sessionId: string, holder: LeaseHolder): void {
    const held = this.#held.get(sessionId)
    // Once a minute is enough, and keys come often.
    if (!held || !isSameHolder(held.holder, holder) || held.until - Date.now() > LEASE_MS - 60_000)
      return
    this.#prolong(held)
  }

  /** The holder's page has left or come back. */
  setAway(sessionId: string, holder: LeaseHolder, isAway: boolean): void {
    const held = this.#held.get(sessionId)
    if (!held || !isSameHolder(held.holder, holder)) return
    clearTimeout(held.grace)
    held.grace = isAway
      ? setTimeout(() => void this.release(sessionId, holder), LEASE_GRACE_MS)
      : undefined
  }

  /** Gives the lease back, if it is this holder's. Resolves when the window has its size again. */
  async release(sessionId: string, holder: LeaseHolder): Promise<void> {
    const held = this.#held.get(sessionId)
    if (held && isSameHolder(held.holder, holder)) await this.#end(held)
  }

  /** Gives every lease back. */
  async close(): Promise<void> {
    await Promise.all([...this.#held.values()].map((held) => this.#end(held)))
    await Promise.all(this.#releasing.values())
  }

  #isTaken(server: TmuxServer, windowId: string): boolean {
    // A window can be linked into several sessions.
    return [...this.#held.values()].some((held) => isOf(held, server, windowId))
  }

  #watch(held: Held, tmuxSessionId: string): void {
    held.server.changes.on((event) => {
      if (event.type !== 'tree') return
      const session = event.tree.sessions.find(({ id }) => id === tmuxSessionId)
      const window = session?.windows.find(({ active }) => active)
      if (window?.id !== held.lease.windowId) void this.#end(held)
    }, held.stop.signal)
  }

  #prolong(held: Held): void {
    held.until = Date.now() + LEASE_MS
    clearTimeout(held.expiry)
    held.expiry = setTimeout(() => void this.#end(held), LEASE_MS)
    this.#onChange(held.sessionId)
  }

  async #end(held: Held): Promise<void> {
    if (this.#held.get(held.sessionId) !== held) return
    this.#held.delete(held.sessionId)
    held.stop.abort()
    clearTimeout(held.expiry)
    clearTimeout(held.grace)
    const released = held.lease.release()
    this.#releasing.set(held, released)
    await released
    this.#releasing.delete(held)
    // Only now: "none" also says that the old size is back.
    this.#onChange(held.sessionId)
  }
}

/** Whether it is the same viewer of the same device. */
export function isSameHolder(a: LeaseHolder, b: LeaseHolder): boolean {
  return a.deviceId === b.deviceId && a.viewer === b.viewer
}

function isOf(held: Held, server: TmuxServer, windowId: string): boolean {
  return held.server === server && held.lease.windowId === windowId
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value))
}
