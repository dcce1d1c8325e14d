/** Words and numbers as people read them. Pure. */

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** An age in its largest whole unit: `now`, `12 s`, `9 min`, `1 h`, `2 d`. */
export function ageText(ms: number): string {
  if (ms < SECOND) return 'now'
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`
  return `${Math.floor(ms / DAY)} d`
}

/** An age as the end of a sentence: `just now`, `9 min ago`. */
export function agoText(ms: number): string {
  return ms < SECOND ? 'just now' : `${ageText(ms)} ago`
}

/** A moment as this device writes it: what an age says when it is pointed at. Epoch milliseconds. */
export function exactTime(at: number): string {
  return new Date(at).toLocaleString()
}

/** How long something has run: `0:41`, `12:05`, `1:04:09`. */
export function clockText(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / SECOND)
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3_600)
  const minutes = Math.floor(seconds / 60) % 60
  const rest = two(seconds % 60)
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`
}

/** An age from a minute on; what is younger is now, and says nothing. */
export function longAge(ms: number): string {
  return ms < MINUTE ? '' : ageText(ms)
}

/** A count as `940`, `12 k`, `1.4 M`. */
export function shortCount(count: number): string {
  if (count < 1_000) return `${count}`
  if (count < 999_500) return `${Math.round(count / 1_000)} k`
  return `${(count / 1_000_000).toFixed(1)} M`
}

/** `1 window`, `3 windows`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** A path from the home folder on, as `~`. `home`: absolute, or empty where it is not known. */
export function pathFrom(home: string, path: string): string {
  if (home === '' || home === '/') return path
  if (path === home) return '~'
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
}

/**
 * A name cut into plain text and control characters. A control character is shown by its picture
 * from U+2400, a bidi control by its number, so that no name can hide or fake another. `lines`: tabs
 * and line feeds are text.
 */
export function visibleParts(text: string, lines = false): { text: string; control: boolean }[] {
  const parts: { text: string; control: boolean }[] = []
  let last = 0
  for (const match of text.matchAll(HIDDEN)) {
    if (lines && (match[0] === '\t' || match[0] === '\n')) continue
    if (match.index > last) parts.push({ text: text.slice(last, match.index), control: false })
    parts.push({ text: picture(match[0].codePointAt(0) ?? 0), control: true })
    last = match.index + match[0].length
  }
  if (last < text.length) parts.push({ text: text.slice(last), control: false })
  return parts
}

// C0, DEL, C1, line and paragraph separators, zero-width and bidi controls.
const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu

function picture(code: number): string {
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  return `<${code.toString(16).toUpperCase().padStart(4, '0')}>`
}

/** The same as one string, for titles and labels. */
export function visible(text: string): string {
  return visibleParts(text)
    .map((part) => part.text)
    .join('')
}

/** A word in a POSIX shell's single quotes, or bare where that is safe. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
