import { createResource, createSignal, For, Match, Show, Switch } from 'solid-js'
import type { DeviceView } from '../../server/protocol.ts'
import { ApiError, listDevices, revokeDevice } from '../state/api.ts'
import { since } from '../state/clock.ts'
import { ownDevice } from '../state/token.ts'
import { ageText, exactTime } from '../state/words.ts'
import { FormError } from './FormError.tsx'
import { Modal } from './Modal.tsx'
import { Name } from './Name.tsx'
import { PairLink } from './PairLink.tsx'
import { SCOPE_WORDS } from './scopes.ts'

/** Who may look in, and a link for one more. */
export function DevicesDialog(props: { onClose(): void }) {
  const [devices, { refetch }] = createResource(() => listDevices())
  const problem = () => {
    const error: unknown = devices.error
    return error instanceof Error ? error.message : undefined
  }
  return (
    <Modal title="Devices" onClose={props.onClose}>
      <Switch>
        <Match when={problem()}>
          <p class="form-error" role="alert">
            {problem()}
          </p>
        </Match>
        <Match when={devices()}>
          {(answer) => (
            <ul class="devices" aria-label="Paired devices">
              <For each={answer().devices}>
                {(device) => <Device device={device} onRemoved={() => void refetch()} />}
              </For>
            </ul>
          )}
        </Match>
      </Switch>
      <PairLink />
    </Modal>
  )
}

function Device(props: { device: DeviceView; onRemoved(): void }) {
  const [asking, setAsking] = createSignal(false)
  const [error, setError] = createSignal<string>()
  const own = () => props.device.id === ownDevice()
  const remove = async () => {
    try {
      await revokeDevice(props.device.id)
      props.onRemoved()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setError(error.message)
    }
  }
  return (
    <li>
      <div class="about">
        <b>
          <Name text={props.device.name} />
        </b>
        <Show when={own()}>
          <span class="tag">this one</span>
        </Show>
        <p class="hint">
          {SCOPE_WORDS[props.device.scope]}, last seen{' '}
          <span title={exactTime(props.device.lastUsedAt)}>{ago(props.device.lastUsedAt)}</span>
        </p>
        <FormError text={error()} />
      </div>
      <Show
        when={asking()}
        fallback={
          <button type="button" class="btn" onClick={() => setAsking(true)}>
            Remove
          </button>
        }
      >
        <button type="button" class="btn danger" onClick={() => void remove()}>
          {own() ? 'Lock this page out' : 'Remove now'}
        </button>
      </Show>
    </li>
  )
}

/** The server writes the time to the minute, so anything finer would be made up. */
function ago(at: number): string {
  const ms = since(at)
  return ms < 120_000 ? 'just now' : `${ageText(ms)} ago`
}
