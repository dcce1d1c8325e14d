import { createSignal, Show } from 'solid-js'
import type { Settings, SettingsResponse } from '../../../server/protocol.ts'
import { ApiError } from '../../state/api.ts'
import { putSettings } from '../../state/server-api.ts'
import { counted } from '../../state/words.ts'
import { useApp } from '../../ui/context.ts'
import { FormError } from '../../ui/FormError.tsx'
import { type Draft, foldersFault, numberFault, rebased, withChange } from './draft.ts'
import { MemoryFields, NUMBERS } from './MemoryFields.tsx'

/** In which order it lists, what it remembers and does by itself: the same on every device. */
export function ServerSettings() {
  const app = useApp()
  const { feed } = app.live
  return <Show when={feed.settings}>{(told) => <ServerForm told={told()} />}</Show>
}

function ServerForm(props: { told: SettingsResponse }) {
  const app = useApp()
  const [draft, setDraft] = createSignal<Draft>()
  const [saved, setSaved] = createSignal<SettingsResponse>()
  const [busy, setBusy] = createSignal(false)
  const [error, setError] = createSignal<string>()
  // Text as it is typed; what it means is in the draft.
  const [folders, setFolders] = createSignal<string>()

  /** What the server has. The answer to a save may be here before the feed tells of it. */
  const held = () => {
    const answer = saved()
    return answer && answer.version > props.told.version ? answer : props.told
  }
  const value = <Name extends keyof Settings>(name: Name): Settings[Name] => {
    const changed = draft()?.changes[name]
    return changed === undefined ? held().settings[name] : (changed as Settings[Name])
  }
  const change = <Name extends keyof Settings>(name: Name, next: Settings[Name]) => {
    setError(undefined)
    setDraft(withChange(draft(), held(), name, next))
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
    return mine !== undefined && mine.version !== held().version
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
      const answer = await putSettings({ version: wish.version, settings: wish.changes })
      setSaved(answer)
      // What was changed while it was on the way is a change to what was saved.
      const rest = draft()
      setDraft(rest && rebased(rest, answer))
      if (draft()?.changes.doNotRecord === undefined) setFolders(undefined)
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
      <section class="settings-part" aria-labelledby="settings-needs">
        <h3 id="settings-needs">Who needs you</h3>
        <p class="hint">The order in which they stand, the same on every device.</p>
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
      </section>
      <MemoryFields
        {...{ value, change }}
        locked={locked()}
        folders={folders()}
        onFolders={setFolders}
      />
      <section class="settings-part" aria-labelledby="settings-recovery">
        <h3 id="settings-recovery">Recovery</h3>
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
      </section>
      {/* What this device saves itself is told by the feed before the answer is here. */}
      <Show when={!busy() && isBehind() && draft()}>
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
              onClick={() => setDraft(rebased(mine(), held()))}
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
