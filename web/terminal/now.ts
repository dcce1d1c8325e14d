import { type Accessor, createSignal, onCleanup } from 'solid-js'

/** This device's clock as a signal, epoch milliseconds, while the owner lives. */
export function createNow(everyMs: number): Accessor<number> {
  const [now, setNow] = createSignal(Date.now())
  const timer = setInterval(() => setNow(Date.now()), everyMs)
  onCleanup(() => clearInterval(timer))
  return now
}
