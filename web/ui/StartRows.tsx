import { For, Show } from 'solid-js'
import type { StartRow, StartState, StartView } from '../../server/protocol.ts'
import { shortPath } from '../state/home.ts'
import { isDone, isOver, rowWords } from '../state/starts.ts'
import { counted } from '../state/words.ts'
import { Name } from './Name.tsx'

/** A shape of its own for each end: it tells them apart without colour. */
const MARKS: Readonly<Record<StartState, { glyph: string; tone: string }>> = {
  queued: { glyph: '○', tone: 'idle' },
  making: { glyph: '●', tone: 'work' },
  starting: { glyph: '●', tone: 'work' },
  done: { glyph: '✓', tone: 'work' },
  unsent: { glyph: '◆', tone: 'needs' },
  failed: { glyph: '▲', tone: 'error' },
}

function markOf(row: StartRow) {
  return MARKS[row.state === 'done' && !isDone(row) ? 'unsent' : row.state]
}

/** What became of each directory so far. */
export function StartRows(props: { start: StartView; onOpen(session: string): void }) {
  const over = () => props.start.rows.filter(isOver)
  const bad = () => over().filter((row) => !isDone(row)).length
  return (
    <>
      <p class="hint" role="status">
        {over().length} of {counted(props.start.rows.length, 'session')} done
        <Show when={bad() > 0}>, {bad()} not as asked for</Show>
      </p>
      <ul class="results" aria-label="Sessions">
        <For each={props.start.rows}>
          {(row) => (
            <li data-state={row.state}>
              <span class={`glyph ${markOf(row).tone}`} aria-hidden="true">
                {markOf(row).glyph}
              </span>
              <div class="about">
                <Name text={shortPath(row.directory) || '~'} />
                <small>
                  {rowWords(props.start, row)}
                  <Show when={row.detail}>. {row.detail}</Show>
                </small>
              </div>
              <Show when={row.session}>
                {(session) => (
                  <button type="button" class="btn" onClick={() => props.onOpen(session())}>
                    Open
                    <span class="sr-only"> {row.name}</span>
                  </button>
                )}
              </Show>
            </li>
          )}
        </For>
      </ul>
    </>
  )
}
