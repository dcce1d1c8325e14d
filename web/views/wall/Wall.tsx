import { createEffect, createMemo, createSignal, For, onCleanup, onMount, Show } from 'solid-js'
import { agentsBySession, byNeed, isCodingAgent, kindName } from '../../state/agents.ts'
import { currentPane } from '../../state/derive.ts'
import { pathOf } from '../../state/place.ts'
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
    const agents = agentsBySession(feed.agents)
    const lead = (id: string) => agents.get(id)?.find(isCodingAgent)
    const withAgent = feed.order.filter((id) => lead(id) !== undefined)
    const rest = only() ? [] : feed.order.filter((id) => lead(id) === undefined)
    const rank = new Map(feed.order.map((id, index) => [id, index]))
    withAgent.sort((a, b) => {
      const [one, other] = [lead(a), lead(b)]
      const need = one && other ? Math.sign(byNeed(one, other)) : 0
      const same = one && other && one.activity === other.activity
      return same || need === 0 ? (rank.get(a) ?? 0) - (rank.get(b) ?? 0) : need
    })
    return [...withAgent, ...rest]
  })
  return (
    <section class="wall" aria-label="Wall">
      <header class="head">
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
  const agent = createMemo(() => agentsBySession(feed.agents).get(props.session)?.[0])
  // The agent's own pane tells more than the one that happens to be current.
  const pane = createMemo(() => {
    const session = view()
    return agent()?.pane ?? (session && currentPane(session)?.id)
  })
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
    <li class="tile" classList={{ waits: waits() }} ref={tile}>
      <a href={pathOf({ page: 'session', session: props.session, view: 'terminal' })}>
        <span class="tile-head">
          <Show when={agent()}>{(own) => <Glyph agent={own()} />}</Show>
          <b>
            <Name text={view()?.name ?? ''} />
          </b>
          <Show when={agent()}>
            {(own) => (
              <small>
                {kindName(own().kind)}, {stateText(own()).word} {stateText(own()).age}
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

  function waits() {
    const own = agent()
    return own?.activity === 'asking' || own?.activity === 'failed'
  }
}
