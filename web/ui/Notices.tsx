import { createEffect, on, onCleanup, untrack } from 'solid-js'
import { showCount } from '../state/badge.ts'
import { serverNow } from '../state/clock.ts'
import type { Told } from '../state/notice.ts'
import { pushedTo } from '../state/pushed-to.ts'
import { Untold } from '../state/untold.ts'
import { useApp } from './context.ts'

/** Tells of needs outside the page: on icons, and by a notice and a sound where nobody looks. */
export function Notices(props: { open: (path: string) => void }) {
  const { live, needs, needCount } = useApp()
  const { feed } = live
  const untold = new Untold()
  const told = (id: string): Told[] => {
    const item = [...needs().values()].find((one) => one.id === id)
    const agent = item && feed.agents[item.agent]
    return item && agent ? [{ item, agent, session: feed.sessions[agent.session]?.name }] : []
  }
  const ids = () => {
    const items = needs().values()
    return untrack(() => [...items].map(({ id }) => id))
  }
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
    if (due.length === 0) return
    void tellOutside(due).catch(() => {
      // The server is gone with the code for it, or leave was taken back: the list says it still.
    })
  })
  // What another page of this browser shows to a person needs no notice of ours.
  const pages = new BroadcastChannel('dogwatch.shown')
  pages.addEventListener('message', ({ data }) => {
    if (Array.isArray(data)) untold.settle(data.map(String))
  })
  onCleanup(() => pages.close())
  createEffect(() => {
    serverNow()
    // With each second, not with each change: a notice waits for longer.
    if (document.visibilityState === 'visible') pages.postMessage(untrack(ids))
  })
  createEffect(() => void showCount(needCount()))

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

/** A notice and a sound, as far as this device wants them. Most pages never tell: its code comes with the first. */
async function tellOutside(due: readonly Told[]): Promise<void> {
  const [{ noticeOf }, { playSound, showNotice, wantsSound }] = await Promise.all([
    import('../state/notice.ts'),
    import('../state/device-notices.ts'),
  ])
  const notice = noticeOf(due)
  // A device that can play nothing still shows the notice, and the other way round.
  await Promise.all([notice && showNotice(notice), wantsSound() && playSound()])
}
