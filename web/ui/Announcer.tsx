import { createEffect, createMemo, createSignal, on } from 'solid-js'
import type { AgentView } from '../../server/protocol.ts'
import { isCodingAgent, kindName, MARKS, needsYou, standing, told } from '../state/agents.ts'
import { visible } from '../state/words.ts'
import { useApp } from './context.ts'

/** Tells a screen reader who has come to need the person, and when nobody does any more; nothing else. */
export function Announcer() {
  const { live } = useApp()
  const { feed } = live
  const [spoken, setSpoken] = createSignal('')
  const waiting = createMemo(() =>
    Object.values(feed.agents).filter((agent) => isCodingAgent(agent) && needsYou(agent)),
  )
  const keyOf = (agent: AgentView) => `${agent.id} ${standing(agent)} ${agent.ask?.id ?? ''}`
  const keys = createMemo(() => waiting().map(keyOf).join('\n'))
  const sentence = (agent: AgentView) => {
    const name = feed.sessions[agent.session]?.name ?? agent.title
    const { label, text } = told(agent)
    const state = MARKS[standing(agent)].word
    return `${visible(name)}, ${kindName(agent.kind)}: ${[label || state, visible(text)].join(', ')}.`
  }
  createEffect(
    on([keys, () => feed.boot], ([now, boot], before) => {
      // What was so already when the page came is in the list; only changes are news.
      if (!before || before[1] !== boot || now === before[0]) return
      const known = new Set(before[0].split('\n'))
      const fresh = waiting().filter((agent) => !known.has(keyOf(agent)))
      if (fresh.length > 0) setSpoken(fresh.map(sentence).join(' '))
      else if (now === '') setSpoken('Nobody needs you now.')
    }),
  )
  return (
    <p class="sr-only" role="status" data-testid="attention">
      {spoken()}
    </p>
  )
}
