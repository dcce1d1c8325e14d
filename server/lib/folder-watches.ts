import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

interface Watched {
  watcher: FSWatcher
  /** Who follows the file of a name. */
  followers: Map<string, Set<() => void>>
}

/**
 * Follows files that are replaced, by a watch of their folder: one for all who follow files in it.
 * With a watch for each of them, each would be told of every file of every other.
 */
export class FolderWatches {
  readonly #folders = new Map<string, Watched>()

  /** Whether the kernel tells `changed` of the file. */
  has(path: string, changed: () => void): boolean {
    const folder = this.#folders.get(dirname(path))
    return folder?.followers.get(basename(path))?.has(changed) ?? false
  }

  /**
   * Calls `changed` when the file may have changed, and once more when that can no longer be seen.
   * Nothing where the folder is not there yet, or no watch is left: ask `has`, and try again.
   */
  follow(path: string, changed: () => void): void {
    const followers = (this.#folders.get(dirname(path)) ?? this.#open(dirname(path)))?.followers
    if (!followers) return
    const name = basename(path)
    followers.set(name, (followers.get(name) ?? new Set()).add(changed))
  }

  leave(path: string, changed: () => void): void {
    const folder = this.#folders.get(dirname(path))
    const same = folder?.followers.get(basename(path))
    if (!folder || !same?.delete(changed)) return
    if (same.size === 0) folder.followers.delete(basename(path))
    if (folder.followers.size === 0) this.#close(dirname(path), folder)
  }

  #open(path: string): Watched | undefined {
    try {
      const watcher = watch(path)
      const folder: Watched = { watcher, followers: new Map() }
      watcher.on('change', (event, name) => {
        // The folder itself has moved or gone, which the kernel tells under its own name.
        if (event === 'rename' && name === basename(path)) this.#lose(path, folder)
        else if (name === null) tell([...folder.followers.values()])
        else tell([folder.followers.get(`${name}`) ?? []])
      })
      watcher.on('error', () => this.#lose(path, folder))
      this.#folders.set(path, folder)
      return folder
    } catch {
      // Said above: who follows asks again.
      return undefined
    }
  }

  #close(path: string, folder: Watched): void {
    folder.watcher.close()
    if (this.#folders.get(path) === folder) this.#folders.delete(path)
  }

  #lose(path: string, folder: Watched): void {
    this.#close(path, folder)
    tell([...folder.followers.values()])
  }
}

function tell(followers: readonly Iterable<() => void>[]): void {
  for (const changed of followers.flatMap((same) => [...same])) changed()
}
