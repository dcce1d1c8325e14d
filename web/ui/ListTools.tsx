import { For, Show } from 'solid-js'
import { GROUPING_WORDS, GROUPINGS } from '../state/grouping.ts'
import { grouping, setGrouping } from '../state/settings.ts'
import { useApp } from './context.ts'

/** Id of what tells how to narrow the list. */
export const FIND_HINT = 'find-hint'

/** Under the search of the list: what its rows stand together by, and while one types, what can be typed. */
export function ListTools() {
  const { place, wide } = useApp()
  // What a phone shows first is by need alone.
  const isShown = () => wide() || place().page !== 'list'
  return (
    <Show when={isShown()}>
      <div class="list-tools">
        <p id={FIND_HINT}>
          Also <code>state:asking</code> <code>agent:codex</code>
        </p>
        <select
          class="group-by"
          aria-label="Group sessions"
          onChange={(event) => {
            const chosen = event.currentTarget.value
            setGrouping(GROUPINGS.find((name) => name === chosen) ?? 'need')
          }}
        >
          <For each={GROUPINGS}>
            {(name) => (
              <option value={name} selected={grouping() === name}>
                {GROUPING_WORDS[name]}
              </option>
            )}
          </For>
        </select>
      </div>
    </Show>
  )
}
