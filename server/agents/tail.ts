import { createHash } from 'node:crypto'
import { type FileHandle, lstat } from 'node:fs/promises'
import { setImmediate as nextTick } from 'node:timers/promises'
import { type FileFacts, openTranscript, readRange } from './transcript-file.ts'

/** Bytes read at a time; after each the event loop gets its turn. */
const CHUNK_BYTES = 262_144
/** A longer line is skipped: no agent writes such a record but by mistake or with a picture in it. */
const LINE_BYTES = 8_388_608
/** A file that was written so lately is not known by its times alone (milliseconds). */
const FRESH_MS = 100
/** So much of the head, and before our place, tells whether the file was written anew. */
const MARK_BYTES = 512

export type TailEvent =
  /** One complete line without its newline. `replay`: it may have been told before. */
  | { type: 'line'; text: string; replay: boolean }
  /** A line beyond the cap, of so many bytes, was not read. */
  | { type: 'skipped'; bytes: number }
  /** The file is another one or was written anew; what follows is told from its beginning. */
  | { type: 'restarted'; reason: 'shrunk' | 'rewritten' | 'replaced' }

/** Where a tail stands; kept, it lets the next start go on from there. */
export interface TailPlace {
  device: number
  inode: number
  /** Everything before this byte was told. */
  offset: number
  /** Hashes of the file's first bytes and of those right before `offset`. */
  head: string
  before: string
  /** How many bytes `head` covers. */
  headBytes: number
}

export interface TailOptions {
  path: string
  /** The agent's own folder; a file that is not under it is refused. */
  root: string
  /** `end`: only lines that come from now on; `start`: all; or a place that was kept. */
  from: 'start' | 'end' | TailPlace
  lineBytes?: number
}

/**
 * Reads a transcript as it grows: only whole lines, in order, each once. It holds no file open
 * between two reads, so a rotated or deleted file is seen as such. Not for two reads at once.
 */
export class TranscriptTail {
  readonly path: string
  readonly #root: string
  readonly #lineBytes: number
  #from: TailOptions['from']
  #place: TailPlace | undefined
  /** Bytes of a line beyond the cap that were read over so far; 0 outside one. */
  #skipping = 0
  /** Lines that end before this byte may have been told before a restart. */
  #replayUntil = 0
  /** What the file was like when it was read last. */
  #seen = ''

  constructor({ path, root, from, lineBytes = LINE_BYTES }: TailOptions) {
    this.path = path
    this.#root = root
    this.#from = from
    this.#lineBytes = lineBytes
  }

  /** Where it stands; undefined before the first read. */
  get place(): TailPlace | undefined {
    return this.#place
  }

