import { For } from 'solid-js'
import {
  diffSideBySide,
  FONT_SIZE,
  fontSize,
  moreContrast,
  setDiffSideBySide,
  setFontSize,
  setMoreContrast,
  setTheme,
  THEMES,
  type Theme,
  theme,
} from '../../state/settings.ts'
import { useApp } from '../../ui/context.ts'

const THEME_WORDS: Readonly<Record<Theme, string>> = {
  system: 'As the system',
  dark: 'Dark',
  light: 'Light',
}

const DIFF_WORDS = [
  { beside: false, word: 'Below each other' },
  { beside: true, word: 'Side by side' },
] as const

/** What this device alone remembers; each takes effect at once. */
export function DeviceSettings() {
  const { showDialog } = useApp()
  return (
    <section class="settings-part form" aria-labelledby="settings-device">
      <h3 id="settings-device">This device</h3>
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
      <div class="choices">
        <label class="choice">
          <input
            type="checkbox"
            checked={moreContrast()}
            onChange={(event) => setMoreContrast(event.currentTarget.checked)}
          />
          More contrast
        </label>
      </div>
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
          aria-describedby="font-size-said"
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
      <p id="font-size-said" class="hint">
        A window that is larger than this screen is drawn smaller until all of it shows.
      </p>
      <fieldset>
        <legend>Changed lines</legend>
        <div class="choices">
          <For each={DIFF_WORDS}>
            {({ beside, word }) => (
              <label class="choice">
                <input
                  type="radio"
                  name="diff"
                  checked={diffSideBySide() === beside}
                  onChange={() => setDiffSideBySide(beside)}
                />
                {word}
              </label>
            )}
          </For>
        </div>
      </fieldset>
      <div>
        <button type="button" class="btn" onClick={() => showDialog({ name: 'shortcuts' })}>
          Keyboard shortcuts
        </button>
      </div>
    </section>
  )
}
