import ArrowLeft from 'lucide-solid/icons/arrow-left'
import { createEffect, createMemo, createSignal, For, onCleanup, onMount, Show } from 'solid-js'
import type { AgentView } from '../../../server/protocol.ts'
import { agentsBySession } from '../../state/agents.ts'
import { needPlaces, REASON_MARKS } from '../../state/attention.ts'
import { since } from '../../state/clock.ts'
import { currentPane } from '../../state/derive.ts'
import { kindName } from '../../state/kinds.ts'
import { pathOf } from '../../state/place.ts'
import { longAge } from '../../state/words.ts'
import { Still } from '../../terminal/Still.tsx'
import { Glyph, stateText } from '../../ui/AgentParts.tsx'
import { useApp } from '../../ui/context.ts'
import { Name } from '../../ui/Name.tsx'
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
  createEffect(() => {
    for (const [pane, at] of Object.entries(feed.output)) screens.printed(pane, at)
  })
  // Agents first, those that need somebody before the rest; all else in its usual order.
  const order = createMemo(() => {
    const agents = agentsBySession(feed.agents, app.needs())
    const urgent = needPlaces(app.needs(), feed.agents, feed.sessions).flatMap((place) =>
      place.type === 'session' ? [place.session] : [],
    )
    const others = feed.order.filter((id) => !urgent.includes(id))
    const withAgent = others.filter((id) => agents.has(id))
    const rest = only() ? [] : others.filter((id) => !agents.has(id))
    return [...urgent, ...withAgent, ...rest]
  })
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
        <label class="choice">
          <input
            type="checkbox"
            checked={only()}
            onChange={(event) => setOnly(event.currentTarget.checked)}
          />
          Only agents
        </label>
      </header>
      <Show
        when={order().length > 0}
        fallback={
          <div class="empty">
            <h2>Nothing to show</h2>
            <p>Sessions appear here as soon as tmux has some.</p>
          </div>
        }
      >
        <ul class="tiles">
          <For each={order()}>{(id) => <Tile session={id} screens={screens} />}</For>
        </ul>
      </Show>
    </section>
  )
}

function Tile(props: { session: string; screens: TileScreens }) {
  const app = useApp()
  const { feed } = app.live
  const [screen, setScreen] = createSignal<TileScreen>()
  const [inSight, setInSight] = createSignal(false)
  let tile: HTMLLIElement | undefined
  const view = () => feed.sessions[props.session]
  const agent = createMemo(() => agentsBySession(feed.agents, app.needs()).get(props.session)?.[0])
  const need = () => app.needs().get(agent()?.id ?? '')
  // The agent's own pane tells more than the one that happens to be current.
  const pane = createMemo(() => {
    const session = view()
    return agent()?.pane ?? (session && currentPane(session)?.id)
  })
  const told = (own: AgentView) => {
    const item = need()
    if (!item) return Object.values(stateText(own)).join(' ')
    return `${REASON_MARKS[item.reason].word} ${longAge(since(item.since))}`
  }
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
  return (
    <li class="tile" classList={{ waits: need() !== undefined }} ref={tile}>
      <a href={pathOf({ page: 'session', session: props.session, view: 'terminal' })}>
        <span class="tile-head">
          <Show
            when={need()}
            fallback={<Show when={agent()}>{(own) => <Glyph agent={own()} />}</Show>}
          >
            {(item) => (
              <span class={`glyph ${REASON_MARKS[item().reason].tone}`} aria-hidden="true">
                {REASON_MARKS[item().reason].glyph}
              </span>
            )}
          </Show>
          <b>
            <Name text={view()?.name ?? ''} />
          </b>
          <Show when={agent()}>
            {(own) => (
              <small>
                {kindName(own().kind)}, {told(own())}
              </small>
            )}
          </Show>
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
