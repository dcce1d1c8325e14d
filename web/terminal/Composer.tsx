import SendHorizontal from 'lucide-solid/icons/send-horizontal'
import { createEffect, createSignal, type JSX, on, onCleanup, Show } from 'solid-js'
import { LIMITS, type PromptReceipt, type Scope } from '../../server/protocol.ts'
import { ApiError } from '../state/api.ts'
import { canRetry, type Draft, keepDraft, readDraft } from './drafts.ts'
import { sendPrompt } from './pane-api.ts'
import { byteText } from './paste.ts'
import type { TerminalHandle } from './types.ts'
import '../style/dock-parts.css'

interface ComposerProps {
  paneId: string
  sessionId: string
  scope: Scope
  handle?: TerminalHandle
  /** Nothing can be sent now, for example because the session has ended; the text stays. */
  disabled?: boolean
}

type Outcome =
  | { name: 'none' }
  | { name: 'sending' }
  | { name: 'receipt'; receipt: PromptReceipt; detail?: string }
  /** Nothing was typed. */
  | { name: 'failed'; message: string }
  /** Nobody knows; trying again types nothing twice. */
  | { name: 'unknown'; message: string }

/** Failures after which the text may be in the pane all the same. */
const UNSURE = new Set<string>(['unreachable', 'tmux-timeout', 'internal'])

/**
 * A message to the program in the pane, written in peace: it is kept in this browser until the
 * server has said what became of it.
 */
export function Composer(props: ComposerProps): JSX.Element {
  const [draft, setDraft] = createSignal<Draft>({ text: '', at: 0 })
  const [outcome, setOutcome] = createSignal<Outcome>({ name: 'none' })
  const [unkept, setUnkept] = createSignal(false)
  const life = new AbortController()
  onCleanup(() => life.abort())

  const keep = (session: string, next: Draft) => setUnkept(!keepDraft(session, next))
  const put = (next: Draft) => {
    setDraft(next)
    keep(props.sessionId, next)
  }

  createEffect(
    on(
      () => props.sessionId,
      (session) => {
        const kept = readDraft(session) ?? { text: '', at: 0 }
        setDraft(kept)
        setOutcome(
          kept.pending
            ? { name: 'unknown', message: 'This was being sent when the page closed.' }
            : { name: 'none' },
        )
      },
    ),
  )

  const send = async () => {
    const { text, pending } = draft()
    const session = props.sessionId
    if (text === '' || props.disabled || outcome().name === 'sending') return
    const bytes = new TextEncoder().encode(text).length
    if (bytes > LIMITS.promptBytes) {
      const most = byteText(LIMITS.promptBytes)
      const message = `This is ${byteText(bytes)}; at most ${most} can be sent at once.`
      return setOutcome({ name: 'failed', message })
    }
    const now = Date.now()
    const known = pending && canRetry(pending, now) ? pending : undefined
    const request = known ?? { id: newId(), at: now }
    put({ text, pending: request, at: now })
    setOutcome({ name: 'sending' })
    /** The session may have changed meanwhile: then only its stored draft is touched. */
    const here = () => !life.signal.aborted && props.sessionId === session
    try {
      const answer = await sendPrompt(props.paneId, { id: request.id, text })
      const stored = readDraft(session)
      // Whatever was written while it was on the way stays.
      const rest = stored && stored.text !== text ? stored.text : ''
      const next = { text: rest, at: Date.now() }
      if (!here()) return void keepDraft(session, next)
      put(next)
      setOutcome({ name: 'receipt', receipt: answer.receipt, detail: answer.detail })
    } catch (error) {
      const unsure = !(error instanceof ApiError) || UNSURE.has(error.code)
      const message = error instanceof Error ? error.message : 'The server did not answer.'
      const left = readDraft(session)?.text ?? text
      const next = { text: left, at: now, ...(unsure ? { pending: request } : {}) }
      if (!here()) return void keepDraft(session, next)
      put(next)
      setOutcome({ name: unsure ? 'unknown' : 'failed', message })
    }
  }

  const write = (text: string) => {
    // An id belongs to its text: with another text the server would answer for the old one.
    const { pending } = draft()
    const sending = outcome().name === 'sending'
    put({ text, at: Date.now(), ...(sending && pending ? { pending } : {}) })
    if (!sending && outcome().name !== 'unknown') setOutcome({ name: 'none' })
  }

  return (
    <Show
      when={props.scope !== 'watch'}
      fallback={<p class="composer-none">This device may only watch.</p>}
    >
      <form
        class="composer"
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <textarea
          class="field"
          rows="1"
          placeholder="Message to the program"
          aria-label="Message to the program"
          aria-describedby="composer-note"
          value={draft().text}
          disabled={props.disabled}
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) {
              return
            }
            event.preventDefault()
            void send()
          }}
        />
        <button
          type="submit"
          class="btn primary"
          title="Send (Ctrl+Enter or ⌘+Enter)"
          disabled={props.disabled || draft().text === '' || outcome().name === 'sending'}
        >
          <SendHorizontal aria-hidden="true" />
          <span>{outcome().name === 'unknown' && draft().pending ? 'Try again' : 'Send'}</span>
        </button>
        <Note
          outcome={outcome()}
          unkept={unkept()}
          retry={draft().pending !== undefined}
          onEnter={
            props.handle &&
            (() => {
              props.handle?.key('Enter')
              setOutcome({ name: 'none' })
            })
          }
        />
      </form>
    </Show>
  )
}

function Note(props: {
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

function newId(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((n) => n.toString(36)).join('-')
}
