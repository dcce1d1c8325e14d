import ListTree from 'lucide-solid/icons/list-tree'
import { For } from 'solid-js'
import { GROUPING_WORDS, GROUPINGS } from '../state/grouping.ts'
import { grouping, setGrouping } from '../state/settings.ts'

/** What the rows of the list stand together by. */
export function GroupBy() {
  return (
    <span class="btn quiet icon picker" title={`Group sessions: ${GROUPING_WORDS[grouping()]}`}>
      <ListTree aria-hidden="true" />
      <select
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
    </span>
  )
}
