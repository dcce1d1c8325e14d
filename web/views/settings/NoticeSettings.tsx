import { Show } from 'solid-js'
import {
  type NoticeLeave,
  noticeLeave,
  playSound,
  setWantsSound,
  switchNotices,
  wantsNotices,
  wantsSound,
} from '../../state/device-notices.ts'
import { type WorkerState, workerState } from '../../state/worker.ts'
import { PushSettings } from './PushSettings.tsx'

const WHY_NOT: Readonly<Partial<Record<NoticeLeave, string>>> = {
  denied:
    'This browser was told not to show notices of this address. Its own settings change that.',
  insecure: 'Browsers show notices of secure addresses alone: https, or 127.0.0.1.',
  unsupported: 'This browser shows no notices.',
}

const WORKER_WORDS: Readonly<Record<WorkerState, string>> = {
  starting: 'Not kept on this device yet.',
  ready: 'Kept on this device: the page opens without the server and says so. It can be installed.',
  insecure: 'Not kept on this device: browsers allow it for https and 127.0.0.1 alone.',
  unsupported: 'Not kept on this device: this browser cannot.',
  failed: 'Not kept on this device: this browser refused.',
}

/** How this device tells that somebody is needed, with a page and without, and whether it keeps one. */
export function NoticeSettings() {
  const cannot = () => WHY_NOT[noticeLeave()]
  return (
    <section class="settings-part form" aria-labelledby="settings-notices">
      <h3 id="settings-notices">Notices on this device</h3>
      <div class="choices">
        <label class="choice wide">
          <input
            type="checkbox"
            checked={wantsNotices() && cannot() === undefined}
            disabled={cannot() !== undefined}
            onChange={(event) => {
              const box = event.currentTarget
              void switchNotices(box.checked).finally(() => {
                box.checked = wantsNotices()
              })
            }}
          />
          Show a notice when an agent has waited ten seconds
        </label>
      </div>
      <p class="hint">
        {cannot() ??
          'Only while no page shows it, and once for each. It comes from a page that is open.'}
      </p>
      <div class="choices">
        <label class="choice wide">
          <input
            type="checkbox"
            checked={wantsSound()}
            onChange={(event) => setWantsSound(event.currentTarget.checked)}
          />
          Play a sound then
        </label>
      </div>
      <Show when={wantsSound()}>
        <div>
          <button type="button" class="btn" onClick={() => void playSound()}>
            Play it
          </button>
        </div>
      </Show>
      <PushSettings />
      <p class="hint" data-testid="kept-page">
        {WORKER_WORDS[workerState()]}
      </p>
    </section>
  )
}
