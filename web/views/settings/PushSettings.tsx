import { createSignal, Match, Show, Switch } from 'solid-js'
import type { PushResponse } from '../../../server/protocol.ts'
import { ApiError, sentenceOf } from '../../state/api.ts'
import { createAsked } from '../../state/asked.ts'
import {
  hasSubscription,
  PushError,
  type PushObstacle,
  pushObstacle,
  switchPushOff,
  switchPushOn,
} from '../../state/push.ts'
import { pushState, testPush } from '../../state/push-api.ts'
import { workerState } from '../../state/worker.ts'
import { useApp } from '../../ui/context.ts'
import { FormError } from '../../ui/FormError.tsx'
import { PushFacts, PushFaultText } from './PushFacts.tsx'

const WHY_NOT: Readonly<Record<PushObstacle, string>> = {
  insecure:
    'Not possible at this address: browsers allow it for secure ones alone. Open dogwatch by https, or through an SSH port-forward at http://127.0.0.1 or http://localhost.',
  'no-worker':
    'Not possible here: this browser runs nothing for a page that is closed, as in a private window.',
  'no-push':
    'Not possible here: this browser takes no pushed notices. On an iPhone or iPad, add dogwatch to the home screen and open it from there.',
  blocked:
    'This browser was told not to show notices of this address. Its own settings for this address change that.',
}

/** Whether this device is told of needs while no page of it is open, and how that does. */
export function PushSettings() {
  const { live } = useApp()
  const [busy, setBusy] = createSignal<'asking' | 'trying'>()
  const [error, setError] = createSignal<string>()
  const [obstacle, setObstacle] = createSignal(pushObstacle())
  const asked = createAsked(
    () => `${live.feed.boot} ${workerState()}`,
    async (_key, signal): Promise<PushResponse & { isHere: boolean }> => {
      setObstacle(pushObstacle())
      return { ...(await pushState(signal)), isHere: await hasSubscription() }
    },
  )
  /** What the server sends to, where this browser has the other end of it. */
  const target = () => (asked.value()?.isHere ? asked.value()?.device : undefined)
  /** The worker may still be on its way: nothing can be asked of the browser before. */
  const isKnown = () => asked.value() !== undefined && workerState() !== 'starting'
  /** Resolves with whether it was done. */
  const turn = async (on: boolean): Promise<boolean> => {
    setBusy('asking')
    setError(undefined)
    try {
      await (on ? switchPushOn() : switchPushOff())
      return true
    } catch (reason) {
      if (!(reason instanceof PushError) && !(reason instanceof ApiError)) throw reason
      setError(reason instanceof ApiError ? sentenceOf(reason) : reason.message)
      return false
    } finally {
      setObstacle(pushObstacle())
      setBusy(undefined)
      asked.again()
    }
  }
  return (
    <div class="push" data-testid="push">
      <div class="choices">
        <label class="choice wide">
          <input
            type="checkbox"
            checked={target() !== undefined && !obstacle()}
            disabled={obstacle() !== undefined || busy() !== undefined || !isKnown()}
            aria-describedby="push-said"
            onChange={(event) => {
              const box = event.currentTarget
              void turn(box.checked).then((isDone) => {
                if (!isDone) box.checked = target() !== undefined
              })
            }}
          />
          Tell this device also when the page is closed
        </label>
      </div>
      <p id="push-said" class="hint">
        <Switch fallback="Off. A push service of the browser’s maker would carry them, encrypted for this device.">
          <Match when={obstacle()}>{(why) => WHY_NOT[why()]}</Match>
          <Match when={busy() === 'asking'}>The browser is being asked</Match>
          <Match when={!isKnown()}>{asked.error() ?? 'Looking at what this browser can do'}</Match>
          <Match when={target()?.fault}>On, but nothing arrives.</Match>
          <Match when={target()}>
            {(held) => (
              <>On. {held().host} carries them, encrypted for this device: it cannot read them.</>
            )}
          </Match>
        </Switch>
      </p>
      <FormError text={error()} />
      <Show when={!obstacle() && !target() && asked.value()?.ended}>
        {(fault) => (
          <p class="banner warn">
            <span>
              The push service has ended this: switch it on again. <PushFaultText fault={fault()} />
            </span>
          </p>
        )}
      </Show>
      <Show when={!obstacle() && target()}>
        {(held) => (
          <PushFacts
            target={held()}
            send={testPush}
            onTried={asked.again}
            busy={busy() !== undefined}
            setBusy={(now) => setBusy(now ? 'trying' : undefined)}
          />
        )}
      </Show>
    </div>
  )
}
