import { randomBytes } from 'node:crypto'
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { deadline, every } from '../lib/time.ts'
import type { Log } from '../log.ts'
import { type AttachmentResponse, LIMITS } from '../protocol.ts'
import { attachmentName, attachmentTime, PART } from './attachment-name.ts'
import { Failure } from './failure.ts'

/** What is kept at most; beyond it the oldest go first. */
export interface AttachmentBounds {
  count: number
  bytes: number
  ageMs: number
  /** A device that sends nothing for so long has given up. */
  silenceMs: number
}

const BOUNDS: AttachmentBounds = {
  count: 200,
  bytes: 536_870_912,
  ageMs: 30 * 86_400_000,
  silenceMs: 30_000,
}
/** Files that arrive at the same time. */
const MAX_ARRIVING = 4
/** Room that a file must leave on the disk: the database needs it more. */
const LEAVE_BYTES = 67_108_864
const SWEEP_MS = 6 * 3_600_000

/** A file as it comes from a device. */
export interface Arrival {
  /** What the device calls it; only its ending is used. */
  name: string
  /** Media type, for what has no name. */
  type: string
  body: ReadableStream<Uint8Array> | null
  /** Bytes announced, where they were. */
  announced: number | undefined
}

interface AttachmentsOptions {
  /** Folder of our own; made when the first file comes. */
  folder: string
  log: Log
  signal: AbortSignal
  bounds?: Partial<AttachmentBounds>
  now?: () => number
}

/**
 * Files that people hand to agents: written under names of ours into a private folder, bounded by
 * size, count and age, and never given out again.
 */
export class Attachments {
  readonly #options: AttachmentsOptions
  readonly #bounds: AttachmentBounds
  readonly #now: () => number
  #arriving = 0

  constructor(options: AttachmentsOptions) {
    this.#options = options
    this.#bounds = { ...BOUNDS, ...options.bounds }
    this.#now = options.now ?? Date.now
    // What a killed server left half-written has no one left to finish it.
    void this.#sweep(true)
    void every(SWEEP_MS, () => this.#sweep(false), options.signal)
  }

  /** Keeps a file and tells where; throws `Failure`, and then nothing of it is left. */
  async keep(arrival: Arrival): Promise<AttachmentResponse> {
    if (this.#arriving >= MAX_ARRIVING) {
      throw new Failure('busy', 'Other files are being sent. Try again when they have arrived.')
    }
    this.#arriving += 1
    try {
      return await this.#take(arrival)
    } catch (error) {
      if (error instanceof Failure) throw error
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOSPC' || code === 'EDQUOT') throw diskFull(error)
      throw error
    } finally {
      this.#arriving -= 1
    }
  }

  async #take({ name, type, body, announced }: Arrival): Promise<AttachmentResponse> {
    if ((announced ?? 0) > LIMITS.attachmentBytes) throw tooLarge()
    const { folder } = this.#options
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const { bavail, bsize } = await statfs(folder)
    if (bavail * bsize < LEAVE_BYTES + (announced ?? LIMITS.attachmentBytes)) throw diskFull()
    const own = attachmentName(name, type, this.#now(), randomBytes(4).toString('hex'))
    const path = join(folder, own)
    const part = path + PART
    const file = await open(part, 'wx', 0o600)
    let bytes: number
    try {
      bytes = await this.#write(file, body)
      if (bytes === 0) throw new Failure('bad-request', 'The file is empty.')
      await file.datasync()
      await file.close()
      await rename(part, path)
    } catch (error) {
      await file.close()
      await rm(part, { force: true })
      throw error
    }
    await this.#sweep(false)
    return { path, bytes }
  }

  async #write(file: FileHandle, body: Arrival['body']): Promise<number> {
    let bytes = 0
    for await (const chunk of arriving(body, this.#bounds.silenceMs)) {
      bytes += chunk.byteLength
      if (bytes > LIMITS.attachmentBytes) throw tooLarge()
      await file.writeFile(chunk)
    }
    return bytes
  }

  /** Removes what is beyond the bounds, oldest first; files that are not ours are left alone. */
  async #sweep(withParts: boolean): Promise<void> {
    const { folder, log } = this.#options
    try {
      const names = (await readdir(folder)).filter((name) => attachmentTime(name) !== undefined)
      const whole = names.filter((name) => !name.endsWith(PART))
      const gone = withParts ? names.filter((name) => name.endsWith(PART)) : []
      // Their names begin with the moment they came, so the newest is the last.
      let [count, bytes] = [0, 0]
      for (const name of whole.sort().reverse()) {
        const { size } = await lstat(join(folder, name))
        count += 1
        bytes += size
        const { count: most, bytes: room, ageMs } = this.#bounds
        const age = this.#now() - (attachmentTime(name) ?? 0)
        if (count > most || bytes > room || age > ageMs) gone.push(name)
      }
      for (const name of gone) await rm(join(folder, name), { force: true })
    } catch (error) {
      // No folder yet is the usual case; anything else must not fail a file that has arrived.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        log.warn({ error }, 'old attachments were not removed')
      }
    }
  }
}

/** The pieces of a body; throws `Failure` where it breaks off or falls silent. */
async function* arriving(body: Arrival['body'], silenceMs: number): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader()
  try {
    while (reader) {
      const { done, value } = await deadline(reader.read(), silenceMs, 'a piece of a file')
      if (done) return
      yield value
    }
  } catch (cause) {
    throw new Failure('bad-request', 'The file did not arrive whole.', { cause })
  } finally {
    reader?.cancel().catch(() => {
      // The connection is gone already, which is what cancelling asks for.
    })
  }
}

function tooLarge(): Failure {
  const most = LIMITS.attachmentBytes / 1_048_576
  return new Failure('too-large', `A file may have at most ${most} MB.`)
}

function diskFull(cause?: unknown): Failure {
  return new Failure('busy', 'The disk of this machine is full. The file was not kept.', { cause })
}
