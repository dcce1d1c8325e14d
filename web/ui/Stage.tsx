import { createMemo, For, Match, Show, Switch } from 'solid-js'
import { counted } from '../state/words.ts'
import { useApp } from './context.ts'
import { EmptyState, serverSentence } from './ServerState.tsx'
import { TabStrip } from './TabStrip.tsx'
import { TerminalPane } from './TerminalPane.tsx'

/** The main area: the open terminals, of which one is in sight, or what there is to say instead. */
export function Stage() {
  const app = useApp()
  const { live, tabs } = app
  const current = createMemo(() => tabs.list.find((tab) => tab.session === app.selected()))
  return (
    <main class="stage" aria-label="Terminal">
      <Show when={tabs.list.length > 1}>
        <TabStrip />
      </Show>
      <div class="slots">
        <For each={tabs.list}>{(tab) => <TerminalPane tab={tab} />}</For>
        <Show when={!current()}>
          <Switch fallback={<Welcome />}>
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

/** Nothing is selected. */
function Welcome() {
  const { live } = useApp()
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
              <p>Open one from the list. Looking changes nothing in tmux: no size, no window.</p>
              <p class="hint">
                <kbd>/</kbd> finds a session, <kbd>↓</kbd> <kbd>↑</kbd> walk the list,{' '}
                <kbd>Enter</kbd> opens.
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
