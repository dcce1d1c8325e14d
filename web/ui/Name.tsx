import { For, Show } from 'solid-js'
import { visible, visibleParts } from '../state/words.ts'

/**
 * A name that somebody else chose: isolated in its direction, control characters made visible, and of
 * no language that we know.
 */
export function Name(props: { text: string }) {
  return (
    <bdi lang="" translate="no" title={visible(props.text)}>
      <Parts parts={visibleParts(props.text)} />
    </bdi>
  )
}

/** Several lines of somebody else's text: tabs and ends of lines do what they do. */
export function Foreign(props: { text: string }) {
  return <Parts parts={visibleParts(props.text, true)} />
}

function Parts(props: { parts: ReturnType<typeof visibleParts> }) {
  return (
    <For each={props.parts}>
      {(part) => (
        <Show when={part.control} fallback={part.text}>
          <span class="ctrl">{part.text}</span>
        </Show>
      )}
    </For>
  )
}
