/** `ESC [ ? … h` and `l` (private modes), `ESC =` and `ESC >` (keypad), `ESC [ n SP q` (cursor shape). */
const MODE = /\x1b(?:\[\?([\d;]+)([hl])|([=>])|\[(\d*) q)/g
/** The beginning of such a sequence at the end of a piece of output. */
const CUT = /\x1b(?:\[(?:\?[\d;]{0,24}|\d{0,4} ?)?)?$/
/** Synchronized output is a moment, not a state: restored by itself it would freeze the screen. */
const SYNCHRONIZED = '2026'

/**
 * The modes a tmux client has set in its terminal (main or alternate screen, keys, mouse, paste). A
 * terminal that is reset or that missed output needs them back; tmux says each only once.
 */
export class TerminalModes {
  /** Mode to `h` or `l`, in the order in which they were set. */
  readonly #modes = new Map<string, string>()
  #keypad = ''
  #cursor = ''
  #cut = ''

  /** Reads output as it comes; a sequence may be cut between two pieces. */
  scan(bytes: Buffer): void {
    // Most pieces are plain text: looking for ESC alone costs nearly nothing.
    if (this.#cut === '' && !bytes.includes(0x1b)) return
    const text = this.#cut + bytes.toString('latin1')
    for (const [, numbers, final = '', keypad, cursor] of text.matchAll(MODE)) {
      if (numbers !== undefined) this.#set(numbers.split(';'), final)
      else if (keypad !== undefined) this.#keypad = keypad
      else this.#cursor = cursor ?? ''
    }
    this.#cut = CUT.exec(text)?.[0] ?? ''
  }

  /** The bytes that bring a terminal in its first state to these modes. */
  restore(): Buffer {
    const modes = [...this.#modes].map(([mode, final]) => `\x1b[?${mode}${final}`)
    const keypad = this.#keypad && `\x1b${this.#keypad}`
    const cursor = this.#cursor && `\x1b[${this.#cursor} q`
    return Buffer.from(modes.join('') + keypad + cursor, 'latin1')
  }

  #set(numbers: string[], final: string): void {
    for (const number of numbers) {
      if (number === SYNCHRONIZED || number === '') continue
      // Again at the end: which of two mouse modes holds depends on the order.
      this.#modes.delete(number)
      this.#modes.set(number, final)
    }
  }
}
