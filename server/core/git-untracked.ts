import { readlink } from 'node:fs/promises'
import { openTranscript, readRange, TranscriptError } from '../agents/transcript-file.ts'
import type { PatchFile } from './git-patch.ts'

/** git calls a file binary that has a zero byte in so many of its first bytes. */
const BINARY_LOOK_BYTES = 8_000

/**
 * An untracked file as a diff against nothing. git itself would need an entry in the index for it,
 * which is not ours to make. What is no plain file of ours under the worktree shows without content.
 */
export async function readUntracked(
  worktree: string,
  path: Buffer,
  room: number,
): Promise<PatchFile> {
  const name = path.toString('utf8')
  const file: PatchFile = {
    path: name,
    status: 'untracked',
    added: 0,
    removed: 0,
    binary: false,
    patch: Buffer.alloc(0),
    cut: 0,
  }
  const content = await readStart(
    Buffer.concat([Buffer.from(`${worktree}/`), path]),
    worktree,
    room,
  )
  if (!content) return file
  const { bytes, size } = content
  if (bytes.subarray(0, BINARY_LOOK_BYTES).includes(0)) return { ...file, binary: true }
  // What is kept ends with a whole line, so that it can be read.
  const end = size === bytes.length ? size : bytes.lastIndexOf(0x0a) + 1
  if (end === 0) return { ...file, cut: size }
  const lines = bytes.toString('utf8', 0, end).split('\n')
  const endsOpen = lines.at(-1) !== ''
  if (!endsOpen) lines.pop()
  const head = `@@ -0,0 +1,${lines.length} @@`
  const tail = endsOpen && end === size ? ['\\ No newline at end of file'] : []
  const text = [head, ...lines.map((line) => `+${line}`), ...tail].join('\n')
  return { ...file, added: lines.length, patch: Buffer.from(`${text}\n`), cut: size - end }
}

async function readStart(
  path: Buffer,
  worktree: string,
  room: number,
): Promise<{ bytes: Buffer; size: number } | undefined> {
  try {
    const { file, facts } = await openTranscript(path, worktree)
    try {
      return { bytes: await readRange(file, 0, Math.min(facts.size, room)), size: facts.size }
    } finally {
      await file.close()
    }
  } catch (error) {
    if (!(error instanceof TranscriptError)) throw error
    // A link shows where it leads, as in git; all else that cannot be opened has no content.
    const target = await readlink(path, 'buffer').catch(() => undefined)
    return target && { bytes: target, size: target.length }
  }
}
