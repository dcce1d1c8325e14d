import { diffArrays } from 'diff'
import { plain } from '../tmux/styled.ts'
import type { SnapshotContent } from './snapshot-content.ts'

/** One snapshot of a turn, as far as its text needs it. */
export interface TurnPart {
  /** Lines that had left the screen when it was taken, those of its own included. */
  total: number
  lines: number
  content: Pick<SnapshotContent, 'screen' | 'scrollback' | 'alternate' | 'joins'>
}

/** Lines of two texts are compared within so many edits; beyond, the newer one is taken whole. */
const MAX_EDITS = 2_000
/** So many lines at the end of what is there are searched for a repetition. */
const REPEAT_LINES = 1_000

/**
 * All that a turn showed, put together part by part, oldest first: what left the screen, then the
 * last screen. While a full-screen program owns the screen nothing leaves it, so of each such
 * screen the lines count that the one before did not show.
 */
export class TurnText {
  readonly #text: string[] = []
  #missing = 0
  #before: TurnPart | undefined
  #fullScreen: string[] | undefined

  add(part: TurnPart): void {
    const { content, lines, total } = part
    const scrollback = content.scrollback.map(plain)
    if (this.#before) this.#missing += Math.max(0, total - lines - this.#before.total)
    this.#text.push(...(content.joins ? scrollback : withoutRepeat(this.#text, scrollback)))
    if (content.alternate) {
      const screen = content.screen.map(plain)
      this.#text.push(...added(this.#fullScreen ?? [], screen))
      this.#fullScreen = screen
    } else {
      this.#fullScreen = undefined
    }
    this.#before = part
  }

  /** The text with the last screen, and how many lines are known to be missing. */
  end(): { text: string; missing: number } {
    const last = this.#before?.content
    const screen = last && !last.alternate ? last.screen.map(plain) : []
    return { text: [...this.#text, ...screen].join('\n'), missing: this.#missing }
  }
}

/** Lines of `after` that `before` did not have, in their order. */
function added(before: readonly string[], after: readonly string[]): string[] {
  const changes = diffArrays([...before], [...after], { maxEditLength: MAX_EDITS })
  if (!changes) return [...after]
  return changes.flatMap((change) => (change.added ? change.value : []))
}

/** `lines` without its beginning where that is the end of `text`: a program wrote it again. */
function withoutRepeat(text: readonly string[], lines: readonly string[]): string[] {
  const most = Math.min(text.length, lines.length, REPEAT_LINES)
  for (let length = most; length > 1; length -= 1) {
    const start = text.length - length
    const repeats = lines.slice(0, length).every((line, at) => line === text[start + at])
    if (repeats) return lines.slice(length)
  }
  return [...lines]
}
