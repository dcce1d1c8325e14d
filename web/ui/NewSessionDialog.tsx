import { createEffect, createSignal, Show } from 'solid-js'
import type { StartView } from '../../server/protocol.ts'
import { ApiError } from '../state/api.ts'
import { currentPane } from '../state/derive.ts'
import { keepPlaces } from '../state/recent.ts'
import { newRequestId } from '../state/request-id.ts'
import { startSessions } from '../state/start-api.ts'
import { isOver } from '../state/starts.ts'
import { counted, visible } from '../state/words.ts'
import { keepDraft, readDraft } from '../terminal/drafts.ts'
import { useApp } from './context.ts'
import { FormError } from './FormError.tsx'
import { Modal } from './Modal.tsx'
import { NewSessionFields, type SessionForm } from './NewSessionFields.tsx'
import { StartRows } from './StartRows.tsx'
import { forgetDelivered, START_DRAFT } from './start-draft.ts'

/** New sessions: where, with which agent, and what it is asked first. One opens, several are listed. */
export function NewSessionDialog(props: { server: string | undefined; onClose(): void }) {
  const app = useApp()
  const { feed } = app.live
  // Kept over retries until an answer came: the server begins once per id.
  let requestId = newRequestId()
  const [form, setForm] = createSignal<SessionForm>({
    name: '',
    place: startPlace(),
    added: [],
    batch: '',
    agent: '',
    command: '',
    prompt: readDraft(START_DRAFT)?.text ?? '',
    branch: undefined,
    server: props.server ?? selectedView()?.server ?? feed.servers[0]?.id,
  })
  const [error, setError] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const [asked, setAsked] = createSignal<{ start: StartView; boot: string }>()

  function selectedView() {
    const id = app.selected()
    return id === undefined ? undefined : feed.sessions[id]
  }
  /** Where the person is looking now is the likeliest place for more work. */
  function startPlace() {
    const view = selectedView()
    return (view && currentPane(view)?.cwd) ?? ''
  }
  const change = (next: Partial<SessionForm>) => {
    setForm((now) => ({ ...now, ...next }))
    if (next.prompt !== undefined) keepDraft(START_DRAFT, { text: next.prompt, at: Date.now() })
  }
  const directories = () => {
    const { added, place } = form()
    const last = place.trim()
    if (added.length === 0) return [last]
    return last === '' || added.includes(last) ? added : [...added, last]
  }
  const start = () => {
    const mine = asked()
    return mine && (feed.starts[mine.start.id] ?? mine.start)
  }
  const isBatch = () => (start()?.rows.length ?? 0) > 1

  const create = async () => {
    if (busy()) return
    const { name, agent, command, prompt, branch, server, batch } = form()
    setBusy(true)
    setError(undefined)
    try {
      const answer = await startSessions({
        id: requestId,
        ...(server === undefined ? {} : { server }),
        directories: [...directories()],
        ...(directories().length > 1 ? {} : { name }),
        ...(batch.trim() === '' ? {} : { batch: batch.trim() }),
        ...(agent === '' ? { command } : { agent, prompt }),
        ...(branch === undefined ? {} : { branch: branch.trim() }),
      })
      setAsked({ start: answer.start, boot: feed.boot })
    } catch (error) {
      setBusy(false)
      if (!(error instanceof ApiError)) throw error
      // A refusal is an answer: the next try is another request.
      if (error.code !== 'unreachable') requestId = newRequestId()
      setError(
        error.code === 'unreachable'
          ? 'No answer from dogwatch. Try again: a session that was made is not made twice.'
          : error.message,
      )
    }
  }
  /** Back to the form, for another request. */
  const again = (message?: string) => {
    requestId = newRequestId()
    setAsked(undefined)
    setBusy(false)
    setError(message)
  }
  const retryFailed = () => {
    const sent = directories()
    const left = (start()?.rows ?? []).flatMap(({ state }, at) =>
      state === 'failed' ? (sent[at] ?? []) : [],
    )
    const batch = start()?.batch ?? ''
    change({ added: left.slice(0, -1), place: left.at(-1) ?? '', batch })
    again()
  }
  const open = (session: string) => {
    props.onClose()
    app.go(session)
  }

  createEffect(() => {
    const view = start()
    if (!view) return
    if (asked()?.boot !== feed.boot && !feed.starts[view.id]) {
      return again('dogwatch was started anew meanwhile. Look in the list what was made.')
    }
    setBusy(false)
    const made = view.rows.filter(({ session }) => session !== undefined)
    if (made.length > 0) keepPlaces(made.map(({ directory }) => directory))
    forgetDelivered(view)
    const [row] = view.rows
    if (view.rows.length > 1 || !row) return
    if (row.session !== undefined && feed.sessions[row.session]) {
      if (row.state === 'done' && row.detail) app.say(visible(row.detail))
      open(row.session)
    } else if (row.state === 'failed') again(row.detail)
    else setBusy(true)
  })

  return (
    <Modal title="New session" onClose={props.onClose} busy={busy() && !asked()}>
      <Show
        when={isBatch() && start()}
        fallback={
          <form
            class="form"
            onSubmit={(event) => {
              event.preventDefault()
              void create()
            }}
          >
            <NewSessionFields form={form()} onChange={change} />
            <FormError text={error()} />
            <div class="form-acts">
              <button
                type="button"
                class="btn"
                disabled={busy() && !asked()}
                onClick={() => props.onClose()}
              >
                {asked() ? 'Close' : 'Cancel'}
              </button>
              <button type="submit" class="btn primary" disabled={busy()}>
                {busy()
                  ? 'Starting…'
                  : directories().length > 1
                    ? `Start ${counted(directories().length, 'session')}`
                    : 'Start session'}
              </button>
            </div>
          </form>
        }
      >
        {(view) => (
          <>
            <StartRows start={view()} onOpen={open} />
            <div class="form-acts">
              <Show
                when={
                  view().rows.every(isOver) && view().rows.some(({ state }) => state === 'failed')
                }
              >
                <button type="button" class="btn" onClick={retryFailed}>
                  Try failed again
                </button>
              </Show>
              <button type="button" class="btn primary" onClick={() => props.onClose()}>
                Close
              </button>
            </div>
          </>
        )}
      </Show>
    </Modal>
  )
}
