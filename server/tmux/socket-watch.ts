import { type FSWatcher, watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'

/**
 * What the socket file is now: changes when a server starts (it makes a new file), undefined where
 * there is none. Costs no process.
 */
export async function socketMark(socketPath: string): Promise<string | undefined> {
  try {
    // Not the time of the last change: tmux sets mode bits whenever someone attaches.
    const { ino, dev, mtimeMs } = await stat(socketPath)
    return `${dev}:${ino}:${mtimeMs}`
  } catch {
    // Missing, or in a folder that is missing: nobody listens.
    return undefined
  }
}

/** A server that made its socket so lately may not listen at it yet (milliseconds). */
const FRESH_MS = 5_000

/** Whether the file of this mark is so young that a refusal is no proof that nobody comes. */
export function isFresh(mark: string | undefined): boolean {
  const madeAt = Number(mark?.split(':')[2])
  return Math.abs(Date.now() - madeAt) < FRESH_MS
}

/**
 * Tells at once when the socket appears, goes or is replaced. The folder may not exist yet (tmux
 * makes it with its first server) or be deleted and made again, so whoever polls calls `arm` too.
 */
export class SocketWatch {
  readonly #path: string
  readonly #onChange: () => void
  #watcher: FSWatcher | undefined

  constructor(socketPath: string, onChange: () => void, signal: AbortSignal) {
    this.#path = socketPath
    this.#onChange = onChange
    signal.addEventListener('abort', () => this.#drop(), { once: true })
  }

  /** Starts watching where that is possible and not done already. */
  arm(): void {
    if (this.#watcher) return
    const name = basename(this.#path)
    try {
      const watcher = watch(dirname(this.#path), (event, changed) => {
        if (changed === name || changed === null) this.#onChange()
        // The folder itself went away.
        else if (event === 'rename' && changed === basename(dirname(this.#path))) this.#drop()
      })
      watcher.on('error', () => this.#drop())
      this.#watcher = watcher
    } catch {
      // No such folder, or no watches left: the slow poll finds the server.
    }
  }

  #drop(): void {
    this.#watcher?.close()
    this.#watcher = undefined
  }
}
