import { createMemo, Show } from 'solid-js'
import type { AgentView } from '../../server/protocol.ts'
import { agentName } from '../state/agents.ts'
import { REASON_MARKS, seenText } from '../state/attention.ts'
import { serverNow, since } from '../state/clock.ts'
import { kindName } from '../state/kinds.ts'
import { pathOf } from '../state/place.ts'
import { exactTime, longAge } from '../state/words.ts'
import { Glyph, LastWords, stateText, ToldLine } from './AgentParts.tsx'
import { RowActs } from './AttentionActs.tsx'
import { useApp } from './context.ts'
import { Name } from './Name.tsx'
import { WhyButton } from './WhyButton.tsx'

interface EndedProps {
  agent: AgentView
  position: number
  total: number
  /** As of a `SessionRow`. */
  whole: boolean
  ref?: (element: HTMLElement) => void
}

/** An agent that has ended. It leads to what is remembered of it. */
export function EndedRow(props: EndedProps) {
  const { live, needs, place } = useApp()
  const isShown = () => {
    const now = place()
    return now.page === 'agent' && now.agent === props.agent.id
  }
  const session = () => live.feed.sessions[props.agent.session]
  const name = () => session()?.name || agentName(props.agent)
  const item = createMemo(() => needs().get(props.agent.id))
  const shown = () => {
    const need = item()
    return need
      ? { word: REASON_MARKS[need.reason].word, age: longAge(since(need.since)), at: need.since }
      : stateText(props.agent)
  }
  const word = () => [shown().word, shown().age].filter(Boolean).join(' ')
  const seen = () => {
    const need = item()
    return [`Since ${exactTime(shown().at)}.`, need && seenText(need, serverNow())]
      .filter(Boolean)
      .join(' ')
  }
  const content = () => (
    <>
      <Show when={item()} fallback={<Glyph agent={props.agent} />}>
        {(need) => (
          <span class={`glyph ${REASON_MARKS[need().reason].tone}`} aria-hidden="true">
            {REASON_MARKS[need().reason].glyph}
          </span>
        )}
      </Show>
      <span class="name">
        <Name text={name()} />
        <small>{kindName(props.agent.kind)}</small>
      </span>
      <span class="when" title={seen()}>
        {word()}
      </span>
      <span class="what">
        <ToldLine agent={props.agent} item={item()} />
      </span>
      <LastWords agent={props.agent} item={item()} />
    </>
  )
  return (
    <li
      ref={props.ref}
      class="row"
      classList={{ gone: item() === undefined, current: isShown() }}
      aria-setsize={props.total}
      aria-posinset={props.position}
    >
      <a
        class="row-main"
        href={pathOf({ page: 'agent', agent: props.agent.id, view: 'timeline' })}
        aria-current={isShown() ? 'true' : undefined}
      >
        {content()}
      </a>
      <WhyButton agent={props.agent} name={name()} row={{ word: word(), tone: '' }} />
      <RowActs agent={props.agent} item={item()} whole={props.whole} />
    </li>
  )
}
