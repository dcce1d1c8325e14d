import ArrowLeft from 'lucide-solid/icons/arrow-left'
import Shrink from 'lucide-solid/icons/scan'
import { For, Show } from 'solid-js'
import type { AgentView, SessionView } from '../../server/protocol.ts'
import { CONTEXT_HOT, contextShare } from '../state/agents.ts'
import { serverNow } from '../state/clock.ts'
import { activePane, windowOfPane } from '../state/derive.ts'
import { shortPath } from '../state/home.ts'
import type { ViewName } from '../state/place.ts'
import type { Tab } from '../state/tabs.ts'
import { counted, visible } from '../state/words.ts'
import type { TerminalHandle, TerminalState } from '../terminal/types.ts'
import { useApp } from './context.ts'
import { MenuButton } from './MenuButton.tsx'
import { Name } from './Name.tsx'
import { RenameField } from './RenameField.tsx'
import { ViewTabs } from './ViewTabs.tsx'
import { WhyButton } from './WhyButton.tsx'

interface HeadProps {
  tab: Tab
  /** Undefined once the session has ended. */
  session: SessionView | undefined
  /** The agent whose views the head offers. */
  agent: AgentView | undefined
  view: ViewName
  /** Pane in sight. */
  showing: string | undefined
  state: TerminalState | undefined
  handle: TerminalHandle | undefined
}

/** Name, place, size and windows of the session in sight, and what can be done with it. */
export function Head(props: HeadProps) {
  const app = useApp()
  const window = () => {
    const { session, showing } = props
    return session && showing !== undefined ? windowOfPane(session, showing) : undefined
  }
  const pane = () => window()?.panes.find((view) => view.id === props.showing)
  const agent = () => props.agent
  return (
    <header class="head">
      <button
        type="button"
        class="btn quiet icon back"
        aria-label="Back to the list"
        onClick={() => app.go(undefined)}
      >
        <ArrowLeft aria-hidden="true" />
      </button>
      <Show
        when={app.renaming() === props.tab.session && props.session}
        fallback={
          <h2 class="title">
            <Name text={props.tab.name} />
          </h2>
        }
      >
        {(session) => <RenameField session={session()} />}
      </Show>
      <Show when={props.session} fallback={<span class="chip ended">ended</span>}>
        <span class="chip place">
          <Name text={shortPath(pane()?.cwd ?? '')} />
        </span>
        <span class="chip size" title="Size of the window, columns by rows">
          {window()?.cols}×{window()?.rows}
        </span>
        <Show when={props.session?.attached}>
          {(attached) => (
            <span class="chip attached" title={`${counted(attached(), 'person')} attached in tmux`}>
              {attached()} attached
            </span>
          )}
        </Show>
      </Show>
      <Show when={agent()}>{(view) => <AgentChips agent={view()} />}</Show>
      <Show when={(props.session?.windows.length ?? 0) > 1}>
        <WindowTabs session={props.session} showing={window()?.id} tab={props.tab} />
      </Show>
      <Show when={agent()}>
        <ViewTabs
          current={props.view}
          placeOf={(view) => ({ page: 'session', session: props.tab.session, view })}
        />
      </Show>
      <div class="acts">
        <Show when={agent()}>{(view) => <WhyButton agent={view()} name={props.tab.name} />}</Show>
        <Show when={props.session}>
          {(session) => (
            <>
              <FitButton state={props.state} handle={props.handle} />
              <MenuButton session={session()} state={props.state} handle={props.handle} />
            </>
          )}
        </Show>
      </div>
    </header>
  )
}

/** Model and context of the agent, as far as they are known. */
function AgentChips(props: { agent: AgentView }) {
  return (
    <>
      <Show when={props.agent.model}>
        <span class="chip model" title="Model">
          <Name text={props.agent.model} />
        </span>
      </Show>
      <Show when={contextShare(props.agent)}>
        {(share) => (
          <span class="chip context" classList={{ needs: share() >= CONTEXT_HOT }}>
            {Math.round(share() * 100)}% context
          </span>
        )}
      </Show>
    </>
  )
}

function WindowTabs(props: {
  session: SessionView | undefined
  showing: string | undefined
  tab: Tab
}) {
  const app = useApp()
  return (
    <nav class="tabs" aria-label="Windows">
      <For each={props.session?.windows}>
        {(window) => (
          <button
            type="button"
            aria-current={props.showing === window.id ? 'true' : undefined}
            title={
              window.active
                ? `${visible(window.name)}: the session's current window`
                : `${visible(window.name)}: shown here only, tmux stays where it is`
            }
            onClick={() =>
              app.tabs.choosePane(
                props.tab.session,
                window.active ? undefined : activePane(window)?.id,
              )
            }
          >
            <span class="index">{window.index}</span>
            <Name text={window.name} />
            <Show when={window.active && props.showing !== window.id}>
              <i class="current-mark" title="Current in tmux" />
            </Show>
          </button>
        )}
      </For>
    </nav>
  )
}

/** The lease "Fit to this screen": the one thing here that changes the size of a window, so it says so. */
function FitButton(props: {
  state: TerminalState | undefined
  handle: TerminalHandle | undefined
}) {
  const mine = () => props.state?.lease.holder === 'you'
  const left = () => {
    const until = props.state?.lease.until
    if (until === undefined) return ''
    const seconds = Math.max(0, Math.round((until - serverNow()) / 1_000))
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  }
  return (
    <button
      type="button"
      class="btn fit"
      aria-pressed={mine()}
      disabled={
        !props.state?.ready ||
        props.state.readOnly ||
        props.state.mode !== 'client' ||
        props.state.lease.holder === 'other'
      }
      title={
        props.state?.lease.holder === 'other'
          ? 'Another device has fitted this window to its screen'
          : mine()
            ? 'Give the window its old size back'
            : 'Give the window this screen’s size for a while; everyone attached sees it'
      }
      onClick={() => props.handle?.fit(!mine())}
    >
      <Shrink aria-hidden="true" />
      <span class="label">{mine() ? `Fitted ${left()}` : 'Fit'}</span>
    </button>
  )
}
