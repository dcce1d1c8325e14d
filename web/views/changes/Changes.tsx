import { createSignal, Match, onCleanup, onMount, Show, Switch } from 'solid-js'
import type { DiffResponse } from '../../../server/protocol.ts'
import { diffSideBySide } from '../../state/settings.ts'
import type { ViewProps } from '../view.ts'
import { ChangesBar } from './ChangesBar.tsx'
import { createChanges } from './changes.ts'
import { DiffList } from './DiffList.tsx'
import { FileList } from './FileList.tsx'
import '../../style/changes.css'

/** Two halves of a narrower view would show too little of either (CSS pixels). */
const BESIDE_FROM = 700

/** What the agent's worktree holds that no commit has: read only, asked anew while it changes. */
export function Changes(props: ViewProps) {
  const changes = createChanges(() => props.agent)
  const [folded, setFolded] = createSignal<ReadonlySet<string>>(new Set())
  const [jump, setJump] = createSignal<string>()
  const [isWide, setWide] = createSignal(true)
  let section: HTMLElement | undefined
  onMount(() => {
    const watch = new ResizeObserver(([entry]) => {
      if (entry) setWide(entry.contentRect.width >= BESIDE_FROM)
    })
    if (section) watch.observe(section)
    onCleanup(() => watch.disconnect())
  })
  const fold = (path: string) =>
    setFolded((before) => {
      const next = new Set(before)
      if (!next.delete(path)) next.add(path)
      return next
    })
  return (
    <section class="changes" aria-label="Changes" ref={section}>
      <Switch fallback={<p class="waiting">Asking git</p>}>
        <Match when={changes.diff()}>
          {(diff) => (
            <>
              <ChangesBar
                diff={diff()}
                error={changes.error()}
                maySplit={isWide()}
                onAgain={changes.again}
              />
              <Show when={diff().files.length > 0} fallback={<Nothing diff={diff()} />}>
                <div class="changes-body">
                  <FileList files={diff().files} omitted={diff().omitted} onJump={setJump} />
                  <DiffList
                    files={diff().files}
                    sideBySide={diffSideBySide() && isWide()}
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
        <Match when={changes.error()}>
          {(error) => (
            <div class="empty">
              <h2>The changes are not known</h2>
              <p>{error()}</p>
              <button type="button" class="btn" onClick={changes.again}>
                Try again
              </button>
            </div>
          )}
        </Match>
      </Switch>
    </section>
  )
}

function Nothing(props: { diff: DiffResponse }) {
  return (
    <div class="empty">
      <Show
        when={props.diff.git.state !== 'unknown'}
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
