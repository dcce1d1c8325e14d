/** Things to close, last opened first; Node 20 has no `AsyncDisposableStack` yet. */
export class Stack {
  readonly #open: AsyncDisposable[] = []

  use<T extends AsyncDisposable>(thing: T): T {
    this.#open.push(thing)
    return thing
  }

  /** Closes all of them, also after one that fails; then throws the first failure. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = []
    for (let thing = this.#open.pop(); thing; thing = this.#open.pop()) {
      try {
        await thing[Symbol.asyncDispose]()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
