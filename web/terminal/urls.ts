/**
 * Links that a terminal may offer. A program can print any text over any target, so a target is
 * always shown before it opens, without characters that reorder or hide parts of it.
 */

// Bidi controls, zero-width characters, C0, DEL and C1.
const DECEIVING =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu

/** A link of more characters than this is not offered: nobody can read where it goes. */
const MAX_LENGTH = 4_096

/** The target as it would be opened; undefined unless it is plain http or https. */
export function safeUrl(text: string): URL | undefined {
  const clean = text.replace(DECEIVING, '')
  if (clean.length > MAX_LENGTH) return undefined
  let url: URL
  try {
    url = new URL(clean)
  } catch {
    // Not an address: there is nothing to offer.
    return undefined
  }
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined
}

/** Opens a target that was shown, without a way back to this page. */
export function openUrl(url: URL): void {
  window.open(url.href, '_blank', 'noopener,noreferrer')
}
