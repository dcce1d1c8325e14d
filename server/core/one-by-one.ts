/** Work that must not overlap, by what it works on: what people type into one pane. */
export class OneByOne {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Whether work for `key` runs or waits. */
  isBusy(key: string): boolean {
    return this.#last.has(key)
  }

  /** Does `work` when all that came before it for `key` is done, whether that failed or not. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key)
    // The one before tells its own caller of its failure.
    const mine = (before ?? Promise.resolve()).catch(() => {}).then(work)
    this.#last.set(key, mine)
    try {
      return await mine
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key)
    }
  }
}
