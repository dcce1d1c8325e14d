import { createMemo, For, Match, Show, Suspense, Switch } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { address, navigate } from '../state/address.ts'
import { isCodingAgent } from '../state/agents.ts'
import { PAGE_NAMES, type PageName, type Place } from '../state/place.ts'
import { IS_MAC } from '../state/platform.ts'
import { keyWords } from '../state/shortcuts.ts'
import { counted } from '../state/words.ts'
import { PAGES } from '../views/views.ts'
import { useApp } from './context.ts'
import { FieldAhead } from './FieldAhead.tsx'
import { SEARCH_BOX } from './open-search.ts'
import { part } from './part.tsx'
import { EmptyState, serverSentence } from './ServerState.tsx'
import { TabStrip } from './TabStrip.tsx'
import { TerminalPane } from './TerminalPane.tsx'

// Of agents that have ended: few begin with one.
const AgentPage = part('AgentPage', () => import('./AgentPage.tsx'))

/** The main area: the open terminals, of which one is in sight, or what there is to say instead. */
export function Stage() {
  const app = useApp()
  const { live, tabs } = app
  const isPage = <Name extends Place['page']>(name: Name) => {
    const now = app.place()
    return now.page === name ? (now as Extract<Place, { page: Name }>) : undefined
  }
  const pageView = () => {
    const { page } = app.place()
    return PAGE_NAMES.some((name) => name === page) ? PAGES[page as PageName] : undefined
  }
  const current = createMemo(() => tabs.list.find((tab) => tab.session === app.selected()))
  return (
    <main class="stage" aria-label="Terminal">
      <Show when={tabs.list.length > 1}>
        <TabStrip />
      </Show>
      <div class="slots" data-parts={app.parts().length || undefined}>
        <For each={tabs.list}>{(tab) => <TerminalPane tab={tab} />}</For>
        <Show when={!current()}>
          <Switch fallback={<Welcome />}>
            <Match when={isPage('agent')}>
              {(place) => (
                <Show when={live.feed.boot}>
                  <Suspense>
                    <AgentPage place={place()} />
                  </Suspense>
                </Show>
              )}
            </Match>
            <Match when={pageView()}>
              {(component) => (
                <Suspense
                  fallback={
                    <Show when={isPage('search')}>
                      <SearchAhead />
                    </Show>
                  }
                >
                  <Dynamic component={component()} />
                </Suspense>
              )}
            </Match>
            <Match when={!live.feed.boot}>
              <p class="waiting" />
            </Match>
            <Match when={app.selected() !== undefined}>
              <Unknown />
            </Match>
          </Switch>
        </Show>
      </div>
    </main>
  )
}

/** What is typed ahead goes where the search page looks for it: into the address. */
function SearchAhead() {
  const query = () => new URLSearchParams(address().search)
  return (
    <FieldAhead
      id={SEARCH_BOX}
      label="Search everything"
      value={query().get('q') ?? ''}
      idle={query().has('q') || !matchMedia('(pointer: fine)').matches}
      onType={(text) => {
        const next = query()
        next.set('q', text)
        navigate(`/search?${next}`, { replace: true })
      }}
    />
  )
}

/** Nothing is selected. */
function Welcome() {
  const { live, needs } = useApp()
  const { feed } = live
  const empty = () =>
    feed.order.length > 0 ? undefined : feed.servers.find((server) => serverSentence(server))
  return (
    <div class="welcome">
      <Show
        when={empty()}
        fallback={
          <Show when={feed.order.length > 0}>
            <div class="empty">
              <h2>{counted(feed.order.length, 'session')} on this machine</h2>
              <Show when={needs().size === 0 && Object.values(feed.agents).some(isCodingAgent)}>
                <p>All clear: nobody needs you.</p>
              </Show>
              <p>Open one from the list. Looking changes nothing in tmux: no size, no window.</p>
              <p class="hint">
                <kbd>/</kbd> finds a session, <kbd>↓</kbd> <kbd>↑</kbd> walk the list,{' '}
                <kbd>Enter</kbd> opens. <kbd>{keyWords('Mod+K', IS_MAC)}</kbd> finds and does
                anything, <kbd>?</kbd> lists all keys.
              </p>
            </div>
          </Show>
        }
      >
        {(server) => <EmptyState server={server()} />}
      </Show>
    </div>
  )
}

/** The address names a session that is not there (any more). */
function Unknown() {
  const app = useApp()
  return (
    <div class="welcome">
      <div class="empty" data-testid="unknown-session">
        <h2>This session has ended</h2>
        <p>The link names a session that tmux does not have any more.</p>
        <button type="button" class="btn" onClick={() => app.go(undefined)}>
          Back to the list
        </button>
      </div>
    </div>
  )
}
