import SendHorizontal from 'lucide-solid/icons/send-horizontal'
import { createEffect, createSignal, type JSX, on, onCleanup, Show, untrack } from 'solid-js'
import { LIMITS, type Scope } from '../../server/protocol.ts'
import { ApiError } from '../state/api.ts'
import { IS_MAC } from '../state/platform.ts'
import { newRequestId } from '../state/request-id.ts'
import { AttachButton, AttachList } from './Attach.tsx'
import { attachmentsOf, forgetAttachment } from './attachments.ts'
import { ComposerNote, type Outcome } from './ComposerNote.tsx'
import { canRetry, type Draft, keepDraft, readDraft } from './drafts.ts'
import { PromptHistory } from './PromptHistory.tsx'
import { sendPrompt } from './pane-api.ts'
import { byteText } from './paste.ts'
import { keepPrompt } from './prompts.ts'
import { pathInPrompt, putIn } from './put-in.ts'
import type { TerminalHandle } from './types.ts'

interface ComposerProps {
  paneId: string
  sessionId: string
  scope: Scope
  handle?: TerminalHandle
  /** Nothing can be sent now, for example because the session has ended; the text stays. */
  disabled?: boolean
}

/** Failures after which the text may be in the pane all the same. */
const UNSURE = new Set<string>(['unreachable', 'tmux-timeout', 'internal'])

const SEND_KEYS = IS_MAC ? '⌘+Enter' : 'Ctrl+Enter'

/** Enter is a new line; under a thumb the button is the nearer way. */
const HINT = matchMedia('(pointer: coarse)').matches ? '' : `, sent with ${SEND_KEYS}`

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
    const line = props.handle?.cursorLine()
    const request = known ?? { id: newRequestId(), at: now }
    put({ text, pending: request, at: now })
    setOutcome({ name: 'sending' })
    /** The session may have changed meanwhile: then only its stored draft is touched. */
    const here = () => !life.signal.aborted && props.sessionId === session
    try {
      const answer = await sendPrompt(props.paneId, { id: request.id, text })
      if (answer.receipt !== 'not-submitted') keepPrompt(text, line)
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

  const again = () => outcome().name === 'unknown' && draft().pending !== undefined
  let field: HTMLTextAreaElement | undefined
  /** Puts a piece where the cursor stands, and the cursor behind it. Nothing is sent. */
  const insert = (piece: string) => {
    const { text } = draft()
    const at = field && document.activeElement === field ? field.selectionStart : text.length
    const next = putIn(text, at, piece)
    write(next.text)
    field?.setSelectionRange(next.end, next.end)
  }
  createEffect(() => {
    for (const { id, path } of attachmentsOf(props.sessionId)) {
      if (path === undefined) continue
      untrack(() => {
        insert(pathInPrompt(path))
        forgetAttachment(id)
      })
    }
  })

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
        <AttachButton session={props.sessionId} disabled={props.disabled} />
        <textarea
          ref={field}
          class="field"
          rows="1"
          placeholder={`Message to the program${HINT}`}
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
        <Show when={draft().text === ''}>
          <PromptHistory
            disabled={props.disabled}
            onFill={(text) => {
              write(text)
              field?.focus()
            }}
          />
        </Show>
        <button
          type="submit"
          class="btn primary"
          classList={{ worded: again() }}
          title={`Send (${SEND_KEYS})`}
          disabled={props.disabled || draft().text === '' || outcome().name === 'sending'}
        >
          <SendHorizontal aria-hidden="true" />
          <span>{again() ? 'Try again' : 'Send'}</span>
        </button>
        <AttachList session={props.sessionId} />
        <ComposerNote
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
