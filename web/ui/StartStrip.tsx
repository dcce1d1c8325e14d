import X from 'lucide-solid/icons/x'
import { createEffect, createMemo, createSignal, Show } from 'solid-js'
import { ApiError } from '../state/api.ts'
import { kindName } from '../state/kinds.ts'
import { newRequestId } from '../state/request-id.ts'
import { sendFirstPrompt } from '../state/start-api.ts'
import { isDone, startOf } from '../state/starts.ts'
import { visible } from '../state/words.ts'
import { useApp } from './context.ts'
import { forgetDelivered } from './start-draft.ts'

/** What became of the agent and the first prompt that a new session was asked for with. */
export function StartStrip(props: { session: string }) {
  const app = useApp()
  const [dismissed, setDismissed] = createSignal('')
  const [problem, setProblem] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const mine = () => {
    const found = startOf(app.live.feed.starts, props.session)
    return found?.start.agent === undefined ? undefined : found
  }
  const found = () => (dismissed() === mine()?.start.id ? undefined : mine())
  /** The start that was seen on its way: one that was over when the page came is no news. */
  const waited = createMemo<string | undefined>((before) => {
    const now = mine()
    return now && now.row.state !== 'done' ? now.start.id : before
  })
  createEffect(() => {
    const now = mine()
    if (now) forgetDelivered(now.start)
  })
  const text = () => {
    const now = found()
    if (!now) return undefined
    const { start, row } = now
    const name = kindName(start.agent ?? '')
    switch (row.state) {
      case 'starting':
        if (row.agent === undefined) return `Starting ${name}…`
        return start.prompt === '' ? undefined : `The first prompt waits until ${name} is ready.`
      case 'unsent':
      case 'failed':
        return row.detail
      case 'done':
        if (!isDone(row)) {
          return 'The first prompt was typed, but Enter showed no effect. Look at the terminal.'
        }
        return start.prompt !== '' && waited() === start.id ? 'First prompt submitted.' : undefined
      default:
        return undefined
    }
  }
  const send = async () => {
    const now = found()
    if (!now || busy()) return
    setBusy(true)
    setProblem(undefined)
    try {
      await sendFirstPrompt(now.start.id, { id: newRequestId(), row: now.at })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setProblem(error.message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Show when={text()}>
      {(said) => (
        <div class="start-strip" data-state={found()?.row.state}>
          <p role="status">
            {problem() ?? said()}
            <Show when={found()?.row.state !== 'done' && found()?.start.prompt}>
              {(prompt) => <q>{visible(prompt())}</q>}
            </Show>
          </p>
          <Show when={found()?.row.state === 'unsent' && app.mayManage()}>
            <button type="button" class="btn" disabled={busy()} onClick={() => void send()}>
              {busy() ? 'Sending…' : 'Send it now'}
            </button>
          </Show>
          <Show when={found()?.row.state !== 'starting'}>
            <button
              type="button"
              class="btn quiet icon"
              aria-label="Dismiss what was said of the start"
              onClick={() => setDismissed(found()?.start.id ?? '')}
            >
              <X aria-hidden="true" />
            </button>
          </Show>
        </div>
      )}
    </Show>
  )
}
