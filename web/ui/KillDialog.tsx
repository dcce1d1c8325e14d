import { createMemo, createSignal, For, Show } from 'solid-js'
import type { KillSessionResponse, SessionView } from '../../server/protocol.ts'
import { ApiError, killSession } from '../state/api.ts'
import { counted, visible } from '../state/words.ts'
import { useApp } from './context.ts'
import { FormError } from './FormError.tsx'
import { Modal } from './Modal.tsx'
import { Name } from './Name.tsx'

/** Asks before a session ends, with what ends; tells afterwards what did not. */
export function KillDialog(props: { session: string; onClose(): void }) {
  const app = useApp()
  // What was asked about stays on the page although the feed drops it when it ends.
  const view = createMemo<SessionView | undefined>(
    (before) => app.live.feed.sessions[props.session] ?? before,
  )
  const panes = () => view()?.windows.flatMap((window) => window.panes) ?? []
  const [error, setError] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const [answer, setAnswer] = createSignal<KillSessionResponse>()

  const kill = async () => {
    if (busy()) return
    setBusy(true)
    setError(undefined)
    try {
      const result = await killSession(props.session)
      if (result.ended && result.survivors.length === 0) {
        app.say(`Ended ${visible(view()?.name ?? 'the session')}.`)
        props.onClose()
      } else setAnswer(result)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.code === 'not-found') {
        app.say('The session had ended already.')
        props.onClose()
      } else setError(error.message)
    } finally {
      setBusy(false)
    }
  }

  return (
    <Modal title={`End ${visible(view()?.name ?? '')}?`} onClose={props.onClose} busy={busy()}>
      <Show
        when={answer()}
        fallback={
          <>
            <p>
              This ends {counted(panes().length, 'pane')} in{' '}
              {counted(view()?.windows.length ?? 0, 'window')} for everyone, and what runs there:
            </p>
            <ul class="facts">
              <For each={panes()}>
                {(pane) => (
                  <li>
                    <code>
                      <Name text={pane.argv.join(' ') || pane.command} />
                    </code>
                    <span class="path">
                      <Name text={pane.cwd} />
                    </span>
                  </li>
                )}
              </For>
            </ul>
            <Show when={(view()?.attached ?? 0) > 0}>
              <p class="form-error">
                {counted(view()?.attached ?? 0, 'person')} attached to it now.
              </p>
            </Show>
            <FormError text={error()} />
            <div class="form-acts">
              <button
                type="button"
                class="btn"
                data-first
                disabled={busy()}
                onClick={() => props.onClose()}
              >
                Cancel
              </button>
              <button
                type="button"
                class="btn danger"
                disabled={busy()}
                onClick={() => void kill()}
              >
                {busy() ? 'Ending…' : 'End session'}
              </button>
            </div>
          </>
        }
      >
        {(result) => (
          <>
            <p role="alert">
              {result().ended
                ? 'The session has ended, but these processes outlived it:'
                : 'The session did not end. Still running:'}
            </p>
            <ul class="facts">
              <For each={result().survivors}>
                {(survivor) => (
                  <li>
                    <code>
                      <Name text={survivor.command} />
                    </code>
                    <span class="path">pid {survivor.pid}</span>
                  </li>
                )}
              </For>
            </ul>
            <div class="form-acts">
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
