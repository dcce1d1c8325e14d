import { createSignal, Show, Suspense } from 'solid-js'
import type { AgentView } from '../../server/protocol.ts'
import { MARKS, standing } from '../state/agents.ts'
import { visible } from '../state/words.ts'
import { stateText } from './AgentParts.tsx'
import { part } from './part.tsx'

const WhyPopover = part('WhyPopover', () => import('./WhyPopover.tsx'))

interface WhyProps {
  agent: AgentView
  /** Name of the session or of what else the row is called. */
  name: string
  /** What a row says of its state: the button lies over it in the same letters, and hides nothing. */
  row?: { word: string; tone: string }
}

/** Opens the answer to "why does it say so"; its code loads with the first press. */
export function WhyButton(props: WhyProps) {
  const [wanted, setWanted] = createSignal(false)
  const className = () =>
    props.row ? `btn why ${props.row.tone}` : `btn state ${MARKS[standing(props.agent)].tone}`
  const label = () => `Why ${visible(props.name)} is ${MARKS[standing(props.agent)].word}`
  const face = () => (
    <Show when={!props.row} fallback={`${props.row?.word}?`}>
      <span aria-hidden="true">{MARKS[standing(props.agent)].glyph}</span>
      <span class="word">{stateText(props.agent).word}</span>
      <span class="age">{stateText(props.agent).age}</span>
    </Show>
  )
  const button = () => (
    <button
      type="button"
      class={className()}
      aria-haspopup="dialog"
      aria-expanded="false"
      aria-label={label()}
      title="Why?"
      onClick={() => setWanted(true)}
    >
      {face()}
    </button>
  )
  return (
    <Show when={wanted()} fallback={button()}>
      <Suspense fallback={button()}>
        <WhyPopover agent={props.agent} class={className()} label={label()} face={face()} />
      </Suspense>
    </Show>
  )
}
