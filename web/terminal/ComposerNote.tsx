import { type JSX, Show } from 'solid-js'
import type { PromptReceipt } from '../../server/protocol.ts'

/** What became of a message. */
export type Outcome =
  | { name: 'none' }
  | { name: 'sending' }
  | { name: 'receipt'; receipt: PromptReceipt; detail?: string }
  /** Nothing was typed. */
  | { name: 'failed'; message: string }
  /** Nobody knows; trying again types nothing twice. */
  | { name: 'unknown'; message: string }

/** The words for it, below the box. */
export function ComposerNote(props: {
  outcome: Outcome
  unkept: boolean
  retry: boolean
  onEnter: (() => void) | undefined
}): JSX.Element {
  const text = (): string => {
    const { outcome } = props
    switch (outcome.name) {
      case 'none':
        return props.unkept ? 'This browser keeps no drafts: its storage is off or full.' : ''
      case 'sending':
        return 'Sending…'
      case 'receipt':
        return outcome.detail ?? RECEIPTS[outcome.receipt]
      case 'failed':
        return `Not sent. ${outcome.message}`
      case 'unknown':
        return props.retry
          ? `${outcome.message} It may have arrived. Trying again types nothing twice.`
          : `${outcome.message} The earlier text may have arrived: look at the screen first.`
      default:
        outcome satisfies never
        return ''
    }
  }
  const waits = () => props.outcome.name === 'receipt' && props.outcome.receipt === 'not-submitted'
  return (
    <p id="composer-note" class="composer-note" data-outcome={props.outcome.name} role="status">
      {text()}
      <Show when={waits() && props.onEnter}>
        {(press) => (
          <button type="button" class="btn" onClick={() => press()()}>
            Press Enter
          </button>
        )}
      </Show>
    </p>
  )
}

const RECEIPTS: Record<PromptReceipt, string> = {
  submitted: 'Submitted.',
  sent: 'Sent; whether the program took it cannot be seen.',
  'not-submitted': 'The text is in the input line, but Enter had no effect.',
}
