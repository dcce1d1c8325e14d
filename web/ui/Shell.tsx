import {
  createEffect,
  createMemo,
  createSignal,
  For,
  type JSX,
  on,
  onCleanup,
  Show,
  Suspense,
  untrack,
} from 'solid-js'
import { address, followAddress, navigate } from '../state/address.ts'
import { agentsBySession, paneToShow, subagentsByParent } from '../state/agents.ts'
import { createLive } from '../state/live.ts'
import { createNeeds } from '../state/needs.ts'
import { type Place, pathOf, placeOf } from '../state/place.ts'
import { createRecovery } from '../state/recovery.ts'
import { createSplit } from '../state/split.ts'
import { createTabs } from '../state/tabs.ts'
import { followViewport } from '../state/viewport.ts'
import { createWide } from '../state/wide.ts'
import { visible } from '../state/words.ts'
import { Announcer } from './Announcer.tsx'
import { BottomNav } from './BottomNav.tsx'
import { App, type AppContext, type DialogName } from './context.ts'
import { FieldAhead } from './FieldAhead.tsx'
import { listenForKeys } from './keys.ts'
import { Notices } from './Notices.tsx'
import { part } from './part.tsx'
import { Rail } from './Rail.tsx'
import { Stage } from './Stage.tsx'
import { makeTerminals } from './terminals.ts'

// Dialogs open after a click: nobody waits for their code at the start.
const Dialogs = part('Dialogs', () => import('./Dialogs.tsx'))

const TOAST_MS = 6_000

const isList = ({ page }: Place) => page === 'list' || page === 'sessions'

