import type { Cut } from './cut.ts'

const BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|^PuTTY-User-Key-File-\d:/gm
const END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g

/** The longest block that is looked for whole: an RSA key of 16,384 bits, armoured, has 13 K. */
const BLOCK_CHARS = 32_768
/** What between the markers makes it a key: a run of base64, or a line of nothing else. */
const RUN = /[A-Za-z0-9+/=]{16}/
const BODY = /[A-Za-z0-9+/=]{16}|(?:\n|\\n)[A-Za-z0-9+/=]{4,}(?:\n|\\n)/
/** How far back a block goes whose beginning has left the screen, in lines. */
const LINES_BACK = 300

/**
 * One line of a key's body with what may stand before and after it: a frame, a line number, a `+`
 * of a diff, quotes. Armour also has headers and empty lines.
 */
const KEY_LINE =
  /^[^A-Za-z0-9+/=\n]{0,40}(?:\d{1,6}[^A-Za-z0-9+/=\n]{1,8}|\+)?(?:[A-Za-z0-9+/=]{24,65536}|(?:Proc-Type|DEK-Info|Comment|Version|Encryption|Public-Lines|Private-Lines|Private-MAC): ?.{0,200})?[^A-Za-z0-9+/=\n]{0,200}$/
/** The last, shorter line of a body. */
const LAST_LINE =
  /^[^A-Za-z0-9+/=\n]{0,40}(?:\d{1,6}[^A-Za-z0-9+/=\n]{1,8}|\+)?(?=[^\n]{0,30}[A-Z0-9+/=])[A-Za-z0-9+/=]{1,64}[^A-Za-z0-9+/=\n]{0,200}$/

/**
 * Private keys, from marker to marker. One whose end is not there, as on a screen that shows its
 * first part, goes as far as its lines look like a key; one whose beginning is gone, the same
 * upwards. Each line is looked at a bounded number of times, so a million markers cost no more.
 */
export function keyBlockCuts(text: string): Cut[] {
  if (!text.includes('PRIVATE KEY') && !text.includes('PuTTY-User-Key-File')) return []
  const kind = 'private-key'
  const ends = [...text.matchAll(END)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }))
  const cuts: Cut[] = []
  let done = 0
  let nextEnd = 0
  for (const match of text.matchAll(BEGIN)) {
    const start = match.index
    if (start < done) continue
    const bodyStart = start + match[0].length
    while ((ends[nextEnd]?.start ?? text.length) < bodyStart) {
      const orphan = ends[nextEnd++]
      if (orphan && orphan.start >= done) addOrphan(orphan, done)
    }
    const end = ends[nextEnd]
    if (end && end.start - bodyStart <= BLOCK_CHARS) {
      done = end.end
      nextEnd++
      if (!BODY.test(text.slice(bodyStart, end.start))) continue
    } else {
      const bodyEnd = endOfBody(text, bodyStart)
      if (bodyEnd === bodyStart) continue
      done = bodyEnd
    }
    cuts.push({ start, end: done, kind })
  }
  for (const orphan of ends.slice(nextEnd)) if (orphan.start >= done) addOrphan(orphan, done)
  return cuts

  function addOrphan(end: { start: number; end: number }, after: number): void {
    const start = startOfBody(text, end.start, after)
    if (start < end.start) cuts.push({ start, end: end.end, kind })
    done = Math.max(done, end.end)
  }
}

/** Where the lines end that look like a key's body; `from` where there is none. */
function endOfBody(text: string, from: number): number {
  // In one line with its marker: escaped, or cut off right behind it.
  const rest = text.slice(from, lineEnd(text, from))
  const inline = /^(?:[^A-Za-z0-9+/=\n]{0,9}[A-Za-z0-9+/=]{16,65536}){1,2000}/.exec(rest)
  let end = from + (inline?.[0].length ?? 0)
  let at = lineEnd(text, from)
  let lines = 0
  while (at < text.length) {
    const next = lineEnd(text, at + 1)
    const line = text.slice(at + 1, next)
    const isFull = KEY_LINE.test(line)
    const isLast = !isFull && LAST_LINE.test(line) && (lines > 0 || next === text.length)
    if (!isFull && !isLast) break
    if (isLast || /[A-Za-z0-9+/=]/.test(line)) end = next
    at = next
    if (isLast) break
    lines++
  }
  return end
}

function startOfBody(text: string, from: number, after: number): number {
  let start = from
  let at = text.lastIndexOf('\n', from - 1)
  for (let lines = 0; at > after && lines < LINES_BACK; lines++) {
    const previous = text.lastIndexOf('\n', at - 1)
    const line = text.slice(previous + 1, at)
    if (!KEY_LINE.test(line) && !(lines === 0 && LAST_LINE.test(line))) break
    if (RUN.test(line) || (lines === 0 && LAST_LINE.test(line))) start = previous + 1
    at = previous
  }
  return Math.max(start, after)
}

function lineEnd(text: string, from: number): number {
  const at = text.indexOf('\n', from)
  return at < 0 ? text.length : at
}
