import type { AgentView } from '../../server/protocol.ts'
import { agentName, kindName } from '../state/agents.ts'
import { pathOf } from '../state/place.ts'
import { Glyph, stateText, ToldLine } from './AgentParts.tsx'
import { useApp } from './context.ts'
import { Name } from './Name.tsx'
import { WhyButton } from './WhyButton.tsx'

interface EndedProps {
  agent: AgentView
  position: number
  total: number
  ref?: (element: HTMLElement) => void
}

/** An agent that has ended. It leads to what is remembered of it. */
export function EndedRow(props: EndedProps) {
  const { live, place } = useApp()
  const isShown = () => {
    const now = place()
    return now.page === 'agent' && now.agent === props.agent.id
  }
  const session = () => live.feed.sessions[props.agent.session]
  const name = () => session()?.name || agentName(props.agent)
  const shown = () => stateText(props.agent)
  const content = () => (
    <>
      <Glyph agent={props.agent} />
      <span class="name">
        <Name text={name()} />
        <small>{kindName(props.agent.kind)}</small>
      </span>
      <span class="when">
        {shown().word} {shown().age}
      </span>
      <span class="what">
        <ToldLine agent={props.agent} />
      </span>
    </>
  )
  return (
    <li ref={props.ref} class="row gone" aria-setsize={props.total} aria-posinset={props.position}>
      <a
        class="row-main"
        href={pathOf({ page: 'agent', agent: props.agent.id, view: 'timeline' })}
        aria-current={isShown() ? 'true' : undefined}
      >
        {content()}
      </a>
      <WhyButton agent={props.agent} name={name()} />
    </li>
  )
}
