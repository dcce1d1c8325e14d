import { createEffect, createMemo, on, onCleanup } from 'solid-js'
import { needPlaces } from '../state/attention.ts'
import { showCount } from '../state/badge.ts'
import { serverNow } from '../state/clock.ts'
import { playSound, showNotice, wantsSound } from '../state/device-notices.ts'
import { noticeOf, type Told, Untold } from '../state/notice.ts'
import { pushedTo } from '../state/pushed-to.ts'
import { useApp } from './context.ts'

/** Tells of needs outside the page: on icons, and by a notice and a sound where nobody looks. */
export function Notices(props: { open: (path: string) => void }) {
  const { live, needs } = useApp()
  const { feed } = live
  const untold = new Untold()
  const told = (id: string): Told[] => {
    const item = [...needs().values()].find((one) => one.id === id)
    const agent = item && feed.agents[item.agent]
    return item && agent ? [{ item, agent, session: feed.sessions[agent.session]?.name }] : []
  }
  const ids = () => [...needs().values()].map(({ id }) => id)
  createEffect(
    on(
      () => feed.boot,
      () => untold.begin(ids()),
    ),
  )
  createEffect(() => {
    // Looked at anew with each second, and with each change.
    serverNow()
    const now = Date.now()
    untold.note(ids(), now, document.visibilityState === 'visible')
    const due = untold.take(now).flatMap(told)
    const notice = noticeOf(due)
    if (!notice) return
    void showNotice(notice).catch(() => {
      // Leave was taken back in this moment: the list says it still.
    })
    if (wantsSound()) {
      void playSound().catch(() => {
        // No device to play it on.
      })
    }
  })
  // What another page of this browser shows to a person needs no notice of ours.
  const pages = new BroadcastChannel('dogwatch.shown')
  pages.addEventListener('message', ({ data }) => {
    if (Array.isArray(data)) untold.settle(data.map(String))
  })
  onCleanup(() => pages.close())
  createEffect(() => {
    serverNow()
    if (document.visibilityState === 'visible') pages.postMessage(ids())
  })
  const count = createMemo(() => needPlaces(needs(), feed.agents, feed.sessions).length)
  createEffect(() => void showCount(count()))

  // Where the browser's push service moved while no page was open.
  const keepPush = async () => {
    if (pushedTo() !== undefined) await (await import('../state/push.ts')).keepPush()
  }
  const tryKeepPush = () =>
    void keepPush().catch(() => {
      // The settings say that nothing arrives, and why.
    })
  tryKeepPush()

  const life = new AbortController()
  onCleanup(() => life.abort())
  navigator.serviceWorker?.addEventListener(
    'message',
    ({ data }) => {
      if (data?.type === 'push-changed') tryKeepPush()
      if (data?.type === 'open' && typeof data.path === 'string') props.open(data.path)
    },
    { signal: life.signal },
  )
  return null
}
