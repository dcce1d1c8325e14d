import { constants } from 'node:fs'
import { lstat, open } from 'node:fs/promises'
import type { FolderWatches } from '../lib/folder-watches.ts'
import { Lister } from '../lib/lister.ts'

/** Larger files are no state file of an agent's. */
const MAX_BYTES = 65_536

interface Held {
  text: string
  /** Changes with every write and every replacement. */
  sign: string
}

interface Seen {
  text: string
  isNew: boolean
}

interface LiveFilesDeps {
  watches: FolderWatches
  /** Told that one of them may have changed. */
  changed: () => void
  signal: AbortSignal
}

/**
 * The small files in which an agent keeps its state. Their folder is watched, because agents
 * replace them; `look` finds what the kernel did not tell of.
 */
export class LiveFiles {
  readonly #paths: readonly string[]
  readonly #held = new Map<string, Held>()
  readonly #looks = new Lister(() => this.#look())
  readonly #watches: FolderWatches
  readonly #changed: () => void
  readonly #signal: AbortSignal

  constructor(paths: readonly string[], { watches, changed, signal }: LiveFilesDeps) {
    this.#paths = paths
    this.#watches = watches
    this.#changed = changed
    this.#signal = signal
    signal.addEventListener('abort', () => this.#leave(), { once: true })
  }

  /** Whether the kernel tells of every change. */
  get areWatched(): boolean {
    return this.#paths.every((path) => this.#watches.has(path, this.#changed))
  }

  /** The text of every file as it was at the last look. */
  get texts(): string[] {
    return [...this.#held.values()].map(({ text }) => text)
  }

  /**
   * The text of every file that can be read; `isNew` where it was written since the last look. One
   * look at a time: a slow one must not bring back what a later one has seen replaced.
   */
  look(): Promise<Seen[]> {
    return this.#looks.run()
  }

  async #look(): Promise<Seen[]> {
    const found: Seen[] = []
    for (const path of this.#paths) {
      if (!this.#signal.aborted) this.#watches.follow(path, this.#changed)
      const before = this.#held.get(path)
      const now = await readSmall(path, before)
      if (now) this.#held.set(path, now)
      else this.#held.delete(path)
      if (now) found.push({ text: now.text, isNew: now.text !== before?.text })
    }
    return found
  }

  #leave(): void {
    for (const path of this.#paths) this.#watches.leave(path, this.#changed)
  }
}

/** A plain file of ours, read whole; what we hold where it was not written since. */
async function readSmall(path: string, held: Held | undefined): Promise<Held | undefined> {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = await lstat(path)
    const sign = [dev, ino, size, mtimeMs, ctimeMs].join(' ')
    if (held?.sign === sign) return held
    await using file = await open(
      path,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    )
    const facts = await file.stat()
    if (!facts.isFile() || facts.size > MAX_BYTES) return undefined
    return { text: await file.readFile('utf8'), sign }
  } catch {
    // Not there, not ours or a link: the agent says nothing in it.
    return undefined
  }
}
