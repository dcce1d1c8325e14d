import { createMemo, createSignal, For, Match, Show, Switch } from 'solid-js'
import type { DiffFile, DiffResponse } from '../../../server/protocol.ts'
import { createAsked } from '../../state/asked.ts'
import { serverNow } from '../../state/clock.ts'
import { agentDiff } from '../../state/memory-api.ts'
import { diffSideBySide, setDiffSideBySide } from '../../state/settings.ts'
import { ageText, counted, shortPath } from '../../state/words.ts'
import { Name } from '../../ui/Name.tsx'
import type { ViewProps } from '../view.ts'
import { DiffList } from './DiffList.tsx'
import '../../style/changes.css'

/** What the agent's worktree holds that no commit has: read only, asked anew when git says so. */
export function Changes(props: ViewProps) {
  const [folded, setFolded] = createSignal<ReadonlySet<string>>(new Set())
  const [jump, setJump] = createSignal<string>()
  const asked = createAsked(
    // The agent's own git facts change whenever its worktree does.
    () => `${props.agent.id} ${JSON.stringify({ ...props.agent.git, at: 0 })}`,
    (_key, signal) => agentDiff(props.agent.id, signal),
  )
  const fold = (path: string) =>
    setFolded((before) => {
      const next = new Set(before)
      if (!next.delete(path)) next.add(path)
      return next
    })
  return (
    <section class="changes" aria-label="Changes">
      <Switch fallback={<p class="waiting">Asking git</p>}>
        <Match when={asked.value()}>
          {(diff) => (
            <>
              <Summary
                diff={diff()}
                error={asked.error()}
                sideBySide={diffSideBySide()}
                onChoose={setDiffSideBySide}
                onAgain={asked.again}
              />
              <Show when={diff().files.length > 0} fallback={<Nothing diff={diff()} />}>
                <div class="changes-body">
                  <FileList files={diff().files} onJump={setJump} />
                  <DiffList
                    files={diff().files}
                    sideBySide={diffSideBySide()}
                    folded={folded()}
                    onFold={fold}
                    jump={jump()}
                    onJumped={() => setJump(undefined)}
                  />
                </div>
              </Show>
            </>
          )}
        </Match>
        <Match when={asked.error()}>
          {(error) => (
            <div class="empty">
              <h2>The changes are not known</h2>
              <p>{error()}</p>
              <button type="button" class="btn" onClick={asked.again}>
                Try again
              </button>
            </div>
          )}
        </Match>
      </Switch>
    </section>
  )
}

function Summary(props: {
  diff: DiffResponse
  error: string | undefined
  sideBySide: boolean
  onChoose(sideBySide: boolean): void
  onAgain(): void
}) {
  const git = () => props.diff.git
  const sum = (key: 'added' | 'removed') =>
    props.diff.files.reduce((total, file) => total + (file[key] ?? 0), 0)
  const away = () => {
    const { ahead, behind } = git()
    return [ahead ? `${ahead} ahead` : '', behind ? `${behind} behind` : ''].filter(Boolean)
  }
  return (
    <div class="changes-bar">
      <span class="chip">
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
        asked {ageText(Math.max(0, serverNow() - git().at))} ago
      </span>
      <Show when={props.error}>{(error) => <span class="field-error">{error()}</span>}</Show>
      <div class="acts">
        <fieldset class="tabs" aria-label="Layout of the diff">
          <button
            type="button"
            aria-pressed={!props.sideBySide}
            onClick={() => props.onChoose(false)}
          >
            Inline
          </button>
          <button
            type="button"
            aria-pressed={props.sideBySide}
            onClick={() => props.onChoose(true)}
          >
            Side by side
          </button>
        </fieldset>
        <button type="button" class="btn" onClick={props.onAgain}>
          Ask again
        </button>
      </div>
    </div>
  )
}

function FileList(props: { files: readonly DiffFile[]; onJump(path: string): void }) {
  return (
    <nav class="changed-files" aria-label="Changed files">
      <ul>
        <For each={props.files}>
          {(file) => (
            <li>
              <button type="button" onClick={() => props.onJump(file.path)}>
                <span class={`mark ${file.status}`} title={file.status}>
                  {MARKS[file.status]}
                </span>
                <Name text={file.path} />
                <span class="sums">
                  <Show when={file.added}>{(added) => <b class="plus">+{added()}</b>}</Show>
                  <Show when={file.removed}>{(removed) => <b class="minus">−{removed()}</b>}</Show>
                </span>
              </button>
            </li>
          )}
        </For>
      </ul>
    </nav>
  )
}

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

function Nothing(props: { diff: DiffResponse }) {
  const isKnown = createMemo(() => props.diff.git.state !== 'unknown')
  return (
    <div class="empty">
      <Show
        when={isKnown()}
        fallback={
          <>
            <h2>Whether anything changed is not known</h2>
            <p>{props.diff.git.detail}</p>
          </>
        }
      >
        <h2>Nothing changed since the last commit</h2>
        <p>What the agent edits appears here by itself.</p>
      </Show>
    </div>
  )
}
