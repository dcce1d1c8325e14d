import { For, Show } from 'solid-js'
import type { DiffResponse } from '../../../server/protocol.ts'
import { serverNow } from '../../state/clock.ts'
import { shortPath } from '../../state/home.ts'
import { diffSideBySide, setDiffSideBySide } from '../../state/settings.ts'
import { ageText, counted } from '../../state/words.ts'
import { Name } from '../../ui/Name.tsx'

interface ChangesBarProps {
  diff: DiffResponse
  /** Why the newest question failed. */
  error: string | undefined
  /** There is room for two halves. */
  maySplit: boolean
  onAgain(): void
}

/** Branch, place and sums of the changes, and how they are shown. */
export function ChangesBar(props: ChangesBarProps) {
  const git = () => props.diff.git
  const sum = (key: 'added' | 'removed') =>
    props.diff.files.reduce((total, file) => total + (file[key] ?? 0), 0)
  const away = () => {
    const { ahead, behind } = git()
    return [ahead ? `${ahead} ahead` : '', behind ? `${behind} behind` : ''].filter(Boolean)
  }
  const age = () => ageText(Math.max(0, serverNow() - git().at))
  return (
    <div class="changes-bar">
      <span class="chip" title="Branch">
        <Name text={git().branch || git().head || 'no commit yet'} />
      </span>
      <span class="chip place" title={git().linked ? 'A linked worktree' : 'The main worktree'}>
        <Name text={shortPath(git().worktree)} />
      </span>
      <Show when={git().state === 'dirty'}>
        <span class="sums">
          {counted(props.diff.files.length + props.diff.omitted, 'file')}{' '}
          <b class="plus">+{sum('added')}</b> <b class="minus">−{sum('removed')}</b>
        </span>
      </Show>
      <For each={away()}>{(word) => <span class="chip">{word}</span>}</For>
      <span class="age" title={new Date(git().at).toLocaleString()}>
        {age() === 'now' ? 'as of now' : `as of ${age()} ago`}
      </span>
      <Show when={props.error}>{(error) => <span class="field-error">{error()}</span>}</Show>
      <div class="acts">
        <Show when={props.maySplit}>
          <fieldset class="tabs" aria-label="Layout of the diff">
            <button
              type="button"
              aria-pressed={!diffSideBySide()}
              onClick={() => setDiffSideBySide(false)}
            >
              Inline
            </button>
            <button
              type="button"
              aria-pressed={diffSideBySide()}
              onClick={() => setDiffSideBySide(true)}
            >
              Side by side
            </button>
          </fieldset>
        </Show>
        <button type="button" class="btn" onClick={props.onAgain}>
          Refresh
        </button>
      </div>
    </div>
  )
}
