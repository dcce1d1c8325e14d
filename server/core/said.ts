/** Keys that end what one types; the rest is a draft, or finds its way through a dialog. */
const ACTING_KEYS: readonly string[] = ['Enter', 'Escape', 'C-c', 'C-d']

/** Whether keys by name say something to the program. */
export function sayByName(keys: readonly string[]): boolean {
  return keys.some((key) => ACTING_KEYS.includes(key))
}

/** Pasted text, and the sequences that a terminal sends for keys, for the mouse or as answers. */
const NOT_SAID = [
  /\x1b\[200~[\s\S]*?(?:\x1b\[201~|$)/g,
  /\x1b[\]PX^_][\s\S]*?(?:\x07|\x1b\\|$)/g,
  /\x1b\[[0-?]*[ -/]*[@-~]/g,
  /\x1b[^\x1b]/g,
]

/**
 * Whether bytes from a terminal say something to the program: Enter, Escape, Ctrl-C or Ctrl-D, the
 * same as by name. Not so mouse, focus, answers to its questions, a paste, Alt with a key.
 */
export function sayByBytes(bytes: Uint8Array): boolean {
  const isCandidate = [0x0d, 0x1b, 0x03, 0x04].some((byte) => bytes.includes(byte))
  if (!isCandidate) return false
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const typed = NOT_SAID.reduce((rest, part) => rest.replace(part, ''), text)
  return /[\r\x1b\x03\x04]/.test(typed)
}
