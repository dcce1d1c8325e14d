import { createSignal, For, Show } from 'solid-js'
import { encode } from 'uqr'
import { type PairTicketResponse, SCOPES, type Scope } from '../../server/protocol.ts'
import { ApiError, createPairTicket } from '../state/api.ts'
import { serverNow } from '../state/clock.ts'
import { useApp } from './context.ts'
import { FormError } from './FormError.tsx'

const CHOICES: Record<Scope, string> = {
  watch: 'Look only',
  reply: 'Look and type',
  full: 'Everything',
}

/** Makes a one-use link for another device and shows it as text and as a picture to scan. */
export function PairLink() {
  const app = useApp()
  const [scope, setScope] = createSignal<Scope>('reply')
  const [ticket, setTicket] = createSignal<PairTicketResponse>()
  const [error, setError] = createSignal<string>()
  /** A name that other devices know serves them better than an address of this computer. */
  const origin = () => {
    const [host] = ticket()?.hosts ?? []
    return host && isLoopback(location.hostname) ? `https://${host}` : location.origin
  }
  const link = () => `${origin()}/#k=${ticket()?.ticket ?? ''}`
  const minutes = () => {
    const left = (ticket()?.expiresAt ?? 0) - serverNow()
    return left <= 0 ? 0 : Math.max(1, Math.round(left / 60_000))
  }
  const make = async () => {
    setError(undefined)
    try {
      setTicket(await createPairTicket({ scope: scope() }))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setError(error.message)
    }
  }
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link())
      app.say('Copied the link. It works once.')
    } catch {
      // No clipboard on this address; the link stands there to be selected.
      app.say('This browser keeps the clipboard from the page: select the link itself.')
    }
  }
  return (
    <section class="pair" aria-label="Pair another device">
      <h3>Another device</h3>
      <div class="pair-make">
        <select
          class="field"
          aria-label="What the other device may do"
          value={scope()}
          onChange={(event) => {
            const chosen = SCOPES.find((option) => option === event.currentTarget.value)
            if (chosen) setScope(chosen)
            setTicket(undefined)
          }}
        >
          <For each={SCOPES}>{(option) => <option value={option}>{CHOICES[option]}</option>}</For>
        </select>
        <button type="button" class="btn" onClick={() => void make()}>
          {ticket() ? 'Make another link' : 'Make a link'}
        </button>
      </div>
      <FormError text={error()} />
      <Show when={ticket()}>
        <div class="pair-link">
          <QrCode text={link()} />
          <div class="about">
            <code class="link-text">{link()}</code>
            <button type="button" class="btn" onClick={() => void copy()}>
              Copy
            </button>
            <p class="hint">
              {minutes() > 0
                ? `One use, good for ${minutes()} min.`
                : 'This link has expired. Make another.'}
              <Show when={origin() === location.origin && isLoopback(location.hostname)}>
                {' '}
                {location.hostname} means “this computer” everywhere: the other device needs its own
                port forward to this machine first.
              </Show>
            </p>
          </div>
        </div>
      </Show>
    </section>
  )
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.')
}

/** A QR code as one path: dark on light in both themes, because scanners want it so. */
function QrCode(props: { text: string }) {
  const code = () => encode(props.text, { border: 2 })
  const path = () =>
    code()
      .data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')))
      .join('')
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${code().size} ${code().size}`}
      role="img"
      aria-label="The link as a QR code"
    >
      <path d={path()} />
    </svg>
  )
}
