import { For } from 'solid-js'
import { SETTING_RANGES, type Settings } from '../../../server/protocol.ts'
import { foldersFault, foldersOf, type NumberSetting, numberFault } from './draft.ts'

/** The settings that are numbers, in their order. */
export const NUMBERS: readonly {
  name: NumberSetting
  label: string
  unit: string
  hint: string
}[] = [
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

interface MemoryProps {
  value<Name extends keyof Settings>(name: Name): Settings[Name]
  change<Name extends keyof Settings>(name: Name, next: Settings[Name]): void
  /** They may be read alone. */
  locked: boolean
  /** Text of the folders as it is typed; what it means is in the draft. */
  folders: string | undefined
  onFolders(text: string): void
}

/** How much of what agents show is remembered, and of whom nothing. */
export function MemoryFields(props: MemoryProps) {
  return (
    <section class="settings-part" aria-labelledby="settings-memory">
      <h3 id="settings-memory">Memory</h3>
      <p class="hint">Kept by the server, and the same on every device.</p>
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
                disabled={props.locked}
                value={Number.isNaN(props.value(name)) ? '' : props.value(name)}
                aria-describedby={`setting-${name}-said`}
                aria-invalid={numberFault(name, props.value(name)) !== undefined}
                onInput={(event) => props.change(name, event.currentTarget.valueAsNumber)}
              />
              {unit}
            </span>
            <p
              id={`setting-${name}-said`}
              class={numberFault(name, props.value(name)) ? 'form-error' : 'hint'}
            >
              {numberFault(name, props.value(name)) ?? hint}
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
          disabled={props.locked}
          value={props.folders ?? props.value('doNotRecord').join('\n')}
          aria-describedby="setting-folders-said"
          aria-invalid={foldersFault(props.value('doNotRecord')) !== undefined}
          onInput={(event) => {
            props.onFolders(event.currentTarget.value)
            props.change('doNotRecord', foldersOf(event.currentTarget.value))
          }}
        />
        <p
          id="setting-folders-said"
          class={foldersFault(props.value('doNotRecord')) ? 'form-error' : 'hint'}
        >
          {foldersFault(props.value('doNotRecord')) ??
            'One on each line, with all below it. They are shown as they are, and nothing of them is kept.'}
        </p>
      </div>
    </section>
  )
}
