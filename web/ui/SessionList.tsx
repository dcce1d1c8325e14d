import {
  createComputed,
  createEffect,
  createMemo,
  createSignal,
  For,
  Match,
  on,
  onCleanup,
  Show,
  Suspense,
  Switch,
  untrack,
} from 'solid-js'
import { serverNow } from '../state/clock.ts'
import {
  countGroups,
  groupNeeds,
  type Heading,
  holdPlaces,
  type Item,
  needsFirst,
  railItems,
  untoldUntil,
} from '../state/rail.ts'
import { grouping } from '../state/settings.ts'
import { createThrottled } from '../state/throttled.ts'
import { useApp } from './context.ts'
import { EndedRow } from './EndedRow.tsx'
import { GroupHeading, PlaceHeading } from './GroupHeading.tsx'
import { keepFocus } from './keep-focus.ts'
import { AllClear, MoreNeeds } from './NeedsScreen.tsx'
import { part } from './part.tsx'
import { followPointer } from './pointing.ts'
import { stepRow } from './rows.ts'
import { ServerHeading, ServerNote } from './ServerState.tsx'
import { SessionRow } from './SessionRow.tsx'

/** Longer lists draw only what is in sight. Below it all rows are there, for the browser's own search. */
const VIRTUAL_FROM = 100

// Most people never have that many.
const VirtualItems = part('VirtualItems', () => import('./VirtualItems.tsx'))

/** Rows of those who need somebody that a phone shows at first. */
const NEEDS_FIRST = 5

/**
 * Places that run can be neither read nor pressed: the first change moves the list at once, those
 * that follow it together this often; milliseconds.
 */
const PLACES_MS = 500

/** The same things in the same order: what follows the list need not look again. */
function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index])
}

interface ListProps {
  query: string
  ref(element: HTMLElement): void
}

/** The rows of all tmux servers in their fixed order, walked with the arrow keys. */
export function SessionList(props: ListProps) {
  const { live, needs, needPlaces, agentsOf, place, wide } = useApp()
  const { feed } = live
  const [showAll, setShowAll] = createSignal(false)
  const [scroller, setScroller] = createSignal<HTMLElement | null>(null)
  const [expanded, setExpanded] = createSignal<ReadonlySet<string>>(new Set())
  const pointing = followPointer(scroller)
  const [moved, setMoved] = createSignal(0)
  const move = () => setMoved((times) => times + 1)
  // From the first change on: a page that has yet to hear anything waits for nothing.
  createComputed(on([live.facts, needs], createThrottled(move, PLACES_MS), { defer: true }))
  const isFirst = () => !wide() && place().page === 'list' && props.query.trim() === ''
  const wanted = createMemo(() => {
    moved()
    const { query } = props
    const by = isFirst() ? 'need' : grouping()
    return untrack(() => railItems(live.facts(), query, needs(), serverNow(), by))
  })
  createEffect(() => {
    moved()
    const now = untrack(serverNow)
    const until = untoldUntil(untrack(live.facts), now)
    if (until === Number.POSITIVE_INFINITY) return
    const timer = setTimeout(move, until - now)
    onCleanup(() => clearTimeout(timer))
  })
  // A pointer on its way to a row must find that row there; a new search is a new list.
  const held = createMemo<{ items: Item[]; query: string }>(
    (before) => {
      const query = `${isFirst() ? 'need' : grouping()} ${props.query}`
      const now = wanted()
      const hold = pointing() && before.items.length > 0 && before.query === query
      return { items: hold ? holdPlaces(before.items, now) : now, query }
    },
    { items: [], query: '' },
  )
  const all = () => held().items
  const first = createMemo(() =>
    isFirst() ? needsFirst(all(), showAll() ? Number.POSITIVE_INFINITY : NEEDS_FIRST) : undefined,
  )
  const items = createMemo(() => first()?.items ?? all(), undefined, { equals: isSame })
  keepFocus(scroller, items)
  const rows = createMemo(() =>
    items().filter((item) => item.startsWith('s:') || item.startsWith('e:')),
  )
  const positions = createMemo(() => new Map(rows().map((item, index) => [item, index + 1])))
  const counts = createMemo(() => countGroups(all()))
  const needing = createMemo(() => {
    moved()
    const items = all()
    return untrack(() => groupNeeds(items, needPlaces(), needs()))
  })
  const toggle = (id: string) => {
    const next = new Set(expanded())
    if (!next.delete(id)) next.add(id)
    setExpanded(next)
  }

  const one = (item: Item, ref?: (element: HTMLElement) => void, whole = () => true) => {
    const id = item.slice(2)
    const server = () => feed.servers.find((view) => view.id === id)
    const agents = createMemo(() => agentsOf(id), undefined, { equals: isSame })
    return (
      <Switch fallback={<Left item={item} ref={ref} />}>
        <Match when={item.startsWith('s:') && feed.sessions[id]}>
          {(session) => (
            <SessionRow
              session={session()}
              agents={agents()}
              expanded={expanded().has(id)}
              position={positions().get(item) ?? 0}
              total={rows().length}
              whole={whole()}
              onExpand={() => toggle(id)}
              ref={ref}
            />
          )}
        </Match>
        <Match when={item.startsWith('g:')}>
          <GroupHeading group={id as Heading} count={counts().get(id) ?? 0} ref={ref} />
        </Match>
        <Match when={item.startsWith('k:')}>
          <PlaceHeading
            grouping={grouping()}
            of={id}
            count={counts().get(item) ?? 0}
            needing={needing().get(item)}
            ref={ref}
          />
        </Match>
        <Match when={item.startsWith('e:') && feed.agents[id]}>
          {(agent) => (
            <EndedRow
              agent={agent()}
              position={positions().get(item) ?? 0}
              total={rows().length}
              whole={whole()}
              ref={ref}
            />
          )}
        </Match>
        <Match when={item.startsWith('h:') && server()}>
          {(view) => <ServerHeading server={view()} ref={ref} />}
        </Match>
        <Match when={item.startsWith('n:') && server()}>
          {(view) => <ServerNote server={view()} searching={props.query.trim() !== ''} ref={ref} />}
        </Match>
      </Switch>
    )
  }

  return (
    <div
      class="list"
      ref={(element) => {
        setScroller(element)
        props.ref(element)
        element.addEventListener('keydown', walk)
      }}
    >
      <Show when={first()?.waiting === 0}>
        <AllClear items={all()} />
      </Show>
      <Show
        when={items().length > VIRTUAL_FROM}
        fallback={
          <ul aria-label="Sessions">
            <For each={items()}>{(item) => one(item)}</For>
          </ul>
        }
      >
        <Suspense>
          <VirtualItems
            items={items()}
            scroller={scroller()}
            one={(item, ...drawn) => one(item as Item, ...drawn)}
          />
        </Suspense>
      </Show>
      <Show when={props.query.trim() !== '' && rows().length === 0 && feed.order.length > 0}>
        <p class="none">No session matches.</p>
      </Show>
      <Show when={first()?.waiting}>
        {(waiting) => (
          <MoreNeeds
            items={all()}
            waiting={waiting()}
            hidden={waiting() - rows().length}
            onShowAll={() => setShowAll(true)}
          />
        )}
      </Show>
    </div>
  )
}

