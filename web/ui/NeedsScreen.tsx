import Check from 'lucide-solid/icons/check'
import { createMemo, Show } from 'solid-js'
import { isSnoozed } from '../state/attention.ts'
import { serverNow } from '../state/clock.ts'
import { type AgentGroup, countGroups, GROUP_WORDS, type Item } from '../state/rail.ts'
import { counted } from '../state/words.ts'
import { useApp } from './context.ts'

const OTHERS: readonly AgentGroup[] = ['working', 'unknown', 'idle']

/** `3 working, 2 idle, 4 without an agent`; empty where there is nothing else. */
function othersText(items: readonly Item[]): string {
  const counts = countGroups(items)
  const parts = OTHERS.map((group) => {
    const count = counts.get(group) ?? 0
    return count > 0 ? `${count} ${GROUP_WORDS[group].toLowerCase()}` : ''
  })
  const aside = counts.get('aside') ?? 0
  const plain = counts.get('plain') ?? 0
  if (aside > 0) parts.push(`${aside} put aside`)
  if (plain > 0) parts.push(`${plain} without an agent`)
  return parts.filter(Boolean).join(', ')
}

/** Over the list of a phone: nobody needs anybody. `items`: the whole list. */
export function AllClear(props: { items: readonly Item[] }) {
  const { live } = useApp()
  const { feed } = live
  const snoozed = createMemo(() => {
    const now = serverNow()
    return Object.values(feed.attention).filter((item) => isSnoozed(item, now)).length
  })
  return (
    <Show when={feed.boot !== '' && feed.order.length > 0}>
      <div class="all-clear" data-testid="all-clear">
        <Check aria-hidden="true" />
        <div>
          <h2>All clear</h2>
          <p>
            Nobody needs you.
            <Show when={othersText(props.items)}>{(text) => <> {text()}.</>}</Show>
            <Show when={snoozed() > 0}> {counted(snoozed(), 'need')} snoozed.</Show>
          </p>
        </div>
      </div>
    </Show>
  )
}

/** Under those who need somebody: how many more do, and the way to everybody else. */
export function MoreNeeds(props: {
  items: readonly Item[]
  waiting: number
  hidden: number
  onShowAll(): void
}) {
  return (
    <div class="more-needs">
      <Show when={props.hidden > 0}>
        <button type="button" class="btn" onClick={() => props.onShowAll()}>
          Show all {props.waiting}
        </button>
      </Show>
      <Show when={othersText(props.items)}>
        {(text) => (
          <a class="btn quiet" href="/sessions">
            All sessions: {text()}
          </a>
        )}
      </Show>
    </div>
  )
}
