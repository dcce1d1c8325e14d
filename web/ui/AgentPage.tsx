import ArrowLeft from 'lucide-solid/icons/arrow-left'
import { Show, Suspense } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import type { AgentView } from '../../server/protocol.ts'
import { agentName } from '../state/agents.ts'
import { shortPath } from '../state/home.ts'
import { kindName } from '../state/kinds.ts'
import type { Place, ViewName } from '../state/place.ts'
import { VIEWS } from '../views/views.ts'
import { AskBar } from './AskBar.tsx'
import { useApp } from './context.ts'
import { createLooking } from './looking.ts'
import { Name } from './Name.tsx'
import { ResumeBar } from './ResumeBar.tsx'
import { ViewTabs } from './ViewTabs.tsx'
import { WhyButton } from './WhyButton.tsx'

/** An agent by its own address: what is known of it after its terminal is gone. */
export function AgentPage(props: { place: Place & { page: 'agent' } }) {
  const app = useApp()
  const agent = () => app.live.feed.agents[props.place.agent]
  createLooking(() => agent()?.id)
  return (
    <Show when={agent()} fallback={<Forgotten />}>
      {(view) => (
        <section class="slot current" aria-label={agentName(view())}>
          <AgentHead agent={view()} current={props.place.view} />
          {/* Another agent's view is another one: nothing of the first is left in it. */}
          <Show when={view().id} keyed>
            <Suspense>
              <Dynamic
                component={VIEWS[props.place.view]?.component}
                agent={view()}
                at={props.place.at}
              />
            </Suspense>
          </Show>
          <ResumeBar agent={view()} />
          <AskBar agent={view()} inSight />
        </section>
      )}
    </Show>
  )
}

function AgentHead(props: { agent: AgentView; current: ViewName }) {
  const app = useApp()
  const placeOf = (view: ViewName): Place | undefined => {
    if (view !== 'terminal') return { page: 'agent', agent: props.agent.id, view }
    const { session, liveness } = props.agent
    const isThere = liveness === 'live' && app.live.feed.sessions[session] !== undefined
    return isThere ? { page: 'session', session, view } : undefined
  }
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
      <h2 class="title">
        <Name text={agentName(props.agent)} />
      </h2>
      <span class="chip">{kindName(props.agent.kind)}</span>
      <span class="chip place">
        <Name text={shortPath(props.agent.cwd)} />
      </span>
      <ViewTabs placeOf={placeOf} current={props.current} />
      <div class="acts">
        <WhyButton agent={props.agent} name={agentName(props.agent)} />
      </div>
    </header>
  )
}

/** The address names an agent that nobody knows any more. */
function Forgotten() {
  const app = useApp()
  return (
    <div class="welcome">
      <div class="empty">
        <h2>This agent is not known here</h2>
        <p>It ended long ago, or the link is of another machine.</p>
        <button type="button" class="btn" onClick={() => app.go(undefined)}>
          Back to the list
        </button>
      </div>
    </div>
  )
}
