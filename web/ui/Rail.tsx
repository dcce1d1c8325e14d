import Command from 'lucide-solid/icons/command'
import LayoutGrid from 'lucide-solid/icons/layout-grid'
import MessagesSquare from 'lucide-solid/icons/messages-square'
import Plus from 'lucide-solid/icons/plus'
import Search from 'lucide-solid/icons/search'
import Settings from 'lucide-solid/icons/settings-2'
import Smartphone from 'lucide-solid/icons/smartphone'
import { createMemo, createSignal, Show, Suspense } from 'solid-js'
import { IS_MAC } from '../state/platform.ts'
import { promptable } from '../state/several.ts'
import { ariaKeys, keyWords } from '../state/shortcuts.ts'
import { counted } from '../state/words.ts'
import { useApp } from './context.ts'
import { GroupBy } from './GroupBy.tsx'
import { LinkBanner, LinkState } from './LinkState.tsx'
import { openSearch } from './open-search.ts'
import { part } from './part.tsx'
import { RecoveryBanner } from './RecoveryBanner.tsx'
import { SessionList } from './SessionList.tsx'

/** Id of what tells how to narrow the list. */
const FIND_HINT = 'find-hint'

// Few ever see it.
const StorageBanner = part('StorageBanner', () => import('./StorageBanner.tsx'))

/** The list of everything on the machine, with its search and its ways to act. */
export function Rail() {
  const app = useApp()
  const { feed } = app.live
  const [query, setQuery] = createSignal('')
  let list: HTMLElement | undefined

  const total = createMemo(() => feed.order.length)
  const firstRow = () => list?.querySelector<HTMLElement>('.row-main')

  return (
    <nav class="rail" aria-label="Sessions">
      <div class="top">
        <h1 class="brand">dogwatch</h1>
        <Show when={feed.host}>
          <span class="chip" title={feed.host}>
            {feed.host}
          </span>
        </Show>
        <LinkState />
        {/* What a phone shows first is by need alone. */}
        <Show when={!app.wide() && app.place().page !== 'list'}>
          <GroupBy />
        </Show>
      </div>
      <div class="find">
        <input
          class="field"
          type="search"
          placeholder="Find a session"
          aria-label="Find a session"
          aria-keyshortcuts="/"
          aria-describedby={FIND_HINT}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={query()}
          onInput={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.isComposing) return
            if (event.key === 'Escape') {
              if (query() === '') event.currentTarget.blur()
              setQuery('')
            } else if (event.key === 'ArrowDown') {
              event.preventDefault()
              firstRow()?.focus()
            } else if (event.key === 'Enter') {
              const row = firstRow()
              // A terminal takes the focus by itself, but not from a field.
              if (row) event.currentTarget.blur()
              row?.click()
            }
          }}
        />
        <Show when={feed.scope !== 'watch' && promptable(feed).length > 1}>
          <button
            type="button"
            class="btn icon"
            aria-label="Prompt several agents"
            title="Prompt several agents"
            aria-keyshortcuts={ariaKeys('prompt-several', IS_MAC)}
            aria-haspopup="dialog"
            onClick={() => app.showDialog({ name: 'prompt-several' })}
          >
            <MessagesSquare aria-hidden="true" />
          </button>
        </Show>
        <Show when={app.mayManage()}>
          <button type="button" class="btn" onClick={() => app.showDialog({ name: 'new-session' })}>
            <Plus aria-hidden="true" />
            New
          </button>
        </Show>
        <p class="find-hint" id={FIND_HINT}>
          Also <code>state:asking</code> <code>agent:codex</code>
        </p>
      </div>
      <LinkBanner />
      <div role="status">
        <Show when={feed.storage?.writeFault || feed.storage?.loadFault}>
          <Suspense>
            <StorageBanner />
          </Suspense>
        </Show>
      </div>
      <RecoveryBanner />
      <Show when={app.live.outdated()}>
        <div class="banner">
          The server is dogwatch {feed.version}, this page is {__VERSION__}. Reload it without its
          cache.
        </div>
      </Show>
      <SessionList query={query()} ref={(element) => (list = element)} />
      <div class="foot">
        <span class="count">{total() > 0 ? counted(total(), 'session') : ''}</span>
        <Show when={app.wide()}>
          <GroupBy />
        </Show>
        <button
          type="button"
          class="btn quiet icon"
          aria-label="Search everything"
          title="Search everything"
          aria-current={app.place().page === 'search' ? 'page' : undefined}
          onClick={() => openSearch(app)}
        >
          <Search aria-hidden="true" />
        </button>
        <button
          type="button"
          class="btn quiet icon"
          aria-label="Find and do anything"
          title={`Find and do anything (${keyWords('Mod+K', IS_MAC)})`}
          aria-keyshortcuts={ariaKeys('palette', IS_MAC)}
          aria-haspopup="dialog"
          onClick={() => app.showDialog({ name: 'palette' })}
        >
          <Command aria-hidden="true" />
        </button>
        <button
          type="button"
          class="btn quiet icon"
          aria-label="Wall of all sessions"
          title="Wall of all sessions"
          aria-current={app.place().page === 'wall' ? 'page' : undefined}
          onClick={() => app.open({ page: 'wall' })}
        >
          <LayoutGrid aria-hidden="true" />
        </button>
        <Show when={app.mayManage()}>
          <button
            type="button"
            class="btn quiet icon"
            aria-label="Devices"
            title="Devices"
            onClick={() => app.showDialog({ name: 'devices' })}
          >
            <Smartphone aria-hidden="true" />
          </button>
        </Show>
        <button
          type="button"
          class="btn quiet icon"
          aria-label="Settings"
          title="Settings"
          aria-current={app.place().page === 'settings' ? 'page' : undefined}
          onClick={() => app.open({ page: 'settings' })}
        >
          <Settings aria-hidden="true" />
        </button>
      </div>
    </nav>
  )
}
