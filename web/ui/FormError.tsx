import { Show } from 'solid-js'

/** Why what was asked for did not work, said at once; nothing where there is no reason. */
export function FormError(props: { text: string | undefined }) {
  return (
    <Show when={props.text}>
      {(text) => (
        <p class="form-error" role="alert">
          {text()}
        </p>
      )}
    </Show>
  )
}
