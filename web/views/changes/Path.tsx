import { Show } from 'solid-js'
import { Name } from '../../ui/Name.tsx'

/** A path whose name stays readable: where there is no room its folder is cut. */
export function Path(props: { path: string }) {
  const at = () => props.path.lastIndexOf('/') + 1
  return (
    <span class="path">
      <Show when={at() > 0}>
        <span class="folder">
          <Name text={props.path.slice(0, at())} />
        </span>
      </Show>
      <span class="file">
        <Name text={props.path.slice(at())} />
      </span>
    </span>
  )
}
