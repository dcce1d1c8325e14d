/**
 * At most one look at a time. A caller who asks while one runs gets the next one, which begins
 * after the question: what the caller did before is in it.
 */
export class Lister<T> {
  readonly #work: () => Promise<T>
  #running: Promise<T> | undefined
  #next: Promise<T> | undefined

  constructor(work: () => Promise<T>) {
    this.#work = work
  }

  /** The outcome of a look that begins after this call. */
  run(): Promise<T> {
    if (!this.#running) return this.#start()
    this.#next ??= this.#running.then(
      () => this.#startNext(),
      () => this.#startNext(),
    )
    return this.#next
  }

  #startNext(): Promise<T> {
    this.#next = undefined
    return this.#start()
  }

  #start(): Promise<T> {
    const run = this.#work().finally(() => {
      this.#running = undefined
    })
    this.#running = run
    return run
  }
}
