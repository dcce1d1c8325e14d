import { createSignal } from 'solid-js'

/**
 * The device token: known to this browser and, hashed, to the server. It lives in localStorage
 * because cookies ignore ports, and agents run dev servers on other ports of the same host.
 */

const KEY = 'dogwatch.token'
/** Our own id in the list of devices; no secret. */
const DEVICE_KEY = 'dogwatch.device'

/** Why this page cannot talk to the server as a paired device. */
export type Unpaired =
  /** Never paired, or the storage was cleared. */
  | 'none'
  /** The link was used before, is older than ten minutes, or belongs to another run. */
  | 'ticket'
  /** The server does not know this device any more. */
  | 'revoked'

export type Access =
  | { name: 'pairing' }
  | { name: 'paired'; token: string }
  | { name: 'unpaired'; reason: Unpaired }
  /** The exchange of the ticket got no answer; the ticket is still good. */
  | { name: 'unreachable'; retry: () => void }

function stored(key = KEY): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined
  } catch {
    // Storage is switched off in this browser: the page still works until it is closed.
    return undefined
  }
}

const first = stored()
const [access, setAccess] = createSignal<Access>(
  first ? { name: 'paired', token: first } : { name: 'unpaired', reason: 'none' },
)

export { access, setAccess }

/** The token to send, while there is one. */
export function token(): string | undefined {
  const now = access()
  return now.name === 'paired' ? now.token : undefined
}

/** Id of this device in the list of devices; undefined where it was paired by an older page. */
export function ownDevice(): string | undefined {
  return stored(DEVICE_KEY)
}

export function keepToken(value: string, device: string): void {
  try {
    localStorage.setItem(KEY, value)
    localStorage.setItem(DEVICE_KEY, device)
  } catch {
    // As above: without storage the token lives as long as the page.
  }
  setAccess({ name: 'paired', token: value })
}

/** Forgets the token. With `used`, only if it is still the one we hold: a late answer to an old one is nothing. */
export function forgetToken(reason: Unpaired, used?: string): void {
  if (used !== undefined && used !== token()) return
  try {
    localStorage.removeItem(KEY)
    localStorage.removeItem(DEVICE_KEY)
  } catch {
    // Nothing was stored.
  }
  setAccess({ name: 'unpaired', reason })
}

// Another tab paired anew or was revoked: follow it.
window.addEventListener('storage', (event) => {
  if (event.key !== KEY && event.key !== null) return
  const value = stored()
  setAccess(value ? { name: 'paired', token: value } : { name: 'unpaired', reason: 'revoked' })
})
