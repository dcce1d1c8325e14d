import { Show } from 'solid-js'
import type { AgentView, AttentionView } from '../../server/protocol.ts'
import { CONTEXT_HOT, contextShare, MARKS, standing, type Told, told } from '../state/agents.ts'
import { needTold } from '../state/attention.ts'
import { serverNow } from '../state/clock.ts'
import { shortPath } from '../state/home.ts'
import { clockText, longAge } from '../state/words.ts'
import { Name } from './Name.tsx'

/** What an agent's state reads: its word, how long, and since when (epoch milliseconds). A running turn's clock counts its seconds. */
export function stateText(agent: AgentView): { word: string; age: string; at: number } {
  const now = standing(agent)
  const age = (at: number) => Math.max(0, serverNow() - at)
  const { word } = MARKS[now]
  if (now === 'ended') {
    const at = agent.endedAt ?? agent.since
    return { word, age: longAge(age(at)), at }
  }
  if (now === 'working' || now === 'retrying') {
    const at = agent.turn?.startedAt ?? agent.since
    return { word, age: clockText(age(at)), at }
  }
  return { word, age: longAge(age(agent.since)), at: agent.since }
}

/** Shape and colour of an agent's state; the word stands beside it. */
export function Glyph(props: { agent: AgentView }) {
  const mark = () => MARKS[standing(props.agent)]
  return (
    <span class={`glyph ${mark().tone}`} aria-hidden="true">
      {mark().glyph}
    </span>
  )
}

/** How full the agent's context is; nothing where that is unknown. */
export function ContextMeter(props: { agent: AgentView }) {
  return (
    <Show when={contextShare(props.agent)}>
      {(share) => {
        const text = () => `${Math.round(share() * 100)}% of the context used`
        return (
          <span class="meter" role="img" aria-label={text()} title={text()}>
            <b classList={{ hot: share() >= CONTEXT_HOT }} style={{ width: `${share() * 100}%` }} />
          </span>
        )
      }}
    </Show>
  )
}

/** The row's second line: what it needs, else what it asks, runs or said last. */
export function ToldLine(props: { agent: AgentView; item?: AttentionView | undefined }) {
  const line = (): Told => {
    const need = props.item && needTold(props.item, props.agent)
    // A need may have nothing to say beyond its word, as a turn without last words.
    return need && (need.label || need.text) ? need : told(props.agent)
  }
  return (
    <>
      <Show when={line().label}>{line().label}: </Show>
      <Show
        when={line().code}
        fallback={
          <>
            {line().quote ? '“' : ''}
            <Name text={shortPath(line().text)} />
            {line().quote ? '”' : ''}
          </>
        }
      >
        <code>
          <Name text={line().text} />
        </code>
      </Show>
    </>
  )
}

/** What an agent that needs somebody said last, where its row does not say so already. */
export function LastWords(props: { agent: AgentView; item: AttentionView | undefined }) {
  const words = () => {
    const { lastWords } = props.agent
    return props.item && lastWords !== props.item.text ? lastWords : ''
  }
  return (
    <Show when={words()}>
      <span class="words">
        “<Name text={words()} />”
      </span>
    </Show>
  )
}
