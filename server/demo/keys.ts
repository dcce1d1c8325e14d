/** What a person did at the keyboard of a pretended agent. */
export type Key =
  | { type: 'text'; text: string }
  | { type: 'enter' | 'escape' | 'backspace' | 'up' | 'down' | 'end' }

const NAMED: Readonly<Record<string, Key>> = {
  '\r': { type: 'enter' },
  '\n': { type: 'enter' },
  '\x1b': { type: 'escape' },
  '\x7f': { type: 'backspace' },
  '\b': { type: 'backspace' },
  '\x1b[A': { type: 'up' },
  '\x1b[B': { type: 'down' },
  '\x1bOA': { type: 'up' },
  '\x1bOB': { type: 'down' },
  '\x03': { type: 'end' },
  '\x04': { type: 'end' },
}

/** A paste between its marks, other sequences, then single keys; what stands between is text. */
const PIECES =
  /\x1b\[200~[\s\S]*?\x1b\[201~|\x1b\[[\d;?]*[A-Za-z~]|\x1bO[A-Z]|[\x00-\x1f\x7f]|[^\x00-\x1f\x7f]+/g

/** Reads what a terminal sent; sequences that mean nothing here are left out. */
export function readKeys(input: string): Key[] {
  return [...input.matchAll(PIECES)].flatMap(([piece]): Key[] => {
    const pasted = /^\x1b\[200~([\s\S]*)\x1b\[201~$/.exec(piece)?.[1]
    if (pasted !== undefined) return [{ type: 'text', text: pasted.replaceAll(/[\r\n]+/g, ' ') }]
    const named = NAMED[piece]
    if (named) return [named]
    return piece >= ' ' && piece !== '\x7f' ? [{ type: 'text', text: piece }] : []
  })
}
