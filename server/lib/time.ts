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

/** Waits of a second or more end with a beat of one clock (milliseconds). */
const BEAT_MS = 1_000
/** The waits that go on, and how many beats each of them still takes. */
const resting = new Set<{ beats: number; end: () => void }>()
let nextBeat: NodeJS.Timeout | undefined
let beatAt = 0

/** How many beats a wait takes that begins `elapsed` milliseconds after the last one. */
export function beatsOf(ms: number, elapsed: number): number {
  // Where the loop was held up the next beat is late already, and is one beat all the same.
  return Math.max(1, Math.round((ms + Math.min(elapsed, BEAT_MS)) / BEAT_MS))
}

function startBeat(): void {
  beatAt = performance.now()
  nextBeat = setTimeout(() => {
    startBeat()
    for (const one of resting) {
      one.beats -= 1
      if (one.beats === 0) one.end()
    }
  }, BEAT_MS)
}

/**
 * As `delay`, but a wait of a second or more ends together with others, up to half a second sooner
 * or later: to wake up costs an idle process more than most of what it then looks at.
 */
export function rest(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms < BEAT_MS) return delay(ms, signal)
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    if (!nextBeat) startBeat()
    const end = () => {
      resting.delete(one)
      signal?.removeEventListener('abort', end)
      if (resting.size === 0) {
        clearTimeout(nextBeat)
        nextBeat = undefined
      }
      resolve()
    }
    const one = { beats: beatsOf(ms, performance.now() - beatAt), end }
    resting.add(one)
    signal?.addEventListener('abort', end, { once: true })
  })
}

/** Rests, works, rests: never overlaps itself. Ends with the signal; an error ends it by rejecting. */
export async function every(
  ms: number,
  work: () => void | Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await rest(ms, signal)
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
