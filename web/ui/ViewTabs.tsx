import { For, Show } from 'solid-js'
import { type Place, pathOf, VIEW_NAMES, type ViewName } from '../state/place.ts'
import { VIEWS } from '../views/views.ts'

/** The ways to look at one agent, as links: each has an address of its own. */
export function ViewTabs(props: {
  /** Leads to a view; undefined where there is none, as to the terminal of one that has ended. */
  placeOf: (view: ViewName) => Place | undefined
  current: ViewName
}) {
  const label = (view: ViewName) => (view === 'terminal' ? 'Terminal' : VIEWS[view]?.label)
  return (
    <nav class="tabs views" aria-label="Views">
      <For each={VIEW_NAMES}>
        {(view) => (
          <Show when={label(view) !== undefined && props.placeOf(view)}>
            {(place) => (
              <a href={pathOf(place())} aria-current={props.current === view ? 'page' : undefined}>
                {label(view)}
              </a>
            )}
          </Show>
        )}
      </For>
    </nav>
  )
}
