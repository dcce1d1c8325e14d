/** Longest excerpt of a prompt, of last words or of an ask, in characters. */
export const EXCERPT_CHARS = 240

/**
 * What is kept in memory of a text that is shown as an excerpt. More than that, because secrets are
 * looked for when it is shown: the first half of one could not be known as one.
 */
export const HEARD_CHARS = 1_024

/**
 * Text as one line of at most `max` characters: control characters and runs of blanks become one
 * blank, a cut is shown by an ellipsis. Never cuts a surrogate pair in two.
 */
export function excerpt(text: string, max = EXCERPT_CHARS): string {
  // Only the head can appear: a prompt of megabytes must not be scanned whole.
  const line = text
    .slice(0, max * 8)
    .replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim()
  if (line.length <= max) return line
  const cut = line.slice(0, max - 1)
  const last = cut.charCodeAt(cut.length - 1)
  return `${last >= 0xd800 && last < 0xdc00 ? cut.slice(0, -1) : cut}…`
}
