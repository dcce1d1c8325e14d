import { createEffect, createMemo, createSignal, on, Show } from 'solid-js'
import { serverNow } from '../state/clock.ts'
import { lastContact } from '../state/live.ts'
import type { SocketState } from '../state/socket.ts'
import { ageText, exactTime } from '../state/words.ts'
import { useApp } from './context.ts'

type Tone = 'live' | 'pause' | 'off'

function describe(state: SocketState): { tone: Tone; text: string } {
  switch (state.name) {
    case 'open':
      return {
        tone: 'live',
        text: state.rttMs === undefined ? 'live' : `live, ${Math.round(state.rttMs)} ms`,
      }
    case 'connecting':
      return { tone: 'pause', text: state.attempt === 1 ? 'connecting' : 'reconnecting' }
    case 'waiting': {
      const seconds = Math.max(0, Math.ceil((state.retryAt - Date.now()) / 1_000))
      if (!navigator.onLine) return { tone: 'off', text: 'offline' }
      return { tone: 'off', text: seconds > 0 ? `reconnecting in ${seconds} s` : 'reconnecting' }
    }
    case 'refused':
      return { tone: 'off', text: 'refused' }
    default:
      return state satisfies never
  }
}

/** How the page's own connection is: one dot, one phrase. */
export function LinkState() {
  const { live } = useApp()
  const shown = createMemo(() => {
    // The countdown moves with the clock.
    serverNow()
    return describe(live.socket())
  })
  return (
    <span class="link" classList={{ [shown().tone]: true }} data-testid="link">
      <i aria-hidden="true" />
      {shown().text}
    </span>
  )
}

/** Says over the list that what it shows is old, since when, and offers to try at once. */
export function LinkBanner() {
  const { live } = useApp()
  const [spoken, setSpoken] = createSignal('')
  createEffect(
    on(live.lost, (now, before) => {
      if (now) setSpoken('The connection to dogwatch is lost. Trying again.')
      else if (before) setSpoken('Connected again.')
    }),
  )
  return (
    <>
      <p class="sr-only" role="status">
        {spoken()}
      </p>
      <Show when={live.lost()}>
        <div class="banner warn" data-testid="link-banner">
          <span>
            <Show when={live.socket().name !== 'refused'} fallback={<Refused />}>
              No connection to dogwatch. Your sessions go on without it.
              <Show when={live.feed.boot} fallback={<LastContact />}>
                {' '}
                This is what they were{' '}
                <span title={exactTime(serverNow() - live.lostFor())}>
                  {ageText(live.lostFor())} ago
                </span>
                .
              </Show>
            </Show>
          </span>
          <button type="button" class="btn" onClick={() => live.retry()}>
            Try now
          </button>
        </div>
      </Show>
    </>
  )
}

/** For a page that opened without the server: what it lacks, and since when. */
function LastContact() {
  const at = lastContact()
  const ago = () => ageText(Math.max(0, serverNow() - (at ?? 0)))
  return (
    <Show when={at}>
      {(when) => (
        <>
          {' '}
          This device was last connected{' '}
          <time datetime={new Date(when()).toISOString()} title={new Date(when()).toLocaleString()}>
            {ago()} ago
          </time>
          , and keeps nothing of what it showed then.
        </>
      )}
    </Show>
  )
}

function Refused() {
  const { live } = useApp()
  const message = () => {
    const state = live.socket()
    return state.name === 'refused' ? state.message : ''
  }
  return <>{message()}</>
}
