import { For } from 'solid-js'
import { IS_MAC } from '../state/platform.ts'
import { setSingleKeys, singleKeys } from '../state/settings.ts'
import { ACT_GROUPS, ACTS, keyWords } from '../state/shortcuts.ts'
import { Modal } from './Modal.tsx'

/** Every act that has a key, and where it works. */
export function ShortcutsDialog(props: { onClose(): void }) {
  const anywhere = IS_MAC ? '⌘' : 'Ctrl+Shift'
  return (
    <Modal title="Keyboard shortcuts" class="wide" onClose={props.onClose}>
      <p class="hint">
        While a terminal has the focus, every key goes to the program in it but those with{' '}
        <kbd>{anywhere}</kbd>. In a text field, only those with <kbd>{IS_MAC ? '⌘' : 'Ctrl'}</kbd>{' '}
        act.
      </p>
      <label class="check">
        <input
          type="checkbox"
          checked={singleKeys()}
          onChange={(event) => setSingleKeys(event.currentTarget.checked)}
        />
        Single keys act on this device
      </label>
      <div class="shortcuts">
        <For each={ACT_GROUPS}>
          {(group) => (
            <section>
              <h3>{group}</h3>
              <dl>
                <For each={ACTS.filter((act) => act.group === group && act.keys.length > 0)}>
                  {(act) => (
                    <div>
                      <dt>{act.words}</dt>
                      <dd>
                        <For each={act.keys}>{(chord) => <kbd>{keyWords(chord, IS_MAC)}</kbd>}</For>
                      </dd>
                    </div>
                  )}
                </For>
              </dl>
            </section>
          )}
        </For>
        <section>
          <h3>In the list</h3>
          <dl>
            <div>
              <dt>Row by row</dt>
              <dd>
                <kbd>↑</kbd> <kbd>↓</kbd>
              </dd>
            </div>
            <div>
              <dt>First and last row</dt>
              <dd>
                <kbd>Home</kbd> <kbd>End</kbd>
              </dd>
            </div>
            <div>
              <dt>Open</dt>
              <dd>
                <kbd>Enter</kbd>
              </dd>
            </div>
            <div>
              <dt>To what can be done with a row</dt>
              <dd>
                <kbd>Tab</kbd>
              </dd>
            </div>
          </dl>
        </section>
        <section>
          <h3>In a terminal</h3>
          <dl>
            <div>
              <dt>Scroll back</dt>
              <dd>
                <kbd>Shift+PageUp</kbd>
              </dd>
            </div>
          </dl>
        </section>
      </div>
    </Modal>
  )
}
