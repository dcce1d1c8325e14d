import { createSignal, Show } from 'solid-js'
import { since } from '../state/clock.ts'
import { ageText } from '../state/words.ts'
import { useApp } from './context.ts'

/** Says over the list that dogwatch cannot remember, why, and what was lost at its start. */
export function StorageBanner() {
  const { feed } = useApp().live
  const [seen, setSeen] = createSignal('')
  const storage = () => feed.storage
  const lost = () => {
    const fault = storage()?.loadFault
    return fault !== seen() ? fault : undefined
  }
  return (
    <div role="status">
      <Show when={storage()?.writeFault}>
        {(fault) => (
          <p class="banner warn" data-testid="storage-banner">
            <span>
              <Show when={storage()?.state === 'not-saving'} fallback={fault()}>
                <b>Not saving for {ageText(since(storage()?.since ?? 0))}.</b> {fault()} You see
                everything as it happens, but dogwatch remembers none of it until writing works.
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
    </div>
  )
}
