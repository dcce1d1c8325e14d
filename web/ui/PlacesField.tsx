import FolderPlus from 'lucide-solid/icons/folder-plus'
import X from 'lucide-solid/icons/x'
import { For, Show } from 'solid-js'
import { LIMITS } from '../../server/protocol.ts'
import { shortPath } from '../state/home.ts'
import { visible } from '../state/words.ts'
import { DirectoryField } from './DirectoryField.tsx'

interface PlacesProps {
  id: string
  /** What stands in the field. */
  value: string
  onChange(value: string): void
  /** Directories that were added before it. */
  added: readonly string[]
  onAdded(paths: readonly string[]): void
  recent: readonly string[]
}

/** Longer paths are told by their ends, which differ (characters). */
const WHOLE = 32

function ending(path: string): string {
  const short = shortPath(path)
  return short.length <= WHOLE ? short : `…/${short.split('/').slice(-2).join('/')}`
}

/** One directory, or several: a field with completion, the latest ones, and those that were added. */
export function PlacesField(props: PlacesProps) {
  const add = () => {
    const path = props.value.trim()
    if (path === '' || props.added.length >= LIMITS.startRows) return
    if (!props.added.includes(path)) props.onAdded([...props.added, path])
    props.onChange('')
    document.getElementById(props.id)?.focus()
  }
  const offered = () =>
    props.recent.filter((path) => path !== props.value && !props.added.includes(path))
  return (
    <>
      <Show when={props.added.length > 0}>
        <ul class="places" aria-label="Directories of the sessions">
          <For each={props.added}>
            {(path) => (
              <li>
                <span class="mono">{visible(path)}</span>
                <button
                  type="button"
                  class="btn quiet icon"
                  aria-label={`Leave out ${visible(path)}`}
                  onClick={() => props.onAdded(props.added.filter((other) => other !== path))}
                >
                  <X aria-hidden="true" />
                </button>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <div class="with-button">
        <DirectoryField
          id={props.id}
          value={props.value}
          onChange={props.onChange}
          {...(props.added.length > 0 ? { placeholder: 'another directory' } : {})}
        />
        <button
          type="button"
          class="btn icon"
          aria-label="Add another directory"
          title="Add another directory"
          disabled={props.value.trim() === ''}
          onClick={add}
        >
          <FolderPlus aria-hidden="true" />
        </button>
      </div>
      <Show when={offered().length > 0}>
        <ul class="recent" aria-label="Recent directories">
          <For each={offered()}>
            {(path) => (
              <li>
                <button
                  type="button"
                  class="chip"
                  title={visible(path)}
                  onClick={() => props.onChange(path)}
                >
                  {visible(ending(path))}
                </button>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </>
  )
}
