import { type Accessor, createComputed, createMemo, createSignal, on, untrack } from 'solid-js'
import type { AttentionView } from '../../server/protocol.ts'
import { isSnoozed, type NeedPlace, type Needs, needPlaces, needsByAgent } from './attention.ts'
import { serverNow } from './clock.ts'
import type { Live } from './live.ts'
import { createThrottled } from './throttled.ts'

/** Who needs the user, kept for everything that shows it. */
export interface LiveNeeds {
  /** What waits for the user, by agent, most urgent first. */
  open: Accessor<Needs>
  /** What was put aside for now, by agent. */
  aside: Accessor<Needs>
  /** Where those that wait are met, most urgent first. */
  places: Accessor<readonly NeedPlace[]>
  /** How many places those are, for what stands outside of the page. */
  count: Accessor<number>
}

/** Titles and icons are drawn by other programs, and a count that runs cannot be read; milliseconds. */
const COUNT_MS = 1_000

/** For the life of the Solid owner. */
export function createNeeds(live: Live): LiveNeeds {
  /** What a row shows of a need it follows in the feed. */
  const followed = (items: Iterable<AttentionView>) =>
    untrack(
      () => new Map([...items].map((item) => [item.agent, live.feed.attention[item.id] ?? item])),
    )
  // A memo of its own, so that the clock moves the list only where a snooze ends.
  const snoozed = createMemo(() => {
    const now = serverNow()
    return Object.values(live.facts().attention)
      .filter((item) => isSnoozed(item, now))
      .map(({ id }) => id)
      .join(' ')
  })
  const open = createMemo(() => {
    snoozed()
    const { attention, agents, sessions, settings } = live.facts()
    const byUrgency = needsByAgent(attention, untrack(serverNow), {
      newestFirst: settings?.settings.newestFirst ?? false,
      isDegraded: (agent) => {
        const session = sessions[agents[agent]?.session ?? '']
        return session !== undefined && session.freshness !== 'healthy'
      },
    })
    return followed(byUrgency.values())
  })
  const aside = createMemo(() => {
    const waiting = open()
    const { attention } = live.facts()
    return followed(Object.values(attention).filter(({ agent }) => !waiting.has(agent)))
  })
  const places = createMemo(() => {
    const { agents, sessions } = live.facts()
    return needPlaces(open(), agents, sessions)
  })
  const [count, setCount] = createSignal(0)
  createComputed(
    on(
      places,
      createThrottled(() => setCount(places().length), COUNT_MS),
    ),
  )
  return { open, aside, places, count }
}
