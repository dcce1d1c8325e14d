import { createSignal, Show } from 'solid-js'
import type { PushResponse } from '../../../server/protocol.ts'
import { ApiError } from '../../state/api.ts'
import { createAsked } from '../../state/asked.ts'
import { deleteWebhook, pushState, putWebhook, testWebhook } from '../../state/push-api.ts'
import { useApp } from '../../ui/context.ts'
import { FormError } from '../../ui/FormError.tsx'
import { PushFacts } from './PushFacts.tsx'

/** One address that every notice is posted to as well, such as a topic of ntfy. */
export function WebhookSettings() {
  const app = useApp()
  const [busy, setBusy] = createSignal(false)
  const [error, setError] = createSignal<string>()
  const [url, setUrl] = createSignal('')
  const asked = createAsked(
    () => app.live.feed.boot || undefined,
    (_key, signal) => pushState(signal),
  )
  const change = async (work: () => Promise<PushResponse>) => {
    setBusy(true)
    setError(undefined)
    try {
      await work()
      setUrl('')
    } catch (reason) {
      if (!(reason instanceof ApiError)) throw reason
      setError(reason.message)
    } finally {
      setBusy(false)
      asked.again()
    }
  }
  return (
    <section class="settings-part form" aria-labelledby="settings-webhook">
      <h3 id="settings-webhook">Notices to an address</h3>
      <p class="hint">
        Each notice is posted there as one line of text: the names of sessions and why they wait,
        never words of an agent. Whoever runs that service can read it. Off until you set one.
      </p>
      <Show when={asked.error()}>{(message) => <p class="form-error">{message()}</p>}</Show>
      <Show
        when={asked.value()?.webhook}
        fallback={
          <Show
            when={app.mayManage()}
            fallback={<p class="hint">None is set. A device that may do everything can set one.</p>}
          >
            <form
              class="form-row"
              onSubmit={(event) => {
                event.preventDefault()
                void change(() => putWebhook({ url: url().trim() }))
              }}
            >
              <label class="sr-only" for="webhook-url">
                Address
              </label>
              <input
                id="webhook-url"
                class="field"
                type="url"
                placeholder="https://ntfy.sh/your-topic"
                autocomplete="off"
                spellcheck={false}
                value={url()}
                onInput={(event) => setUrl(event.currentTarget.value)}
              />
              <button type="submit" class="btn" disabled={busy() || url().trim() === ''}>
                Post notices there
              </button>
            </form>
          </Show>
        }
      >
        {(held) => (
          <>
            <p class="hint">
              On: they are posted to {held().host}. The rest of the address stays on the server.
            </p>
            <Show when={app.mayManage()}>
              <PushFacts
                target={held()}
                send={testWebhook}
                onTried={asked.again}
                busy={busy()}
                setBusy={setBusy}
              />
              <div>
                <button
                  type="button"
                  class="btn"
                  disabled={busy()}
                  onClick={() => void change(deleteWebhook)}
                >
                  Stop
                </button>
              </div>
            </Show>
          </>
        )}
      </Show>
      <FormError text={error()} />
    </section>
  )
}
