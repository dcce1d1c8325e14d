import X from 'lucide-solid/icons/x'
import { For } from 'solid-js'
import { visible } from '../state/words.ts'
import { useApp } from './context.ts'
import { Name } from './Name.tsx'

/** The open terminals, where there is more than one. */
export function TabStrip() {
  const app = useApp()
  const close = (session: string) => {
    const wasSelected = app.selected() === session
    const rest = app.tabs.list.filter((tab) => tab.session !== session)
    // Leave first: what the address names would open again.
    if (wasSelected) {
      const next = rest.reduce((a, b) => (b.visit > (a?.visit ?? -1) ? b : a), rest[0])
      app.go(next?.session)
    }
    app.tabs.close(session)
  }
  return (
    <nav class="strip" aria-label="Open terminals">
      <ul>
        <For each={app.tabs.list}>
          {(tab) => (
            <li classList={{ current: app.selected() === tab.session }}>
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
                onClick={() => close(tab.session)}
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
