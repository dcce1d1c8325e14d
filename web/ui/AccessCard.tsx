import type { JSX } from 'solid-js'
import type { Unpaired as Reason } from '../state/token.ts'

/**
 * What a page without access shows: one card, the one command to run. There is no form, because a
 * form teaches people to type secrets into whatever answers on this port.
 */
function Card(props: { title: string; state: string; children: JSX.Element }) {
  return (
    <main class="card-page">
      <section class="card" data-testid="card" data-state={props.state}>
        <p class="brand">dogwatch</p>
        <h1>{props.title}</h1>
        {props.children}
      </section>
    </main>
  )
}

function HowTo() {
  return (
    <>
      <p>On the machine where your sessions run:</p>
      <pre>dogwatch url</pre>
      <p class="hint">
        From the project's folder: <code>npm start -- url</code>. It prints a link for one use, good
        for ten minutes. Open it in this browser, once per device.
      </p>
    </>
  )
}

const TITLES: Record<Reason, string> = {
  none: 'This browser is not paired yet',
  ticket: 'This link does not work any more',
  revoked: 'This device was removed',
}

const WHY: Record<Reason, string | undefined> = {
  none: undefined,
  ticket: 'A link works once and for ten minutes. Ask for another.',
  revoked: 'The server does not know this device any more. A new link pairs it again.',
}

export function Unpaired(props: { reason: Reason }) {
  return (
    <Card title={TITLES[props.reason]} state={props.reason}>
      {WHY[props.reason] && <p>{WHY[props.reason]}</p>}
      <HowTo />
    </Card>
  )
}

export function Unreachable(props: { retry(): void }) {
  return (
    <Card title="The server did not answer" state="unreachable">
      <p>Your link was not used. Is dogwatch running, and the port forward open?</p>
      <pre>dogwatch status</pre>
      <button type="button" class="btn primary" onClick={() => props.retry()}>
        Try again
      </button>
    </Card>
  )
}

export function Pairing() {
  return (
    <Card title="Pairing this device" state="pairing">
      <p>One moment.</p>
    </Card>
  )
}
