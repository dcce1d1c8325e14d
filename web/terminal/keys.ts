import type { KeyName } from '../../server/protocol.ts'

/** Bytes that a keyboard sends for keys with a name (xterm's control sequences, VT220 keys). */

const FIXED: Partial<Record<KeyName, string>> = {
  Enter: '\r',
  Escape: '\u001b',
  Tab: '\t',
  BackTab: '\u001b[Z',
  Backspace: '\u007f',
  Delete: '\u001b[3~',
  PageUp: '\u001b[5~',
  PageDown: '\u001b[6~',
}

/** Keys whose introducer depends on the cursor-key mode (DECCKM): CSI, or SS3 in it. */
const CURSOR: Partial<Record<KeyName, string>> = {
  Up: 'A',
  Down: 'B',
  Right: 'C',
  Left: 'D',
  Home: 'H',
  End: 'F',
}

export interface Modifiers {
  ctrl: boolean
  alt: boolean
}

/** Bytes of a named key, as text. `application` is the cursor-key mode of the terminal. */
export function keyText(name: KeyName, modifiers: Modifiers, application: boolean): string {
  const final = CURSOR[name]
  const code = 1 + (modifiers.alt ? 2 : 0) + (modifiers.ctrl ? 4 : 0)
  if (final) {
    if (code > 1) return `\u001b[1;${code}${final}`
    return `\u001b${application ? 'O' : '['}${final}`
  }
  const fixed = FIXED[name]
  if (fixed !== undefined) {
    const tilde = /^\u001b\[(\d+)~$/.exec(fixed)
    if (tilde && code > 1) return `\u001b[${tilde[1]};${code}~`
    return modifiers.alt ? `\u001b${fixed}` : fixed
  }
  // What is left are the names 'C-x'.
  return (modifiers.alt ? '\u001b' : '') + control(name.slice(2))
}

/** Typed text under sticky Ctrl or Alt, as a hardware keyboard would have sent its first key. */
export function modifyText(text: string, modifiers: Modifiers): string {
  const [first = '', ...rest] = [...text]
  const key = modifiers.ctrl ? control(first) : first
  return (modifiers.alt ? '\u001b' : '') + key + rest.join('')
}

/** The control character of a key; a key without one stays as it is (ECMA-48, bits 6 and 7 off). */
function control(key: string): string {
  if (key === ' ' || key === '2') return '\u0000'
  if (key === '?' || key === '8') return '\u007f'
  const code = key.toUpperCase().charCodeAt(0)
  return code >= 0x40 && code <= 0x5f ? String.fromCharCode(code & 0x1f) : key
}
