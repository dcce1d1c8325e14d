import { createSignal, For, Show } from 'solid-js'
import { SETTING_RANGES, type Settings, type SettingsResponse } from '../../../server/protocol.ts'
import { ApiError } from '../../state/api.ts'
import { putSettings } from '../../state/server-api.ts'
import { counted } from '../../state/words.ts'
import { useApp } from '../../ui/context.ts'
import { FormError } from '../../ui/FormError.tsx'
import {
  type Draft,
  foldersFault,
  foldersOf,
  type NumberSetting,
  numberFault,
  rebased,
  withChange,
} from './draft.ts'

const NUMBERS: readonly { name: NumberSetting; label: string; unit: string; hint: string }[] = [
  {
    name: 'snapshotSeconds',
    label: 'While a turn runs, keep its screen every',
    unit: 'seconds',
    hint: 'A screen that did not change is kept once.',
  },
  {
    name: 'snapshotLines',
    label: 'Lines of scrollback that one moment keeps',
    unit: 'lines',
    hint: 'The newest stay.',
  },
  {
    name: 'snapshotDays',
    label: 'Keep moments for',
    unit: 'days',
    hint: 'Then the middle of a turn goes first, its first and last moment at the end.',
  },
  { name: 'snapshotsPerAgent', label: 'Moments of one agent', unit: 'at most', hint: '' },
  { name: 'snapshotMbPerAgent', label: 'Space for one agent', unit: 'MB', hint: '' },
  { name: 'snapshotMb', label: 'Space for all agents', unit: 'MB', hint: '' },
]

/** What the server remembers and does by itself: the same on every device. */
export function MemorySettings() {
  const app = useApp()
  const { feed } = app.live
  return (
    <section class="settings-part" aria-labelledby="settings-memory">
      <h3 id="settings-memory">Memory</h3>
      <p class="hint">Kept by the server, and the same on every device.</p>
      <Show when={feed.settings}>{(held) => <MemoryForm held={held()} />}</Show>
    </section>
  )
}

function MemoryForm(props: { held: SettingsResponse }) {
  const app = useApp()
  const [draft, setDraft] = createSignal<Draft>()
  const [busy, setBusy] = createSignal(false)
  const [error, setError] = createSignal<string>()
  // Text as it is typed; what it means is in the draft.
  const [folders, setFolders] = createSignal<string>()

  const value = <Name extends keyof Settings>(name: Name): Settings[Name] => {
    const changed = draft()?.changes[name]
    return changed === undefined ? props.held.settings[name] : (changed as Settings[Name])
  }
  const change = <Name extends keyof Settings>(name: Name, next: Settings[Name]) => {
    setError(undefined)
    setDraft(withChange(draft(), props.held, name, next))
  }
  const faults = () => [
    ...NUMBERS.map(({ name }) => numberFault(name, value(name))),
    foldersFault(value('doNotRecord')),
  ]
  const isWrong = () => faults().some((fault) => fault !== undefined)
  const count = () => Object.keys(draft()?.changes ?? {}).length
  /** Somebody else saved after these changes were begun. */
  const isBehind = () => {
    const mine = draft()
    return mine !== undefined && mine.version !== props.held.version
  }
  const drop = () => {
    setDraft(undefined)
    setFolders(undefined)
    setError(undefined)
  }
  const save = async (wish = draft()) => {
    if (!wish || busy() || isWrong()) return
    setBusy(true)
    setError(undefined)
    try {
      await putSettings({ version: wish.version, settings: wish.changes })
      drop()
      app.say('Settings saved.')
    } catch (reason) {
      if (!(reason instanceof ApiError)) throw reason
      // The feed brings what the other device saved; what is to be done is said there.
      if (reason.code !== 'conflict' || !isBehind()) setError(reason.message)
    } finally {
      setBusy(false)
    }
  }
  const locked = () => !app.mayManage()

  return (
    <form
      class="form settings-form"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <Show when={locked()}>
        <p class="banner">
          <span>This device may not change them. One that may do everything can.</span>
        </p>
      </Show>
      <For each={NUMBERS}>
        {({ name, label, unit, hint }) => (
          <div class="setting">
            <label for={`setting-${name}`}>{label}</label>
            <span class="setting-value">
              <input
                id={`setting-${name}`}
                class="field"
                type="number"
                inputmode="numeric"
                min={SETTING_RANGES[name][0]}
                max={SETTING_RANGES[name][1]}
                step={1}
                disabled={locked()}
                value={Number.isNaN(value(name)) ? '' : value(name)}
                aria-describedby={`setting-${name}-said`}
                aria-invalid={numberFault(name, value(name)) !== undefined}
                onInput={(event) => change(name, event.currentTarget.valueAsNumber)}
              />
              {unit}
            </span>
            <p
              id={`setting-${name}-said`}
              class={numberFault(name, value(name)) ? 'form-error' : 'hint'}
            >
              {numberFault(name, value(name)) ?? hint}
            </p>
          </div>
        )}
      </For>
      <div class="setting tall">
        <label for="setting-folders">Never remember agents in these folders</label>
        <textarea
          id="setting-folders"
          class="field mono"
          rows={3}
          placeholder="/home/ada/private"
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          disabled={locked()}
          value={folders() ?? value('doNotRecord').join('\n')}
          aria-describedby="setting-folders-said"
          aria-invalid={foldersFault(value('doNotRecord')) !== undefined}
          onInput={(event) => {
            setFolders(event.currentTarget.value)
            change('doNotRecord', foldersOf(event.currentTarget.value))
          }}
        />
        <p
          id="setting-folders-said"
          class={foldersFault(value('doNotRecord')) ? 'form-error' : 'hint'}
        >
          {foldersFault(value('doNotRecord')) ??
            'One on each line, with all below it. They are shown as they are, and nothing of them is kept.'}
        </p>
      </div>
      <label class="choice wide">
        <input
          type="checkbox"
          checked={value('newestFirst')}
          disabled={locked()}
          onChange={(event) => change('newestFirst', event.currentTarget.checked)}
        />
        <span>
          Who began to wait last stands first
          <small>
            Among those who wait for the same reason. Otherwise who has waited longest does.
          </small>
        </span>
      </label>
      <label class="choice wide">
        <input
          type="checkbox"
          checked={value('resumeByItself')}
          disabled={locked()}
          onChange={(event) => change('resumeByItself', event.currentTarget.checked)}
        />
        <span>
          Start agents again by themselves after tmux or the machine died
          <small>Otherwise the recovery page offers it, and nothing starts without you.</small>
        </span>
      </label>
      <div>
        <a class="btn" href="/recovery">
          Recovery page
        </a>
      </div>
      <Show when={isBehind() && draft()}>
        {(mine) => (
          <div class="banner warn" role="alert" data-testid="settings-conflict">
            <span>The settings were changed on another device meanwhile.</span>
            <button type="button" class="btn" onClick={drop}>
              Load what holds now
            </button>
            <button
              type="button"
              class="btn"
              disabled={busy()}
              onClick={() => setDraft(rebased(mine(), props.held))}
            >
              Keep my changes
            </button>
          </div>
        )}
      </Show>
      <FormError text={error()} />
      <Show when={draft()}>
        <div class="form-acts settings-save">
          <span class="hint">{counted(count(), 'change')} not saved</span>
          <button type="button" class="btn" disabled={busy()} onClick={drop}>
            Discard
          </button>
          <button
            type="submit"
            class="btn primary"
            disabled={busy() || isWrong() || isBehind() || locked()}
          >
            Save
          </button>
        </div>
      </Show>
    </form>
  )
}
