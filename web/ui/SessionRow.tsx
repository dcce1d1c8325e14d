import ChevronRight from 'lucide-solid/icons/chevron-right'
import { createMemo, For, Show } from 'solid-js'
import type { SessionView, WindowView } from '../../server/protocol.ts'
import { since } from '../state/clock.ts'
import { activePane, currentPane, DROWSY_MS, lastOutput, PRINTING_MS } from '../state/derive.ts'
import { ageText, counted, shortPath, visible } from '../state/words.ts'
import { useApp } from './context.ts'
import { Name } from './Name.tsx'

interface RowProps {
  session: SessionView
  expanded: boolean
  /** Position among the sessions shown, from 1, and their number: a long list holds only some. */
  position: number
  total: number
  onExpand(): void
  ref?: (element: HTMLElement) => void
}

/** Glyph and word for what the session does: shape, colour and word say the same. */
function createActivity(session: () => SessionView) {
  const { live } = useApp()
  return createMemo(() => {
    const view = session()
    const at = lastOutput(view, live.feed.output)
    const stale = view.freshness === 'disconnected' || live.lost()
    const ended = view.windows.every((window) => window.panes.every((pane) => pane.dead))
    const age = at === undefined ? undefined : since(at)
    if (ended) return { glyph: '◌', tone: 'idle', word: 'exited', drowsy: true }
    if (stale) return { glyph: '◌', tone: 'idle', word: 'stale', drowsy: true }
    if (age !== undefined && age < PRINTING_MS) {
      return { glyph: '●', tone: 'work', word: 'printing', drowsy: false }
    }
    const word = age === undefined ? 'quiet' : `quiet ${ageText(age)}`
    return { glyph: '○', tone: 'idle', word, drowsy: age === undefined || age >= DROWSY_MS }
  })
}

/** One session of the rail. */
export function SessionRow(props: RowProps) {
  const app = useApp()
  const activity = createActivity(() => props.session)
  const pane = () => currentPane(props.session)
  const current = () => app.selected() === props.session.id
  const panes = () => props.session.windows.reduce((sum, window) => sum + window.panes.length, 0)
  const side = () => {
    const { attached, windows } = props.session
    const parts = [
      windows.length > 1
        ? counted(windows.length, 'window')
        : panes() > 1
          ? counted(panes(), 'pane')
          : undefined,
      attached > 0 ? `${attached} attached` : undefined,
    ]
    return parts.filter(Boolean).join(', ')
  }
  const listId = () => `windows-${props.session.id}`
  return (
    <li
      ref={props.ref}
      class="row"
      classList={{ current: current(), drowsy: activity().drowsy }}
      aria-setsize={props.total}
      aria-posinset={props.position}
    >
      <a
        class="row-main"
        href={`/s/${props.session.id}`}
        aria-current={current() ? 'page' : undefined}
        onClick={() => app.tabs.choosePane(props.session.id, undefined)}
      >
        <span class={`glyph ${activity().tone}`} aria-hidden="true">
          {activity().glyph}
        </span>
        <span class="name">
          <Name text={props.session.name} />
          <small>{visible(pane()?.command ?? '')}</small>
        </span>
        <span class={`when ${activity().tone}`}>{activity().word}</span>
        <span class="what">
          <Name text={shortPath(pane()?.cwd ?? '')} />
        </span>
        <span class="side">{side()}</span>
      </a>
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
            {(window) => <WindowEntry session={props.session} window={window} />}
          </For>
        </ul>
      </Show>
    </li>
  )
}

function WindowEntry(props: { session: SessionView; window: WindowView }) {
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
                </button>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </li>
  )
}
