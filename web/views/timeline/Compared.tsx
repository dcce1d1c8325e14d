import { For, Match, Show, Switch } from 'solid-js'
import type { SnapshotDiffResponse, TextChange } from '../../../server/protocol.ts'
import { serverNow } from '../../state/clock.ts'
import { agoText, counted, exactTime } from '../../state/words.ts'
import { Foreign } from '../../ui/Name.tsx'
import '../../style/diff.css'

interface ComparedProps {
  /** Both moments are the same one. */
  isSame: boolean
  /** Epoch milliseconds when this device looked last, where that is what is asked. */
  since: number | undefined
  answer: SnapshotDiffResponse | undefined
  error: string | undefined
}

/** What two moments have not in common, on the screen and in git. */
export function Compared(props: ComparedProps) {
  const has = () => props.answer?.changes.some(({ type }) => type !== 'same')
  return (
    <div class="compared">
      <Switch fallback={<p class="waiting">Comparing</p>}>
        <Match when={props.isSame}>
          <p class="hint">Choose another moment: what changed since this one will stand here.</p>
        </Match>
        <Match when={props.error}>{(error) => <p class="field-error">{error()}</p>}</Match>
        <Match when={props.answer}>
          {(answer) => (
            <>
              <p class="hint">
                <Show
                  when={props.since}
                  fallback={
                    <>
                      From {momentText(answer().from.at)} to {momentText(answer().to.at)}
                    </>
                  }
                >
                  {(since) => (
                    <>
                      Since you looked{' '}
                      <span title={exactTime(since())}>
                        {agoText(Math.max(0, serverNow() - since()))}
                      </span>
                    </>
                  )}
                </Show>
                <GitChange answer={answer()} />
              </p>
              <Show when={has()} fallback={<p class="hint">The screen did not change.</p>}>
                <Changes answer={answer()} />
              </Show>
            </>
          )}
        </Match>
      </Switch>
    </div>
  )
}

/** The time of day, with its date where that is another one than today's. */
function momentText(at: number): string {
  const date = new Date(at)
  const isToday = date.toDateString() === new Date(serverNow()).toDateString()
  return isToday ? date.toLocaleTimeString() : date.toLocaleString()
}

function GitChange(props: { answer: SnapshotDiffResponse }) {
  const words = () => {
    const { from, to } = props.answer
    const commit = from.head !== to.head && to.head ? `, new commit ${to.head}` : ''
    const [before, after] = [from.changes, to.changes]
    const files =
      before !== undefined && after !== undefined && before !== after
        ? `, ${counted(after, 'changed file')} instead of ${before}`
        : ''
    return commit + files
  }
  return <>{words()}</>
}

interface Row {
  type: TextChange['type'] | 'note'
  text: string
}

/** Lines around a change that are shown for company. */
const CONTEXT = 2

function Changes(props: { answer: SnapshotDiffResponse }) {
  const rows = () =>
    props.answer.changes.flatMap(({ type, lines }, index, all): Row[] => {
      if (type !== 'same' || lines.length <= 2 * CONTEXT + 1) {
        return lines.map((text) => ({ type, text }))
      }
      const head = index > 0 ? lines.slice(0, CONTEXT) : []
      const tail = index < all.length - 1 ? lines.slice(-CONTEXT) : []
      const left = lines.length - head.length - tail.length
      return [
        ...head.map((text) => ({ type, text })),
        { type: 'note', text: `${counted(left, 'line')} alike` },
        ...tail.map((text) => ({ type, text })),
      ]
    })
  return (
    <div class="compared-lines">
      <For each={rows()}>
        {(row) => (
          <p class={row.type === 'note' ? 'diff-note' : `diff-line ${row.type}`}>
            <Show when={row.type !== 'note'}>
              <span class="sign">
                {row.type === 'added' ? '+' : row.type === 'removed' ? '−' : ' '}
              </span>
            </Show>
            <code>
              <Foreign text={row.text} />
            </code>
          </p>
        )}
      </For>
    </div>
  )
}
