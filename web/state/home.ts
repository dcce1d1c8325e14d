import { createSignal } from 'solid-js'
import { pathFrom } from './words.ts'

/** Home folder of the user whom the server serves, as it told last. */
const [home, setHome] = createSignal('')

/** Takes the folder of a `hello`. */
export { setHome as learnHome }

/** A path as people write it: with their home folder as `~`. */
export function shortPath(path: string): string {
  return pathFrom(home(), path)
}
