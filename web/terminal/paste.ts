import { LIMITS } from '../../server/protocol.ts'

/**
 * What may be pasted. Text from a page, an issue or a prompt library may carry ESC[201~, which
 * ends a bracketed paste early and has the rest typed, so no control character but tab and newline
 * ever leaves the page this way.
 */

/** A longer paste asks first, bytes. */
export const ASK_BYTES = 1_024

export type PasteVerdict =
  | { name: 'empty' }
  | { name: 'send'; text: string }
  | { name: 'ask'; text: string; bytes: number; lines: number }
  | { name: 'refuse'; bytes: number; message: string }

/** Newlines as LF; C0 except tab and LF, DEL and C1 taken out. */
export function cleanPaste(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
}

/** Whether a paste goes through, asks or is refused. `text` is as the clipboard gave it. */
export function judgePaste(text: string): PasteVerdict {
  const clean = cleanPaste(text)
  if (clean === '') return { name: 'empty' }
  const bytes = new TextEncoder().encode(clean).length
  if (bytes > LIMITS.promptBytes) {
    return {
      name: 'refuse',
      bytes,
      message: `This is ${byteText(bytes)}; at most ${byteText(LIMITS.promptBytes)} can be pasted at once. Save it as a file on the machine and name the file instead.`,
    }
  }
  if (clean.includes('\n') || bytes > ASK_BYTES) {
    return { name: 'ask', text: clean, bytes, lines: lineCount(clean) }
  }
  return { name: 'send', text: clean }
}

/** Lines a person would count: a newline at the end starts none. */
function lineCount(text: string): number {
  const ends = text.split('\n').length
  return text.endsWith('\n') ? ends - 1 : ends
}

/** `812 bytes`, `64 KB`, `1.2 MB`. */
export function byteText(bytes: number): string {
  if (bytes < 1_024) return `${bytes} byte${bytes === 1 ? '' : 's'}`
  if (bytes < 1_048_576) return `${trim(bytes / 1_024)} KB`
  return `${trim(bytes / 1_048_576)} MB`
}

function trim(value: number): string {
  return value < 10 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value))
}
