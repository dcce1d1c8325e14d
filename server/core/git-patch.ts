import type { DiffStatus } from '../protocol.ts'

/** One file of a diff as git tells it; nothing is redacted yet. */
export interface PatchFile {
  path: string
  from?: string
  status: DiffStatus
  added: number
  removed: number
  binary: boolean
  /** The unified diff, its first bytes. */
  patch: Buffer
  /** Bytes of it that were left out. */
  cut: number
}

export interface PatchLimits {
  /** Bytes of one file's patch, and of all together. */
  fileBytes: number
  totalBytes: number
  files: number
}

/** A longer line is handed on in pieces, of which only the first is looked at. */
const LINE_BYTES = 65_536

const STATUS: Readonly<Record<string, DiffStatus>> = {
  A: 'added',
  D: 'deleted',
  R: 'renamed',
  C: 'copied',
  M: 'modified',
  // A file became a link, or the other way round.
  T: 'modified',
}

interface Section extends PatchFile {
  kept: Buffer[]
  keptBytes: number
  /** Sections of the patch that belong to it: a change of type is a deletion and a creation. */
  sections: number
  hasHunk: boolean
  changesMode: boolean
}

/**
 * Reads `git diff --raw -p -z` (git-diff(1), "diff format for merges" aside) as it comes: however
 * much git prints, only what the limits allow is held. Files come in the order of the raw part,
 * and a line that starts with `diff --git` begins the next one: inside hunks each line has a mark.
 */
export class PatchReader {
  /** Files beyond the limit. */
  omitted = 0
  readonly #limits: PatchLimits
  readonly #files: Section[] = []
  #isRaw = true
  #rest: Buffer = Buffer.alloc(0)
  /** The line before was cut into pieces, and this is one of them. */
  #isInLine = false
  #raw: string[] = []
  #at = -1
  #sectionsLeft = 0
  #total = 0

  constructor(limits: PatchLimits) {
    this.#limits = limits
  }

  /** Takes the next bytes of git's output. */
  take(chunk: Buffer): void {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (this.#isRaw) {
      const end = data.indexOf(0)
      if (end < 0) {
        this.#rest = data
        return
      }
      this.#takeRaw(data.subarray(0, end).toString('utf8'))
      data = data.subarray(end + 1)
    }
    let start = 0
    for (let end = data.indexOf(0x0a); end >= 0; end = data.indexOf(0x0a, start)) {
      this.#takeLine(data.subarray(start, end + 1))
      this.#isInLine = false
      start = end + 1
    }
    this.#rest = data.subarray(start)
    if (this.#rest.length < LINE_BYTES) return
    this.#takeLine(this.#rest)
    this.#isInLine = true
    this.#rest = Buffer.alloc(0)
  }

  /** All files that differ, when git has ended. */
  finish(): PatchFile[] {
    if (this.#rest.length > 0 && !this.#isRaw) this.#takeLine(this.#rest)
    return this.#files.slice(0, this.#limits.files).flatMap((file) => {
      const { kept, keptBytes: _, sections: __, hasHunk, changesMode, ...told } = file
      // Only its time changed: git lists it because it was not allowed to refresh the index.
      const isTouched = told.status === 'modified' && !hasHunk && !told.binary && !changesMode
      return isTouched ? [] : [{ ...told, patch: Buffer.concat(kept) }]
    })
  }

  /** `:100644 100755 sha sha M`, a path, and a second one where it was renamed; then nothing. */
  #takeRaw(part: string): void {
    if (part === '' && this.#raw.length === 0) {
      this.#isRaw = false
      return
    }
    this.#raw.push(part)
    const [from = '', to, , , letter = ''] = (this.#raw[0] ?? '').slice(1).split(' ')
    const hasTwo = /^[RC]/.test(letter)
    if (this.#raw.length < (hasTwo ? 3 : 2)) return
    const [, first = '', second] = this.#raw
    this.#raw = []
    const status = STATUS[letter[0] ?? '']
    // Unmerged paths have a second record that tells of the file itself, and no patch here.
    if (status === undefined) return
    this.#files.push({
      path: second ?? first,
      ...(second === undefined ? {} : { from: first }),
      status,
      added: 0,
      removed: 0,
      binary: false,
      patch: Buffer.alloc(0),
      cut: 0,
      kept: [],
      keptBytes: 0,
      sections: letter === 'T' ? 2 : 1,
      hasHunk: false,
      changesMode: from !== to,
    })
    if (this.#files.length > this.#limits.files) this.omitted += 1
  }

  #takeLine(line: Buffer): void {
    if (!this.#isInLine && startsWith(line, 'diff --git ')) this.#nextSection()
    const file = this.#files[this.#at]
    if (!file || this.#at >= this.#limits.files) return
    if (!this.#isInLine) {
      if (startsWith(line, '@@ ')) file.hasHunk = true
      else if (file.hasHunk && line[0] === 0x2b) file.added += 1
      else if (file.hasHunk && line[0] === 0x2d) file.removed += 1
      else if (startsWith(line, 'Binary files ')) file.binary = true
    }
    const room = Math.min(
      this.#limits.fileBytes - file.keptBytes,
      this.#limits.totalBytes - this.#total,
    )
    // A whole line or nothing, so that what is kept can be read; the rest is only counted.
    if (file.cut > 0 || line.length > room) {
      file.cut += line.length
      return
    }
    // A copy: the slice would keep its whole chunk alive.
    file.kept.push(Buffer.from(line))
    file.keptBytes += line.length
    this.#total += line.length
  }

  #nextSection(): void {
    if (this.#sectionsLeft > 0) {
      this.#sectionsLeft -= 1
      const file = this.#files[this.#at]
      if (file) file.hasHunk = false
      return
    }
    this.#at += 1
    this.#sectionsLeft = (this.#files[this.#at]?.sections ?? 1) - 1
  }
}

function startsWith(line: Buffer, start: string): boolean {
  return line.length >= start.length && line.toString('latin1', 0, start.length) === start
}
