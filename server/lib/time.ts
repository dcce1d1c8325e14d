/** Waits that end with their signal. All durations in milliseconds. */

/** Resolves after `ms`, or at once when the signal aborts: the caller looks at the signal. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done, { once: true })
  })
}

export class DeadlineError extends Error {
  override name = 'DeadlineError'
  constructor(
    readonly what: string,
    readonly ms: number,
  ) {
    super(`${what} took longer than ${ms} ms`)
  }
}

/** The promise's own result, or a `DeadlineError` after `ms`. The work itself is not stopped. */
export function deadline<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DeadlineError(what, ms)), ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** Waits, works, waits: never overlaps itself. Ends with the signal; an error ends it by rejecting. */
export async function every(
  ms: number,
  work: () => void | Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await delay(ms, signal)
    if (signal.aborted) return
    await work()
  }
}

/**
 * Runs `work` at once, then at most every `ms` while called again: first change without delay,
 * a burst as one more call at its end. Returns the trigger.
 */
export function coalesce(ms: number, work: () => void, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined
  let again = false
  const stop = () => clearTimeout(timer)
  signal.addEventListener('abort', stop, { once: true })
  const run = () => {
    again = false
    timer = setTimeout(() => {
      timer = undefined
      if (again && !signal.aborted) run()
    }, ms)
    work()
  }
  return () => {
    if (signal.aborted) return
    if (timer) again = true
    else run()
  }
}
