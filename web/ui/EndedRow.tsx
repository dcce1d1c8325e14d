import { Show } from 'solid-js'
import type { AgentView } from '../../server/protocol.ts'
import { kindName } from '../state/agents.ts'
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

/** An agent that has ended. It leads to its session as long as that is there. */
export function EndedRow(props: EndedProps) {
  const { live } = useApp()
  const session = () => live.feed.sessions[props.agent.session]
  const name = () =>
    session()?.name || props.agent.title || props.agent.cwd.split('/').at(-1) || 'agent'
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
      <Show when={session()} fallback={<div class="row-main">{content()}</div>}>
        {(view) => (
          <a class="row-main" href={`/s/${view().id}`}>
            {content()}
          </a>
        )}
      </Show>
      <WhyButton agent={props.agent} name={name()} />
    </li>
  )
}
