import { For } from 'solid-js'
import { FONT_SIZE, fontSize, setFontSize, setTheme, THEMES, theme } from '../state/settings.ts'
import { useApp } from './context.ts'
import { Modal } from './Modal.tsx'

const THEME_WORDS = { system: 'As the system', dark: 'Dark', light: 'Light' } as const

/** What this device alone remembers. */
export function SettingsDialog(props: { onClose(): void }) {
  const { live, showDialog } = useApp()
  return (
    <Modal title="Settings" onClose={props.onClose}>
      <div class="form">
        <fieldset>
          <legend>Colours</legend>
          <div class="choices">
            <For each={THEMES}>
              {(option) => (
                <label class="choice">
                  <input
                    type="radio"
                    name="theme"
                    checked={theme() === option}
                    onChange={() => setTheme(option)}
                  />
                  {THEME_WORDS[option]}
                </label>
              )}
            </For>
          </div>
        </fieldset>
        <label for="font-size">Largest text in terminals</label>
        <div class="stepper">
          <button
            type="button"
            class="btn icon"
            aria-label="Smaller"
            disabled={fontSize() <= FONT_SIZE.min}
            onClick={() => setFontSize(fontSize() - 1)}
          >
            −
          </button>
          <input
            id="font-size"
            class="field"
            type="number"
            inputmode="numeric"
            min={FONT_SIZE.min}
            max={FONT_SIZE.max}
            value={fontSize()}
            onChange={(event) => {
              setFontSize(Number(event.currentTarget.value))
              event.currentTarget.value = String(fontSize())
            }}
          />
          <button
            type="button"
            class="btn icon"
            aria-label="Larger"
            disabled={fontSize() >= FONT_SIZE.max}
            onClick={() => setFontSize(fontSize() + 1)}
          >
            +
          </button>
        </div>
        <div class="form-acts">
          <button type="button" class="btn" onClick={() => showDialog({ name: 'shortcuts' })}>
            Keyboard shortcuts
          </button>
        </div>
        <p class="hint">
          A window that is larger than this screen is drawn smaller until all of it shows. These
          settings belong to this device. dogwatch {live.feed.version || __VERSION__}
        </p>
      </div>
    </Modal>
  )
}
