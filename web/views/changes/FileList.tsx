import { For, Show } from 'solid-js'
import type { DiffFile } from '../../../server/protocol.ts'
import { counted } from '../../state/words.ts'
import { Path } from './Path.tsx'

/** The letters that git itself uses. */
const MARKS: Readonly<Record<DiffFile['status'], string>> = {
  added: 'A',
  modified: 'M',
  deleted: 'D',
  renamed: 'R',
  copied: 'C',
  untracked: '?',
  conflicted: 'U',
}

interface FileListProps {
  files: readonly DiffFile[]
  /** Files that are not told. */
  omitted: number
  onJump(path: string): void
}

/** The changed files by name; a press leads to the lines of one. */
export function FileList(props: FileListProps) {
  return (
    <nav class="changed-files" aria-label="Changed files">
      <ul>
        <For each={props.files}>
          {(file) => (
            <li>
              <button type="button" onClick={() => props.onJump(file.path)}>
                <span class={`mark ${file.status}`} role="img" aria-label={file.status}>
                  {MARKS[file.status]}
                </span>
                <Path path={file.path} />
                <span class="sums">
                  <Show when={file.binary}>binary</Show>
                  <Show when={file.added}>{(added) => <b class="plus">+{added()}</b>}</Show>{' '}
                  <Show when={file.removed}>{(removed) => <b class="minus">−{removed()}</b>}</Show>
                </span>
              </button>
            </li>
          )}
        </For>
      </ul>
      <Show when={props.omitted > 0}>
        <p class="hint">{counted(props.omitted, 'more file')} not shown: there are too many.</p>
      </Show>
    </nav>
  )
}