/** Everything a paired device sees. */
export function Shell() {
  followViewport()
  const live = createLive()
  const tabs = createTabs()
  const terminals = makeTerminals()
  const split = createSplit()
  const wide = createWide()
  const life = new AbortController()
  onCleanup(() => life.abort())
  followAddress(life.signal)
  const place = createMemo(() => placeOf(address().pathname, address().hash), undefined, {
    equals: (one, other) => pathOf(one) === pathOf(other),
  })
  // The way back leads to the list that was left.
  let listBefore: Place = { page: 'list' }
  createEffect(() => {
    if (isList(place())) listBefore = place()
  })
  const open = (next: Place) => navigate(pathOf(next))
  const selected = createMemo(() => {
    const now = place()
    return now.page === 'session' ? now.session : undefined
  })
  const isThere = (session: string) =>
    live.feed.sessions[session] !== undefined || tabs.list.some((tab) => tab.session === session)
  const parts = createMemo(() => {
    const [here, all] = [selected(), split.parts()]
    if (here === undefined || !wide() || !all.includes(here)) return []
    const there = all.filter(isThere)
    return there.length > 1 ? there : []
  })
  const needs = createNeeds(live)
  const bySession = createMemo(() => agentsBySession(live.facts().agents, needs.open()))
  const byParent = createMemo(() => subagentsByParent(live.facts().agents))
  const recovery = createRecovery(live.feed)
  const [dialog, setDialog] = createSignal<DialogName>()
  const [renaming, setRenaming] = createSignal<string>()
  const [toasts, setToasts] = createSignal<readonly { text: string }[]>([])

  const app: AppContext = {
    live,
    tabs,
    terminals,
    split,
    wide,
    parts,
    goToPart(session) {
      const view = tabs.list.find((tab) => tab.session === session)?.view ?? 'terminal'
      navigate(pathOf({ page: 'session', session, view }), { replace: true })
    },
    place,
    open,
    needs: needs.open,
    needsAside: needs.aside,
    recovery,
    agentsOf: (session) =>
      (bySession().get(session) ?? []).flatMap(({ id }) => live.feed.agents[id] ?? []),
    subagentsOf: (agent) =>
      (byParent().get(agent) ?? []).flatMap(({ id }) => live.feed.agents[id] ?? []),
    needPlaces: needs.places,
    needCount: needs.count,
    openNeed(need) {
      if (need.type === 'agent') open({ page: 'agent', agent: need.agent, view: 'timeline' })
      else {
        const session = live.feed.sessions[need.session]
        const pane = live.feed.agents[need.agent]?.pane
        if (session && pane) tabs.choosePane(need.session, paneToShow(session, pane))
        open({ page: 'session', session: need.session, view: 'terminal' })
      }
    },
    selected,
    go: (session) =>
      open(session === undefined ? listBefore : { page: 'session', session, view: 'terminal' }),
    dialog,
    showDialog(next) {
      // One dialog may lead to another: between the two nothing has the focus, and it goes back to
      // what opened the first.
      if (!dialog() && document.activeElement !== document.body) opener = document.activeElement
      setDialog(next)
    },
    say(text) {
      const toast = { text }
      setToasts((list) => [...list.slice(-2), toast])
      setTimeout(() => setToasts((list) => list.filter((other) => other !== toast)), TOAST_MS)
    },
    mayManage: () => live.feed.scope === 'full',
    renaming,
    setRenaming,
  }

  listenForKeys(app)

  let opener: Element | null = null
  const closeDialog = (then?: () => void) => {
    setDialog(undefined)
    // The dialog gives the focus back in a task of its own, queued by now.
    if (then) setTimeout(then)
    // After the dialog is gone, and only if nothing else has taken the focus meanwhile.
    requestAnimationFrame(() => {
      if (dialog()) return
      const back = opener
      opener = null
      if (document.activeElement !== document.body || !(back instanceof HTMLElement)) return
      // What opened it may have gone, as the field of a new name does once that is kept.
      if (back.isConnected) back.focus()
      else if (!matchMedia('(pointer: coarse)').matches) terminals.of(selected())?.handle()?.focus()
    })
  }

  // The address selects; what it names becomes an open terminal as soon as the feed knows it.
  const selectedView = () => {
    const id = selected()
    return id === undefined ? undefined : live.feed.sessions[id]
  }
  const openTab = (id: string) => {
    const name = live.feed.sessions[id]?.name ?? ''
    const closed = tabs.open(id, name, untrack(parts))
    if (closed) app.say(`Closed the terminal of ${visible(closed.name)}: five are open at most.`)
  }
  createEffect(
    on([place, () => selectedView() !== undefined], ([now, known]) => {
      if (now.page !== 'session' || !known) return
      openTab(now.session)
      tabs.showView(now.session, now.view)
    }),
  )
  createEffect(
    on(parts, (all) => {
      // Last the one in sight, which is the last to have to go again.
      for (const id of all) if (id !== selected()) openTab(id)
      const here = selected()
      if (all.length > 0 && here !== undefined) openTab(here)
    }),
  )
  createEffect(() => {
    for (const tab of tabs.list) {
      const name = live.feed.sessions[tab.session]?.name
      if (name !== undefined && name !== tab.name) tabs.rename(tab.session, name)
    }
  })
  createEffect(() => {
    const name = selectedView()?.name
    const place = live.feed.host
    const title = [name && visible(name), place, 'dogwatch'].filter(Boolean).join(' - ')
    const needed = needs.count()
    document.title = needed > 0 ? `(${needed}) ${title}` : title
  })

  return (
    <App.Provider value={app}>
      <div class="app" data-view={isList(place()) ? 'list' : 'session'}>
        <Rail />
        <Stage />
        <BottomNav />
      </div>
      <Show when={dialog()}>
        {(now) => (
          <Suspense
            fallback={
              <Escapable onEscape={closeDialog}>
                <Show when={now().name === 'palette'}>
                  <FieldAhead
                    label="Find and do anything"
                    onType={(typed) => setDialog({ ...now(), typed })}
                  />
                </Show>
              </Escapable>
            }
          >
            <Dialogs dialog={now()} onClose={closeDialog} />
          </Suspense>
        )}
      </Show>
      <Announcer />
      <Notices open={navigate} />
      <aside class="toasts" aria-label="Notes">
        <For each={toasts()}>{(toast) => <p class="toast">{toast.text}</p>}</For>
      </aside>
    </App.Provider>
  )
}

/** In the place of a dialog whose code is on its way: nobody waits to see it only to close it. */
function Escapable(props: { onEscape(): void; children: JSX.Element }) {
  const life = new AbortController()
  onCleanup(() => life.abort())
  const leave = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.isComposing) return
    event.preventDefault()
    event.stopPropagation()
    props.onEscape()
  }
  document.addEventListener('keydown', leave, { capture: true, signal: life.signal })
  return <>{props.children}</>
}
