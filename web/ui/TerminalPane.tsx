import {
  createComputed,
  createMemo,
  createSignal,
  onCleanup,
  Show,
  Suspense,
  untrack,
} from 'solid-js'
import { Dynamic } from 'solid-js/web'
import type { AgentView } from '../../server/protocol.ts'
import { currentPane, windowOfPane } from '../state/derive.ts'
import type { ViewName } from '../state/place.ts'
import { fontSize } from '../state/settings.ts'
import type { Tab } from '../state/tabs.ts'
import type { TerminalHandle, TerminalState } from '../terminal/types.ts'
import { VIEWS } from '../views/views.ts'
import { AskBar } from './AskBar.tsx'
import { useApp } from './context.ts'
import { Head } from './Head.tsx'
import { createLooking } from './looking.ts'
import { part } from './part.tsx'
import { bindSwipe, swipeToNeed } from './swipe.ts'

// The emulator is the heaviest part of the page: the list is there before it.
const Terminal = part('Terminal', () => import('../terminal/Terminal.tsx'))
const Dock = part('Dock', () => import('./Dock.tsx'))
// Most days nothing was started from here, and what was takes longer to start than this to load.
const StartStrip = part('StartStrip', () => import('./StartStrip.tsx'))

/** One open session: head, terminal, dock. Stays mounted, and connected, while another is in sight. */
export function TerminalPane(props: { tab: Tab }) {
  const app = useApp()
  const { feed } = app.live
  const [state, setState] = createSignal<TerminalState>()
  const [handle, setHandle] = createSignal<TerminalHandle>()
  /** The pane a client of the session shows, as the terminal was told; ahead of the feed. */
  const [showing, setShowing] = createSignal<string>()
  const session = () => feed.sessions[props.tab.session]
  const isCurrent = () => app.selected() === props.tab.session
  const part = () => app.parts().indexOf(props.tab.session)
  const inSight = () => isCurrent() || part() >= 0
  // What was there last stays: after the session's end the terminal keeps its last screen. And a
  // client of the session follows its current window by itself: another pane would only reconnect.
  const following = () => state()?.ready === true && state()?.mode === 'client'
  const pane = createMemo<string | undefined>((before) => {
    const view = session()
    if (!view) return before
    const chosen = props.tab.pane
    if (chosen !== undefined && windowOfPane(view, chosen)) return chosen
    if (before !== undefined && following()) return before
    return currentPane(view)?.id ?? before
  })
  const paneView = createMemo(() => {
    const id = showing() ?? pane()
    for (const window of session()?.windows ?? []) {
      const found = window.panes.find((view) => view.id === id)
      if (found) return found
    }
    return undefined
  })
  /**
   * The agent in the pane in sight, else the session's most needing one. After the session's end it
   * is the one that was: whoever reads its conversation goes on reading.
   */
  const agent = createMemo<AgentView | undefined>((before) => {
    const own = app.agentsOf(props.tab.session)
    const now = own.find((one) => one.pane === (showing() ?? pane())) ?? own[0]
    return now ?? (session() || !before ? undefined : feed.agents[before.id])
  })
  createLooking(() => (inSight() ? agent()?.id : undefined))
  const view = (): ViewName => {
    const place = app.place()
    if (place.page === 'session' && place.session === props.tab.session) return place.view
    return inSight() ? props.tab.view : 'terminal'
  }
  /** What had the focus when it came into sight; nothing once somebody chose another place. */
  let cameFrom: Element | null = null
  onCleanup(
    app.terminals.add(
      untrack(() => props.tab.session),
      { state, handle, agent, leave: () => (cameFrom = null) },
    ),
  )
  /** Beside others the one that is typed or clicked into has the focus; a link goes by itself. */
  const onTouch = (event: Event) => {
    if (isCurrent() || part() < 0 || !(event.target instanceof Element)) return
    const typed = event.target.matches('textarea')
    const control = event.target.closest('a, button, input, select')
    if (typed || (event.type === 'pointerdown' && !control)) app.goToPart(props.tab.session)
  }
  const swipe = (to: 'left' | 'right') =>
    swipeToNeed(app, { session: props.tab.session, agent: agent()?.id }, to)
  /** Below a conversation one speaks to its agent, whichever pane the terminal shows. */
  const spokenTo = () => (shownView() ? agent()?.pane : showing())
  /** What stands before the terminal, which stays connected behind it. */
  const shownView = () => {
    const [name, own] = [view(), agent()]
    if (name === 'terminal' || !own) return undefined
    const component = VIEWS[name]?.component
    return component && { component, agent: own }
  }
  const takesKeys = () => isCurrent() && shownView() === undefined
  // Before any effect: one of them gives the terminal the focus.
  createComputed(() => {
    if (takesKeys()) cameFrom = document.activeElement
  })
  return (
    <section
      ref={(element) => {
        const life = new AbortController()
        onCleanup(() => life.abort())
        bindSwipe(element, swipe, life.signal)
      }}
      class="slot"
      classList={{
        hidden: !inSight(),
        current: isCurrent(),
        part: part() >= 0,
        first: part() === 0,
      }}
      style={{ order: part() }}
      aria-label={props.tab.name}
      on:focusin={onTouch}
      on:pointerdown={onTouch}
    >
      <Head
        tab={props.tab}
        agent={agent()}
        view={view()}
        session={session()}
        showing={showing() ?? pane()}
        state={state()}
        handle={handle()}
      />
      <Show when={shownView()}>
        {(shown) => (
          <Show when={shown().agent.id} keyed>
            <Suspense>
              <Dynamic component={shown().component} agent={shown().agent} />
            </Suspense>
          </Show>
        )}
      </Show>
      <div class="term" classList={{ hidden: shownView() !== undefined }}>
        <Show when={pane()}>
          {(id) => (
            <Suspense>
              <Terminal
                paneId={id()}
                sessionId={props.tab.session}
                scope={feed.scope}
                focused={takesKeys()}
                cameFrom={() => cameFrom}
                beside={part() >= 0}
                pane={paneView()}
                fontSize={fontSize()}
                onShowing={setShowing}
                onState={setState}
                onHandle={setHandle}
                onSwipe={swipe}
              />
            </Suspense>
          )}
        </Show>
      </div>
      <Show when={Object.keys(feed.starts).length > 0}>
        <Suspense>
          <StartStrip session={props.tab.session} />
        </Suspense>
      </Show>
      <AskBar agent={agent()} inSight={inSight()} beside={part() >= 0} />
      <Show when={(view() === 'terminal' || view() === 'conversation') && pane()}>
        {(id) => (
          <Suspense>
            <Dock
              session={props.tab.session}
              pane={spokenTo() ?? id()}
              state={state()}
              handle={handle()}
              keys={shownView() === undefined}
            />
          </Suspense>
        )}
      </Show>
    </section>
  )
}
