/**
 * Reading the stream of a control-mode client (tmux(1), "CONTROL MODE"). Each command answers with
 * one block between `%begin` and `%end` or `%error`; between blocks come notifications.
 *
 * A block's lines may be anything, a pane's or folder's text included, and so may look like the
 * block's own end. An end counts only where its time, number and flags are those of the beginning.
 * Lines outside a block that are not notifications prove that something forged an end after all:
 * then nothing that follows can be trusted.
 */

export type ControlEvent =
  | {
      type: 'block'
      ok: boolean
      /** The client asked for it; otherwise it is the command line's first command or a hook's. */
      asked: boolean
      /** The lines as a byte string, each ended by a newline. */
      output: string
    }
  | { type: 'notification'; line: string }
  /** The client is about to end; the reason may be empty. */
  | { type: 'exit'; reason: string }
  /** The stream makes no sense any more. */
  | { type: 'stray'; line: string }

/** Turns chunks into events. Works on byte strings (latin1), because chunks cut characters. */
export class ControlParser {
  #rest = ''
  #block: { mark: string; lines: string[] } | undefined

  feed(chunk: Buffer): ControlEvent[] {
    const text = this.#rest + chunk.toString('latin1')
    const events: ControlEvent[] = []
    let at = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
      const event = this.#line(text.slice(at, end))
      if (event) events.push(event)
      at = end + 1
    }
    this.#rest = text.slice(at)
    return events
  }

  #line(line: string): ControlEvent | undefined {
    const block = this.#block
    if (block) {
      const ok = line === `%end ${block.mark}`
      if (!ok && line !== `%error ${block.mark}`) {
        block.lines.push(line)
        return undefined
      }
      this.#block = undefined
      const output = block.lines.length > 0 ? `${block.lines.join('\n')}\n` : ''
      return { type: 'block', ok, asked: block.mark.endsWith(' 1'), output }
    }
    if (/^%begin \d+ \d+ \d+$/.test(line)) {
      this.#block = { mark: line.slice('%begin '.length), lines: [] }
      return undefined
    }
    if (line === '%exit' || line.startsWith('%exit ')) {
      return { type: 'exit', reason: line.slice('%exit '.length) }
    }
    if (line.startsWith('%end ') || line.startsWith('%error ')) return { type: 'stray', line }
    return line.startsWith('%') ? { type: 'notification', line } : { type: 'stray', line }
  }
}

/**
 * One command as a line for tmux's own parser: every word in double quotes, so that `;`, `{`, `#`
 * and spaces are text. `$` would expand a variable and a leading `~` a home folder, inside quotes
 * too. Control characters become octal: a newline would end the line.
 */
export function commandLine(argv: readonly string[]): string {
  return `${argv.map(quoteWord).join(' ')}\n`
}

function quoteWord(word: string): string {
  const safe = word.replace(
    /[\\"$~\x00-\x1f\x7f]/g,
    (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`,
  )
  return `"${safe}"`
}
