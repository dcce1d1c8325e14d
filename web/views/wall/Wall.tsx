import ArrowLeft from 'lucide-solid/icons/arrow-left'
import { createEffect, createMemo, createSignal, For, on, onCleanup, onMount, Show } from 'solid-js'
import type { AgentView, SessionView } from '../../../server/protocol.ts'
import { paneToShow } from '../../state/agents.ts'
import { currentPane } from '../../state/derive.ts'
import { kindName } from '../../state/kinds.ts'
import { pathOf } from '../../state/place.ts'
import { Still } from '../../terminal/Still.tsx'
import { createActivity } from '../../ui/activity.ts'
import { useApp } from '../../ui/context.ts'
import { Name } from '../../ui/Name.tsx'
import { followPointer } from '../../ui/pointing.ts'
import { createTileScreens, type TileScreen, type TileScreens } from './tile-screens.ts'
import '../../style/wall.css'

/** Every session at once as still pictures that follow what is printed. */
export function Wall() {
  const app = useApp()
  const { feed } = app.live
  const life = new AbortController()
  onCleanup(() => life.abort())
  const screens = createTileScreens(life.signal)
  const [only, setOnly] = createSignal(false)
  const [list, setList] = createSignal<HTMLElement | null>(null)
  const pointing = followPointer(list)
  createEffect(() => {
    for (const [pane, at] of Object.entries(feed.output)) screens.printed(pane, at)
  })
  // What was printed while nobody told us of it is not known.
  createEffect(on(app.live.lost, (isLost) => !isLost && screens.again(), { defer: true }))
  // Those that need somebody first, then the other agents; all else in its usual order.
  const wanted = createMemo(() => {
    const urgent = new Set(
      app.needPlaces().flatMap((place) => (place.type === 'session' ? [place.session] : [])),
    )
    const others = feed.order.filter((id) => !urgent.has(id))
    const hasAgent = (id: string) => app.agentsOf(id).length > 0
    const rest = only() ? [] : others.filter((id) => !hasAgent(id))
    return [...urgent, ...others.filter(hasAgent), ...rest]
  })
  // A pointer on its way to a tile must find that tile there.
  const order = createMemo<{ ids: string[]; only: boolean }>(
    (before) => {
      const now = { ids: wanted(), only: only() }
      if (!pointing() || before.only !== now.only) return now
      const kept = before.ids.filter((id) => now.ids.includes(id))
      return { ...now, ids: [...kept, ...now.ids.filter((id) => !before.ids.includes(id))] }
    },
    { ids: [], only: false },
  )
  return (
    <section class="wall" aria-label="Wall">
      <header class="head">
        <button
          type="button"
          class="btn quiet icon back"
          aria-label="Back to the list"
          onClick={() => app.go(undefined)}
        >
          <ArrowLeft aria-hidden="true" />
        </button>
        <h2 class="title">Wall</h2>
        <label class="wall-choice">
          <input
            type="checkbox"
            checked={only()}
            onChange={(event) => setOnly(event.currentTarget.checked)}
          />
          Only agents
        </label>
      </header>
      <Show
        when={order().ids.length > 0}
        fallback={
          <div class="empty">
            <h2>Nothing to show</h2>
            <p>
              {only()
                ? 'No agent runs in any session now.'
                : 'Sessions appear here as soon as tmux has some.'}
            </p>
          </div>
        }
      >
        <ul class="tiles" ref={setList}>
          <For each={order().ids}>
            {(id) => (
              <Show when={feed.sessions[id]}>
                {(session) => (
                  <Tile session={session()} agent={app.agentsOf(id)[0]} screens={screens} />
                )}
              </Show>
            )}
          </For>
        </ul>
      </Show>
    </section>
  )
}

interface TileProps {
  session: SessionView
  /** The one that speaks for the session. */
  agent: AgentView | undefined
  screens: TileScreens
}

function Tile(props: TileProps) {
  const app = useApp()
  const [screen, setScreen] = createSignal<TileScreen>()
  const [inSight, setInSight] = createSignal(false)
  let tile: HTMLLIElement | undefined
  const need = createMemo(() => app.needs().get(props.agent?.id ?? ''))
  const activity = createActivity(
    () => props.session,
    () => props.agent,
    need,
  )
  // The agent's own pane tells more than the one that happens to be current.
  const pane = createMemo(() => props.agent?.pane ?? currentPane(props.session)?.id)
  onMount(() => {
    if (!tile) return
    const watch = new IntersectionObserver((entries) => {
      setInSight(entries.at(-1)?.isIntersecting === true)
    })
    watch.observe(tile)
    onCleanup(() => watch.disconnect())
  })
  createEffect(() => {
    const id = pane()
    if (!inSight() || id === undefined) return
    onCleanup(props.screens.watch(id, setScreen))
  })
  const showPane = () => {
    const lead = props.agent
    app.tabs.choosePane(props.session.id, lead && paneToShow(props.session, lead.pane))
  }
  return (
    <li class="tile" classList={{ waits: need() !== undefined }} ref={tile}>
      <a
        href={pathOf({ page: 'session', session: props.session.id, view: 'terminal' })}
        onClick={showPane}
      >
        <span class="tile-head">
          <span class={`glyph ${activity().tone}`} aria-hidden="true">
            {activity().glyph}
          </span>
          <b>
            <Name text={props.session.name} />
          </b>
          <small>
            {props.agent ? `${kindName(props.agent.kind)}, ` : ''}
            {activity().word}
          </small>
        </span>
        <span class="tile-screen" aria-hidden="true">
          <Show when={screen()}>
            {(shown) => <Still text={shown().text} cols={shown().cols} />}
          </Show>
        </span>
      </a>
    </li>
  )
}
