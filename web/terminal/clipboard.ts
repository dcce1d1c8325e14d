/** Copying, with and without a secure origin, and OSC 52 as tmux sends it. */

/**
 * The text of an OSC 52 write. tmux leaves the target field empty (`;<base64>`), other programs
 * name `c` or `p`. A read (`?`) gives undefined, and so does what is not base64 of UTF-8.
 */
export function osc52Text(data: string): string | undefined {
  const at = data.indexOf(';')
  const payload = at < 0 ? '' : data.slice(at + 1)
  if (payload === '' || payload === '?') return undefined
  try {
    const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // Damaged or binary: nothing that could be put on a clipboard as text.
    return undefined
  }
}

/**
 * Puts text on the clipboard; call it from a click. Over plain http from another machine the
 * clipboard interface is absent, so a `copy` event carries it there. False when neither worked.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // No secure origin or no permission: the older way below needs neither.
    return copyByEvent(text)
  }
}

function copyByEvent(text: string): boolean {
  let carried = false
  const carry = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
    event.stopImmediatePropagation()
    carried = true
  }
  window.addEventListener('copy', carry, { capture: true, once: true })
  document.execCommand('copy')
  window.removeEventListener('copy', carry, { capture: true })
  return carried
}

/** What the clipboard holds, or undefined when the browser does not let us read it. */
export async function readClipboard(): Promise<string | undefined> {
  try {
    return await navigator.clipboard.readText()
  } catch {
    // Refused, or no secure origin: the caller says how to paste by hand.
    return undefined
  }
}
