import { constants, type FSWatcher, watch } from 'node:fs'
import { lstat, open } from 'node:fs/promises'
import { basename, dirname } from 'node:path'

/** Larger files are no state file of an agent's. */
const MAX_BYTES = 65_536

interface Held {
  text: string
  /** Changes with every write and every replacement. */
  sign: string
}

/**
 * The small files in which an agent keeps its state. Their folder is watched, because agents
 * replace them; `look` finds what the kernel did not tell of.
 */
export class LiveFiles {
  readonly #paths: readonly string[]
  readonly #folders: ReadonlySet<string>
  readonly #held = new Map<string, Held>()
  readonly #watchers = new Map<string, FSWatcher>()
  readonly #changed: () => void
  readonly #signal: AbortSignal

  constructor(paths: readonly string[], changed: () => void, signal: AbortSignal) {
    this.#paths = paths
    this.#folders = new Set(paths.map((path) => dirname(path)))
    this.#changed = changed
    this.#signal = signal
    signal.addEventListener('abort', () => this.#unwatch(), { once: true })
  }

  /** Whether the kernel tells of every change. */
  get areWatched(): boolean {
    return this.#watchers.size === this.#folders.size
  }

  /** The text of every file as it was at the last look. */
  get texts(): string[] {
    return [...this.#held.values()].map(({ text }) => text)
  }

  /** The text of every file that can be read; `isNew` where it was written since the last look. */
  async look(): Promise<{ text: string; isNew: boolean }[]> {
    const found: { text: string; isNew: boolean }[] = []
    for (const path of this.#paths) {
      this.#watch(dirname(path))
      const before = this.#held.get(path)
      const now = await readSmall(path, before)
      if (now) this.#held.set(path, now)
      else this.#held.delete(path)
      if (now) found.push({ text: now.text, isNew: now.text !== before?.text })
    }
    return found
  }

  #watch(folder: string): void {
    if (this.#watchers.has(folder) || this.#signal.aborted) return
    try {
      const names = new Set(this.#paths.map((path) => basename(path)))
      const watcher = watch(folder, (_event, name) => {
        if (name === null || names.has(name)) this.#changed()
      })
      watcher.on('error', () => {
        // The looks go on: without a watch we are only slower, and the next look watches again.
        watcher.close()
        this.#watchers.delete(folder)
      })
      this.#watchers.set(folder, watcher)
    } catch {
      // The folder is not there yet, or no watch is left: the next look tries again.
    }
  }

  #unwatch(): void {
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
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
