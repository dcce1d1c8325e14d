import { createSignal } from 'solid-js'

/** The page's address, and the ways to another one without loading anew. */
export interface Address {
  readonly pathname: string
  /** With its question mark, or empty. */
  readonly search: string
  /** With its number sign, or empty. */
  readonly hash: string
}

const read = (): Address => {
  const { pathname, search, hash } = location
  return { pathname, search, hash }
}

const text = ({ pathname, search, hash }: Address) => pathname + search + hash

const [address, setAddress] = createSignal(read(), {
  equals: (one, other) => text(one) === text(other),
})

export { address }

/** Goes to a path of ours; `replace` leaves no way back to the present one. */
export function navigate(path: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', path)
  else if (path !== text(read())) history.pushState(null, '', path)
  setAddress(read())
}

/** Follows the browser's own ways: back, forward, and links, wherever they are drawn. */
export function followAddress(signal: AbortSignal): void {
  addEventListener('popstate', () => setAddress(read()), { signal })
  // On the window: whatever a component does with a click comes first.
  addEventListener('click', followLink, { signal })
}

/** A plain click on a link within the page; all others are the browser's. */
function followLink(event: MouseEvent): void {
  const { target, button, metaKey, ctrlKey, shiftKey, altKey } = event
  if (event.defaultPrevented || button !== 0 || metaKey || ctrlKey || shiftKey || altKey) return
  const link = target instanceof Element ? target.closest('a[href]') : null
  if (!(link instanceof HTMLAnchorElement)) return
  if (link.target || link.hasAttribute('download') || link.origin !== location.origin) return
  event.preventDefault()
  navigate(link.pathname + link.search + link.hash)
}
