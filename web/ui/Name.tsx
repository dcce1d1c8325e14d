import { For, Show } from 'solid-js'
import { visible, visibleParts } from '../state/words.ts'

/** A name that somebody else chose: isolated in its direction, control characters made visible. */
export function Name(props: { text: string }) {
  return (
    <bdi title={visible(props.text)}>
      <For each={visibleParts(props.text)}>
        {(part) => (
          <Show when={part.control} fallback={part.text}>
            <span class="ctrl">{part.text}</span>
          </Show>
        )}
      </For>
    </bdi>
  )
}
