import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js'
import { sentenceOf } from './api.ts'

/** An answer of the server that is asked for again when what it depends on changes. */
export interface Asked<T> {
  /** The newest answer; stays while a newer one is on its way. */
  value: Accessor<T | undefined>
  /** Why the newest question failed, as a sentence. */
  error: Accessor<string | undefined>
  /** A question is on its way. */
  asking: Accessor<boolean>
  again(): void
}

/**
 * Asks now and whenever `key` changes; an undefined key asks nothing. Only the answer to the newest
 * question counts. Ends with the Solid owner.
 */
export function createAsked<K, T>(
  key: () => K | undefined,
  ask: (key: K, signal: AbortSignal) => Promise<T>,
): Asked<T> {
  const [value, setValue] = createSignal<T>()
  const [error, setError] = createSignal<string>()
  const [asking, setAsking] = createSignal(false)
  const [round, setRound] = createSignal(0)
  let running: AbortController | undefined
  createEffect(
    on([key, round], ([now]) => {
      running?.abort()
      setAsking(now !== undefined)
      if (now === undefined) return
      const mine = new AbortController()
      running = mine
      ask(now, mine.signal).then(
        (answer) => {
          if (mine.signal.aborted) return
          setValue(() => answer)
          setError(undefined)
          setAsking(false)
        },
        (reason: unknown) => {
          if (mine.signal.aborted) return
          setError(sentenceOf(reason))
          setAsking(false)
        },
      )
    }),
  )
  onCleanup(() => running?.abort())
  return { value, error, asking, again: () => setRound((count) => count + 1) }
}
