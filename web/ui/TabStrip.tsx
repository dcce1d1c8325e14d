import X from 'lucide-solid/icons/x'
import { For } from 'solid-js'
import { visible } from '../state/words.ts'
import { useApp } from './context.ts'
import { Name } from './Name.tsx'
import { closeTab } from './tab-acts.ts'

/** The open terminals, where there is more than one. */
export function TabStrip() {
  const app = useApp()
  return (
    <nav class="strip" aria-label="Open terminals">
      <ul>
        <For each={app.tabs.list}>
          {(tab) => (
            <li
              classList={{
                current: app.selected() === tab.session,
                part: app.parts().includes(tab.session),
              }}
            >
              <a
                href={`/s/${tab.session}`}
                aria-current={app.selected() === tab.session ? 'page' : undefined}
              >
                <Name text={tab.name} />
              </a>
              <button
                type="button"
                aria-label={`Close the terminal of ${visible(tab.name)}`}
                title="Close this terminal; the session goes on"
                onClick={() => closeTab(app, tab.session)}
              >
                <X aria-hidden="true" />
              </button>
            </li>
          )}
        </For>
      </ul>
    </nav>
  )
}
