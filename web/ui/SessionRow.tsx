import ChevronRight from 'lucide-solid/icons/chevron-right'
import { createMemo, For, Show } from 'solid-js'
import type { AgentView, SessionView, WindowView } from '../../server/protocol.ts'
import { paneToShow } from '../state/agents.ts'
import { seenText } from '../state/attention.ts'
import { serverNow } from '../state/clock.ts'
import { activePane, currentPane } from '../state/derive.ts'
import { isNamedAfter } from '../state/grouping.ts'
import { shortPath } from '../state/home.ts'
import { kindName } from '../state/kinds.ts'
import { counted, exactTime, visible } from '../state/words.ts'
import { ContextMeter, Glyph, LastWords, stateText, ToldLine } from './AgentParts.tsx'
import { RowActs } from './AttentionActs.tsx'
import { createActivity } from './activity.ts'
import { useApp } from './context.ts'
import { Name } from './Name.tsx'
import { Repository } from './Repository.tsx'
import { Subagents } from './Subagents.tsx'
import { WhyButton } from './WhyButton.tsx'

interface RowProps {
  session: SessionView
  /** Agents that run in it, most needing first. */
  agents: readonly AgentView[]
  expanded: boolean
  /** Position among the sessions shown, from 1, and their number: a long list holds only some. */
  position: number
  total: number
  /** With all acts, for which a long list has no time in the frame that first draws the row. */
  whole: boolean
  onExpand(): void
  ref?: (element: HTMLElement) => void
}

/** One session of the rail. */
export function SessionRow(props: RowProps) {
  const app = useApp()
  const lead = () => props.agents[0]
  const need = createMemo(() => app.needs().get(lead()?.id ?? ''))
  const activity = createActivity(() => props.session, lead, need)
  const pane = () => currentPane(props.session)
  const current = () => app.selected() === props.session.id
  const panes = () => props.session.windows.reduce((sum, window) => sum + window.panes.length, 0)
  const side = () => {
    const { attached, windows } = props.session
    const parts = [
      props.agents.length > 1 ? counted(props.agents.length, 'agent') : undefined,
      windows.length > 1
        ? counted(windows.length, 'window')
        : panes() > 1
          ? counted(panes(), 'pane')
          : undefined,
      attached > 0 ? `${attached} attached` : undefined,
    ]
    return parts.filter(Boolean).join(', ')
  }
  /** Who is needed somewhere goes there; else the session's own current window shows. */
  const target = () => {
    const item = need()
    const pane = item && lead()?.pane
    return pane && paneToShow(props.session, pane)
  }
  const seen = () => {
    const item = need()
    return item && seenText(item, serverNow())
  }
  const exactly = () => {
    const { at } = activity()
    return [at === undefined ? '' : `Since ${exactTime(at)}.`, seen()].filter(Boolean).join(' ')
  }
  const program = () => {
    const agent = lead()
    return agent ? kindName(agent.kind) : visible(pane()?.command ?? '')
  }
  /** Where it says more than the name of the session does. */
  const repository = () => {
    const path = lead()?.git?.repository
    return path === undefined || isNamedAfter(props.session.name, path) ? undefined : path
  }
  const listId = () => `windows-${props.session.id}`
  return (
    <li
      ref={props.ref}
      class="row"
      classList={{ current: current(), [activity().rest]: true }}
      aria-setsize={props.total}
      aria-posinset={props.position}
    >
      <a
        class="row-main"
        href={`/s/${props.session.id}`}
        aria-current={current() ? 'page' : undefined}
        onClick={() => app.tabs.choosePane(props.session.id, target())}
      >
        <span class={`glyph ${activity().tone}`} aria-hidden="true">
          {activity().glyph}
        </span>
        <span class="name">
          <Name text={props.session.name} />
          <small>{program()}</small>
        </span>
        <span class={`when ${activity().tone}`} title={exactly()}>
          {activity().word}
        </span>
        <span class="second">
          <span class="what">
            <Show when={lead()} fallback={<Name text={shortPath(pane()?.cwd ?? '')} />}>
              {(agent) => <ToldLine agent={agent()} item={need()} />}
            </Show>
          </span>
          <span class="side">
            {side()}
            <Show when={repository()}>{(path) => <Repository path={path()} />}</Show>
            <Show when={lead()}>{(agent) => <ContextMeter agent={agent()} />}</Show>
          </span>
        </span>
        <Show when={lead()}>{(agent) => <LastWords agent={agent()} item={need()} />}</Show>
      </a>
      <Show when={lead()}>
        {(agent) => <WhyButton agent={agent()} name={props.session.name} row={activity()} />}
      </Show>
      <Show when={lead()}>{(agent) => <Subagents parent={agent().id} />}</Show>
      <Show when={lead()}>
        {(agent) => <RowActs agent={agent()} item={need()} whole={props.whole} />}
      </Show>
      <Show when={panes() > 1}>
        <button
          type="button"
          class="twist"
          aria-expanded={props.expanded}
          aria-controls={props.expanded ? listId() : undefined}
          aria-label={`Windows of ${visible(props.session.name)}`}
          title={props.expanded ? 'Hide its windows' : 'Show its windows'}
          onClick={() => props.onExpand()}
        >
          <ChevronRight aria-hidden="true" />
        </button>
      </Show>
      <Show when={props.expanded && panes() > 1}>
        <ul class="windows" id={listId()}>
          <For each={props.session.windows}>
            {(window) => (
              <WindowEntry session={props.session} window={window} agents={props.agents} />
            )}
          </For>
        </ul>
      </Show>
    </li>
  )
}

function WindowEntry(props: {
  session: SessionView
  window: WindowView
  agents: readonly AgentView[]
}) {
  const app = useApp()
  const show = (pane: string | undefined) => {
    app.go(props.session.id)
    app.tabs.choosePane(props.session.id, pane)
  }
  const target = () => (props.window.active ? undefined : activePane(props.window)?.id)
  return (
    <li>
      <button type="button" class="window" onClick={() => show(target())}>
        <span class="index">{props.window.index}</span>
        <Name text={props.window.name} />
        <Show when={props.window.active}>
          <span class="tag">current</span>
        </Show>
        <Show when={props.window.panes.length === 1 && props.window.panes[0]}>
          {(pane) => <PaneAgents agents={props.agents} pane={pane().id} />}
        </Show>
      </button>
      <Show when={props.window.panes.length > 1}>
        <ul>
          <For each={props.window.panes}>
            {(pane) => (
              <li>
                <button
                  type="button"
                  class="window pane"
                  onClick={() => show(props.window.active && pane.active ? undefined : pane.id)}
                >
                  <span class="index">{pane.index}</span>
                  <Name text={pane.command} />
                  <span class="path">
                    <Name text={shortPath(pane.cwd)} />
                  </span>
                  <PaneAgents agents={props.agents} pane={pane.id} />
                </button>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </li>
  )
}

/** State of the agents in one pane, at the end of its line. */
function PaneAgents(props: { agents: readonly AgentView[]; pane: string }) {
  return (
    <For each={props.agents.filter((agent) => agent.pane === props.pane)}>
      {(agent) => (
        <span class="agent">
          <Glyph agent={agent} />
          {kindName(agent.kind)} {stateText(agent).word}
        </span>
      )}
    </For>
  )
}
