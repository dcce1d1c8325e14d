import { type Accessor, createSignal, onCleanup } from 'solid-js'

/** Where list and terminals stand side by side; the same question as in style/shell.css. */
const NARROW = '(max-width: 700px), (max-height: 480px) and (pointer: coarse)'

/** Whether there is room for more than one thing at a time, for the life of the Solid owner. */
export function createWide(): Accessor<boolean> {
  const query = matchMedia(NARROW)
  const [wide, setWide] = createSignal(!query.matches)
  const look = () => setWide(!query.matches)
  query.addEventListener('change', look)
  onCleanup(() => query.removeEventListener('change', look))
  return wide
}
