import { Show } from 'solid-js'
import type { PushFault, PushTargetView, PushTestResponse } from '../../../server/protocol.ts'
import { sentenceOf } from '../../state/api.ts'
import { since } from '../../state/clock.ts'
import { agoText } from '../../state/words.ts'
import { useApp } from '../../ui/context.ts'

/** Why nothing arrives, and since when. */
export function PushFaultText(props: { fault: PushFault }) {
  return (
    <span>
      {props.fault.message} First{' '}
      <span title={new Date(props.fault.since).toLocaleString()}>
        {agoText(since(props.fault.since))}
      </span>
      .
    </span>
  )
}

/** How a place does that notices are sent to, and a way to see for oneself. */
export function PushFacts(props: {
  target: PushTargetView
  send: () => Promise<PushTestResponse>
  /** The try is over: what is known of the place may have changed. */
  onTried: () => void
  busy: boolean
  setBusy: (busy: boolean) => void
}) {
  const app = useApp()
  const send = async () => {
    props.setBusy(true)
    try {
      const { sent, fault } = await props.send()
      app.say(sent ? `${props.target.host} took it.` : (fault?.message ?? 'It was not taken.'))
    } catch (reason) {
      app.say(sentenceOf(reason))
    } finally {
      props.setBusy(false)
      props.onTried()
    }
  }
  const button = (text: string) => (
    <button type="button" class="btn" disabled={props.busy} onClick={() => void send()}>
      {text}
    </button>
  )
  return (
    <Show when={props.target.fault} fallback={<div>{button('Send a notice to try it')}</div>}>
      {(fault) => (
        <div class="banner warn" role="alert">
          <span>
            Notices do not arrive at {props.target.host}. <PushFaultText fault={fault()} />
          </span>
          {button('Try again')}
        </div>
      )}
    </Show>
  )
}