  /**
   * Tells every line that was completed since the last read. Throws `TranscriptError` where the
   * file is missing or refused; the next read may succeed.
   */
  async read(tell: (event: TailEvent) => void, signal?: AbortSignal): Promise<void> {
    // Most looks find nothing new, and an open one is ten calls of the kernel.
    const seen = await signOf(this.path)
    if (seen !== '' && seen === this.#seen) return
    const { file, facts } = await openTranscript(this.path, this.#root)
    try {
      const place = await this.#findPlace(file, facts, tell)
      await this.#tellLines(file, place, facts.size, tell, signal)
      this.#seen = signal?.aborted ? '' : seen
    } finally {
      await file.close()
    }
  }

  /** The last line that is not blank, complete or not; undefined where the file has none. */
  async lastLine(): Promise<string | undefined> {
    const { file, facts } = await openTranscript(this.path, this.#root)
    try {
      const start = Math.max(0, facts.size - this.#lineBytes)
      let tail = Buffer.alloc(0)
      for (let end = facts.size; end > start; ) {
        const from = Math.max(start, end - CHUNK_BYTES)
        tail = Buffer.concat([await readRange(file, from, end), tail])
        end = from
        const text = tail.toString('utf8').trimEnd()
        const line = text.slice(text.lastIndexOf('\n') + 1)
        if (text.includes('\n') || end === 0) return line.trim() === '' ? undefined : line
        await nextTick()
      }
      return undefined
    } finally {
      await file.close()
    }
  }

  /** What stands after the last newline: nobody will complete it once its writer is gone. */
  async rest(): Promise<string> {
    const offset = this.#place?.offset ?? 0
    if (this.#skipping > 0) return ''
    const { file, facts } = await openTranscript(this.path, this.#root)
    try {
      if (facts.size - offset > this.#lineBytes) return ''
      return (await readRange(file, offset, facts.size)).toString('utf8')
    } finally {
      await file.close()
    }
  }

  async #findPlace(
    file: FileHandle,
    facts: FileFacts,
    tell: (event: TailEvent) => void,
  ): Promise<TailPlace> {
    const { device, inode, size } = facts
    const held = this.#place ?? (typeof this.#from === 'object' ? this.#from : undefined)
    if (!held) {
      const offset = this.#from === 'start' ? 0 : await this.#lineStart(file, size)
      return this.#mark(file, { device, inode }, offset)
    }
    const reason = await changeOf(file, held, facts)
    if (reason) {
      tell({ type: 'restarted', reason })
      this.#skipping = 0
      this.#replayUntil = size
      return this.#mark(file, { device, inode }, 0)
    }
    this.#place = { ...held, device, inode }
    return this.#place
  }

  /** Where the line begins that the end of the file lies in. */
  async #lineStart(file: FileHandle, size: number): Promise<number> {
    const lowest = Math.max(0, size - this.#lineBytes)
    for (let end = size; end > lowest; ) {
      const start = Math.max(lowest, end - CHUNK_BYTES)
      const at = (await readRange(file, start, end)).lastIndexOf(0x0a)
      if (at >= 0) return start + at + 1
      end = start
      await nextTick()
    }
    // No line begins within the cap: what is there now is skipped up to its newline.
    if (lowest > 0) this.#skipping = this.#lineBytes + 1
    return lowest > 0 ? size : 0
  }

  async #tellLines(
    file: FileHandle,
    place: TailPlace,
    size: number,
    tell: (event: TailEvent) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    // Pieces of one line; together never more than the cap.
    let pieces: Buffer[] = []
    let held = 0
    let at = place.offset
    let told = at
    while (at < size && !signal?.aborted) {
      const chunk = await readRange(file, at, Math.min(size, at + CHUNK_BYTES))
      if (chunk.length === 0) break
      let start = 0
      for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
        const piece = chunk.subarray(start, end)
        start = end + 1
        told = at + start
        if (this.#skipping > 0) {
          tell({ type: 'skipped', bytes: this.#skipping + piece.length })
        } else if (held + piece.length > this.#lineBytes) {
          tell({ type: 'skipped', bytes: held + piece.length })
        } else {
          const text = Buffer.concat([...pieces, piece]).toString('utf8')
          tell({ type: 'line', text, replay: told <= this.#replayUntil })
        }
        this.#skipping = 0
        pieces = []
        held = 0
      }
      const rest = chunk.subarray(start)
      at += chunk.length
      if (this.#skipping > 0) this.#skipping += rest.length
      else if (rest.length > 0) {
        held += rest.length
        if (held > this.#lineBytes) this.#skipping = held
        // A copy: the slice would keep its whole chunk alive.
        else pieces.push(Buffer.from(rest))
        if (this.#skipping > 0) pieces = []
      }
      if (this.#skipping > 0) {
        held = 0
        told = at
      }
      await nextTick()
    }
    await this.#mark(file, place, told)
  }

  async #mark(
    file: FileHandle,
    { device, inode }: Pick<TailPlace, 'device' | 'inode'>,
    offset: number,
  ): Promise<TailPlace> {
    const headBytes = Math.min(MARK_BYTES, offset)
    const [head, before] = await Promise.all([
      hashOf(file, 0, headBytes),
      hashOf(file, Math.max(0, offset - MARK_BYTES), offset),
    ])
    this.#place = { device, inode, offset, head, before, headBytes }
    return this.#place
  }
}

/**
 * Changes with every write and every replacement; empty where there is no such file, or where it was
 * written just now: the clock of files may not tick before the next write.
 */
async function signOf(path: string): Promise<string> {
  const facts = await lstat(path).catch(() => undefined)
  if (!facts || Math.abs(Date.now() - facts.ctimeMs) < FRESH_MS) return ''
  return [facts.dev, facts.ino, facts.size, facts.mtimeMs, facts.ctimeMs].join(' ')
}

/** How the file differs from the one we stood in; undefined where it only grew. */
async function changeOf(
  file: FileHandle,
  held: TailPlace,
  { device, inode, size }: FileFacts,
): Promise<'shrunk' | 'rewritten' | 'replaced' | undefined> {
  const other = device !== held.device || inode !== held.inode
  if (size < held.offset) return other ? 'replaced' : 'shrunk'
  const { offset } = held
  const same =
    (await hashOf(file, 0, held.headBytes)) === held.head &&
    (await hashOf(file, Math.max(0, offset - MARK_BYTES), offset)) === held.before
  // An editor or the agent may write a copy and rename it: the same text in another file.
  if (same) return undefined
  if (other) return 'replaced'
  // It may have been cut while the hashes were read.
  return (await file.stat()).size < offset ? 'shrunk' : 'rewritten'
}

async function hashOf(file: FileHandle, start: number, end: number): Promise<string> {
  const bytes = await readRange(file, start, end)
  return createHash('sha256').update(bytes).digest('base64url')
}
