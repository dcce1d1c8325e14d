import { createSignal, Show } from 'solid-js'
import type { StorageFault } from '../../server/protocol.ts'
import { since } from '../state/clock.ts'
import { ageText, exactTime } from '../state/words.ts'
import { useApp } from './context.ts'

/** What a person can do about it. */
const WAYS_OUT: Readonly<Record<StorageFault, string>> = {
  full: 'Make room on the disk of its data folder.',
  'almost-full': 'Make room on the disk of its data folder before it is full.',
  refused: 'Look at the rights of its data folder, and whether its disk is mounted read-only.',
  broken: 'It is not out of room: the disk itself, or a limit on file sizes, stops the writing.',
  held: 'Another program has its database open for writing: end that one.',
  damaged: 'Start dogwatch again.',
  unknown: 'Its log tells more.',
}

/** Says over the list that dogwatch cannot remember, why, and what was lost at its start. */
export function StorageBanner() {
  const { feed } = useApp().live
  const [seen, setSeen] = createSignal('')
  const storage = () => feed.storage
  const wayOut = () => WAYS_OUT[storage()?.writeFaultKind ?? 'unknown']
  const lost = () => {
    const fault = storage()?.loadFault
    return fault !== seen() ? fault : undefined
  }
  return (
    <>
      <Show when={storage()?.writeFault}>
        {(fault) => (
          <p class="banner warn" data-testid="storage-banner">
            <span>
              <Show when={storage()?.state === 'not-saving'} fallback={`${fault()} ${wayOut()}`}>
                <b title={exactTime(storage()?.since ?? 0)}>
                  Not saving for {ageText(since(storage()?.since ?? 0))}.
                </b>{' '}
                {fault()} {wayOut()} You see everything as it happens, but dogwatch remembers none
                of it until writing works.
              </Show>
            </span>
          </p>
        )}
      </Show>
      <Show when={lost()}>
        {(fault) => (
          <div class="banner warn" data-testid="load-banner">
            <span>{fault()}</span>
            <button type="button" class="btn" onClick={() => setSeen(fault())}>
              Understood
            </button>
          </div>
        )}
      </Show>
    </>
  )
}
