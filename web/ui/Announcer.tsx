import { createEffect, createMemo, createSignal, on, untrack } from 'solid-js'
import type { AttentionView } from '../../server/protocol.ts'
import { agentName } from '../state/agents.ts'
import { needTold, REASON_MARKS } from '../state/attention.ts'
import { kindName } from '../state/kinds.ts'
import { visible } from '../state/words.ts'
import { useApp } from './context.ts'

/** Tells a screen reader who has come to need the person, and when nobody does any more; nothing else. */
export function Announcer() {
  const { live, needs } = useApp()
  const { feed } = live
  const [spoken, setSpoken] = createSignal('')
  const waiting = createMemo(() =>
    [...needs()].flatMap(([agent, item]) => (live.facts().agents[agent] ? item : [])),
  )
  const keys = createMemo(() => {
    const items = waiting()
    return untrack(() => items.map(({ id }) => id).join('\n'))
  })
  const sentence = (item: AttentionView) => {
    const agent = feed.agents[item.agent]
    if (!agent) return ''
    const name = feed.sessions[agent.session]?.name ?? agentName(agent)
    const { label, text } = needTold(item, agent)
    const word = label || REASON_MARKS[item.reason].word
    const told = [word, visible(text)].filter(Boolean).join(', ')
    return `${visible(name)}, ${kindName(agent.kind)}: ${told}${/[.!?…]$/.test(told) ? '' : '.'}`
  }
  createEffect(
    on([keys, () => feed.boot], ([now, boot], before) => {
      // What was so already when the page came is in the list; only changes are news.
      if (!before || before[1] !== boot || now === before[0]) return
      const known = new Set(before[0].split('\n'))
      const fresh = waiting().filter(({ id }) => !known.has(id))
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
