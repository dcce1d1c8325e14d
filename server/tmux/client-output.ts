/**
 * tmux leaves a terminal by turning the keypad keys off (`rmkx`), clearing the screen and going back
 * to the main one, and it does nothing of this at any other time. The person shall keep the last
 * screen, so from there on everything is cut, until it takes the terminal again (`smcup`).
 */
const LEAVES = Buffer.from('\x1b[?1l\x1b>')
const TAKES = Buffer.from('\x1b[?1049h')

/** What a tmux client draws, without its farewell and without an error in place of a picture. */
export class ClientOutput {
  #isDrawing = false

  /** The client has its terminal. Not before it is attached, nor when it ends, is suspended or locked. */
  get isDrawing(): boolean {
    return this.#isDrawing
  }

  /** The part of a piece of output that is to be shown. */
  filter(bytes: Buffer): Buffer {
    if (!this.#isDrawing) {
      const from = bytes.indexOf(TAKES)
      if (from < 0) return bytes.subarray(0, 0)
      this.#isDrawing = true
      return this.filter(bytes.subarray(from))
    }
    const to = bytes.indexOf(LEAVES)
    if (to < 0) return bytes
    this.#isDrawing = false
    const rest = this.filter(bytes.subarray(to + LEAVES.length))
    return rest.length === 0 ? bytes.subarray(0, to) : Buffer.concat([bytes.subarray(0, to), rest])
  }
}
