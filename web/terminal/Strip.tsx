import { For, type JSX, Show } from 'solid-js'
import { createNow } from './now.ts'
import { byteText } from './paste.ts'
import type { LinkView } from './types.ts'

/** One line above the terminal for each thing that is not as usual; the screen stays to be read. */

interface StripProps {
  view: LinkView
  onReconnect(): void
  onSendHeld(): void
  onDiscardHeld(): void
  onAcknowledge(): void
}

const GONE = {
  'session-ended': 'This session has ended. This is its last screen.',
  'pane-ended': 'This pane has closed. This is its last screen.',
  'server-gone': 'The tmux server has ended, and this session with it. This is its last screen.',
} as const

const MIRROR = {
  'other-pane':
    'Shown as a copy, because the session has another pane in front. Typing goes to this pane.',
  'destroy-unattached':
    'Shown as a copy: this session is set to end when its last client leaves (destroy-unattached), so dogwatch does not attach to it.',
  'no-client': 'Shown as a copy: tmux did not let a client attach here.',
} as const

export function Strip(props: StripProps): JSX.Element {
  return (
    <div class="term-strips">
      <div role="status">
        <Show when={props.view.gone}>{(reason) => <Line tone="muted">{GONE[reason()]}</Line>}</Show>
        <Show when={!props.view.gone}>
          <Connection view={props.view} onReconnect={props.onReconnect} />
        </Show>
      </div>
      <Show when={props.view.held}>
        {(held) => (
          <Line tone="needs" label="Held input" late={!held().asking}>
            <span class="term-strip-text">
              {held().asking
                ? `Typed while disconnected, not sent (${byteText(held().bytes)}): `
                : 'Held until connected: '}
              <code>
                <bdi>{held().preview}</bdi>
              </code>
            </span>
            <Show when={held().asking}>
              <button type="button" class="btn" onClick={() => props.onSendHeld()}>
                Send
              </button>
            </Show>
            <button type="button" class="btn" onClick={() => props.onDiscardHeld()}>
              Discard
            </button>
          </Line>
        )}
      </Show>
      <For each={notices(props.view)}>
        {(text) => (
          <Line tone="needs">
            <span class="term-strip-text">{text}</span>
            <button type="button" class="btn" onClick={() => props.onAcknowledge()}>
              OK
            </button>
          </Line>
        )}
      </For>
      <Show when={props.view.ready && props.view.mode === 'mirror' && props.view.mirrorReason}>
        {(reason) => <Line tone="muted">{MIRROR[reason()]}</Line>}
      </Show>
      <Show when={props.view.lease.holder === 'other'}>
        <Line tone="muted">Another screen has fitted this window to itself.</Line>
      </Show>
    </div>
  )
}

function notices(view: LinkView): string[] {
  const list: string[] = []
  if (view.uncertain > 0) {
    list.push(
      `${byteText(view.uncertain)} of input ${view.uncertain === 1 ? 'was' : 'were'} on the way when the server restarted and may not have arrived. Look at the screen before you type again.`,
    )
  }
  if (view.error) list.push(view.error)
  return list
}

/** The reconnect ladder, or nothing while the picture is live. */
function Connection(props: { view: LinkView; onReconnect(): void }): JSX.Element {
  const now = createNow(250)
  const text = (): string | undefined => {
    const { socket, ready } = props.view
    switch (socket.name) {
      case 'refused':
        return socket.message || 'The server does not let this page look here.'
      case 'waiting': {
        const seconds = Math.max(0, Math.ceil((socket.retryAt - now()) / 1_000))
        return `Not connected. Next try ${seconds === 0 ? 'now' : `in ${seconds} s`}.`
      }
      case 'connecting':
        return socket.attempt > 1 ? 'Not connected. Trying now.' : 'Connecting.'
      case 'open':
        return ready ? undefined : 'Connecting.'
      default:
        socket satisfies never
        return undefined
    }
  }
  return (
    <Show when={text()}>
      {(sentence) => (
        <Line tone="needs" late>
          <span class="term-strip-text">{sentence()}</span>
          <Show when={props.view.socket.name === 'waiting'}>
            <button type="button" class="btn" onClick={() => props.onReconnect()}>
              Try now
            </button>
          </Show>
        </Line>
      )}
    </Show>
  )
}

/** `late` lines appear after a moment, so that a blink of the network moves nothing. */
function Line(props: {
  tone: 'needs' | 'muted'
  label?: string
  late?: boolean
  children: JSX.Element
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be announced as a form
    <div
      class="term-strip"
      classList={{ [props.tone]: true, late: props.late === true }}
      role="group"
      aria-label={props.label ?? 'Terminal notice'}
    >
      {props.children}
    </div>
  )
}