/** The place of a row that has gone while somebody points at the list; nothing for a heading. */
function Left(props: { item: string; ref?: (element: HTMLElement) => void }) {
  return (
    <li ref={props.ref} classList={{ left: /^[se]:/.test(props.item) }}>
      <Show when={/^[se]:/.test(props.item)}>ended</Show>
    </li>
  )
}

/** Arrow keys, Home and End go from row to row; Enter is the link's own. */
function walk(this: HTMLElement, event: KeyboardEvent): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return
  // A list of choices in a row has the same keys.
  if (event.target instanceof HTMLSelectElement) return
  switch (event.key) {
    case 'ArrowDown':
      if (!stepRow(this, 1)) return
      break
    case 'ArrowUp':
      if (!stepRow(this, -1)) return
      break
    case 'Home':
    case 'End':
      void reach(this, event.key === 'End')
      break
    default:
      return
  }
  event.preventDefault()
}

/** Frames within which a long list has drawn and measured its far end. */
const REACH_FRAMES = 30

/** Focuses the first or the last row of all, which a long list may have to draw first. */
async function reach(list: HTMLElement, last: boolean): Promise<void> {
  let height = 0
  for (let frame = 0; frame < REACH_FRAMES; frame += 1) {
    list.scrollTop = last ? list.scrollHeight : 0
    const rows = list.querySelectorAll<HTMLElement>('.row')
    const row = rows[last ? rows.length - 1 : 0]
    const wanted = last ? row?.ariaSetSize : '1'
    // Rows that turn out higher than thought push it out of sight again, and what is there goes.
    if (row?.ariaPosInSet === wanted && list.scrollHeight === height) {
      row?.querySelector<HTMLElement>('.row-main')?.focus()
      return
    }
    height = list.scrollHeight
    await new Promise((resolve) => requestAnimationFrame(resolve))
  }
}
