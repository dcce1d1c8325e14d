import { constants } from 'node:fs'
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'

export type TranscriptErrorCode =
  /** There is no such file (yet, or any more). */
  | 'missing'
  /** A link, FIFO, device or folder; another user's; or outside the agent's own folder. */
  | 'refused'

/** A transcript cannot be read; the message says why, without its content. */
export class TranscriptError extends Error {
  override name = 'TranscriptError'
  constructor(
    readonly code: TranscriptErrorCode,
    readonly path: string,
    message: string,
  ) {
    super(message)
  }
}

/** What tells one file, and one state of it, from another. */
export interface FileFacts {
  device: number
  inode: number
  size: number
}

/**
 * Opens a transcript, or another file that an agent may have put there, for reading. Its path may
 * come from an agent or a hook, so it is checked on the open file: a plain file of ours under
 * `root`, never a link, and nothing that blocks. As bytes, a path need not be UTF-8.
 * Throws `TranscriptError`.
 */
export async function openTranscript(
  at: string | Buffer,
  root: string,
): Promise<{ file: FileHandle; facts: FileFacts }> {
  const path = at.toString()
  const file = await open(
    at,
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  ).catch((error: NodeJS.ErrnoException) => {
    throw failure(error, path)
  })
  try {
    const facts = await file.stat()
    if (!facts.isFile()) throw refused(path, 'it is no plain file')
    const { uid } = facts
    if (uid !== process.getuid?.() && uid !== 0) throw refused(path, 'it belongs to another user')
    const [real, realRoot] = await Promise.all([whereIs(file, path), realpath(root)]).catch(
      (error: NodeJS.ErrnoException) => {
        throw failure(error, path)
      },
    )
    if (!real.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)) {
      throw refused(path, `it lies outside ${root}`)
    }
    return { file, facts: { device: facts.dev, inode: facts.ino, size: facts.size } }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Bytes from `start` up to `end`, or fewer where the file has become shorter. */
export async function readRange(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.max(0, end - start))
  let filled = 0
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, start + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

/** The path of the file that is open, all links on the way resolved. */
async function whereIs(file: FileHandle, path: string): Promise<string> {
  if (process.platform === 'linux') return readlink(`/proc/self/fd/${file.fd}`)
  // Elsewhere the folder is resolved by its name: the last part is no link, as the open has shown.
  return join(await realpath(dirname(path)), path.slice(path.lastIndexOf(sep) + 1))
}

function failure(error: NodeJS.ErrnoException, path: string): Error {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new TranscriptError('missing', path, `${path} is not there`)
    case 'ELOOP':
    case 'EMLINK':
      return refused(path, 'it is a link')
    case 'ENXIO':
      return refused(path, 'it is no plain file')
    case 'EACCES':
    case 'EPERM':
      return refused(path, 'it may not be read')
    default:
      return error
  }
}

function refused(path: string, why: string): TranscriptError {
  return new TranscriptError('refused', path, `${path} is not read: ${why}`)
}
