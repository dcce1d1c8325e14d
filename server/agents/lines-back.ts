import { setImmediate as nextTick } from 'node:timers/promises'
import { openTranscript, readRange } from './transcript-file.ts'

/** Bytes read at a time; after each the event loop gets its turn. */
const CHUNK_BYTES = 262_144
/** A longer line is passed over: no agent writes such a record but by mistake. */
export const LINE_BYTES = 8_388_608

export interface PlacedLine {
  /** Byte at which the line begins. */
  start: number
  text: string
}

/**
 * The complete lines of a transcript before a byte, newest first; from its end without `before`.
 * Reads no further than it is asked for. Throws `TranscriptError`.
 */
export async function* linesBackwards(
  path: string,
  root: string,
  before = Number.POSITIVE_INFINITY,
): AsyncGenerator<PlacedLine, void, undefined> {
  const { file, facts } = await openTranscript(path, root)
  try {
    let end = Math.min(before, facts.size)
    // What is known of the line that `end` lies in: nothing before its last newline was seen.
    let pieces: Buffer[] = []
    let held = 0
    let isComplete = false
    while (end > 0) {
      const from = Math.max(0, end - CHUNK_BYTES)
      const chunk = await readRange(file, from, end)
      let stop = chunk.length
      for (let at = chunk.lastIndexOf(0x0a); at >= 0; at = newlineBefore(chunk, at)) {
        const piece = chunk.subarray(at + 1, stop)
        if (isComplete && held + piece.length <= LINE_BYTES) {
          yield { start: from + at + 1, text: Buffer.concat([piece, ...pieces]).toString('utf8') }
        }
        pieces = []
        held = 0
        isComplete = true
        stop = at
      }
      held += stop
      if (held <= LINE_BYTES) pieces.unshift(Buffer.from(chunk.subarray(0, stop)))
      else pieces = []
      end = from
      await nextTick()
    }
    if (isComplete && held <= LINE_BYTES && held > 0) {
      yield { start: 0, text: Buffer.concat(pieces).toString('utf8') }
    }
  } finally {
    await file.close()
  }
}

/** The complete lines from a byte on, up to about `bytes` further. Throws `TranscriptError`. */
export async function linesFrom(
  path: string,
  root: string,
  from: number,
  bytes: number,
): Promise<PlacedLine[]> {
  const { file, facts } = await openTranscript(path, root)
  try {
    return placeLines(await readRange(file, from, Math.min(facts.size, from + bytes)), from)
  } finally {
    await file.close()
  }
}

/** The complete lines in what was read from a byte on. */
export function placeLines(data: Buffer, from: number): PlacedLine[] {
  const lines: PlacedLine[] = []
  let start = 0
  for (let end = data.indexOf(0x0a); end >= 0; end = data.indexOf(0x0a, start)) {
    if (end - start <= LINE_BYTES) {
      lines.push({ start: from + start, text: data.toString('utf8', start, end) })
    }
    start = end + 1
  }
  return lines
}

function newlineBefore(chunk: Buffer, at: number): number {
  return at === 0 ? -1 : chunk.lastIndexOf(0x0a, at - 1)
}
