import { createHmac, randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { LINE_BYTES, type PlacedLine, placeLines } from './lines-back.ts'
import { type FileFacts, openTranscript, readRange } from './transcript-file.ts'

/** How far somebody has read in a transcript. */
export interface Mark {
  /** The byte after a newline. */
  byte: number
  /** Of the file, the byte and what stands before it: another file, or other words there, have another. */
  sign: string
}

/** So much before a mark is signed: a record's end, which holds its time or its id. */
const SIGNED_BYTES = 256
/** The end of the last whole line is looked for in pieces of this size. */
const PIECE_BYTES = 65_536

/**
 * A sign must not tell words that are hidden from who reads it, nor let them be guessed. Marks of
 * another run of the server are therefore not known.
 */
const KEY = randomBytes(32)

/** The end of the last whole line; undefined where the last eight megabytes hold none. Throws `TranscriptError`. */
export async function lastMark(path: string, root: string): Promise<Mark | undefined> {
  const { file, facts } = await openTranscript(path, root)
  try {
    for (let end = facts.size; end > 0; end -= PIECE_BYTES) {
      if (facts.size - end > LINE_BYTES) return undefined
      const start = Math.max(0, end - PIECE_BYTES)
      const newline = (await readRange(file, start, end)).lastIndexOf(0x0a)
      if (newline >= 0) return await markAt(file, facts, start + newline + 1)
    }
    return await markAt(file, facts, 0)
  } finally {
    await file.close()
  }
}

/**
 * The whole lines since a mark, at most about `bytes`, and the mark after them. Undefined where the
 * mark is not of this file as it is now, or where more was written. Throws `TranscriptError`.
 */
export async function linesSince(
  path: string,
  root: string,
  mark: Mark,
  bytes: number,
): Promise<{ lines: PlacedLine[]; mark: Mark } | undefined> {
  const { file, facts } = await openTranscript(path, root)
  try {
    if (mark.byte > facts.size || facts.size - mark.byte > bytes) return undefined
    const known = await markAt(file, facts, mark.byte)
    if (known.sign !== mark.sign) return undefined
    const data = await readRange(file, mark.byte, facts.size)
    const end = data.lastIndexOf(0x0a) + 1
    if (end === 0) return { lines: [], mark }
    return {
      lines: placeLines(data, mark.byte),
      mark: await markAt(file, facts, mark.byte + end),
    }
  } finally {
    await file.close()
  }
}

async function markAt(file: FileHandle, facts: FileFacts, byte: number): Promise<Mark> {
  const hash = createHmac('sha256', KEY)
  hash.update(`${facts.device} ${facts.inode} ${byte} `)
  hash.update(await readRange(file, Math.max(0, byte - SIGNED_BYTES), byte))
  return { byte, sign: hash.digest('hex').slice(0, 32) }
}
