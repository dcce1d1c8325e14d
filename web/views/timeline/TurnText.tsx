import { createMemo, For, Show } from 'solid-js'
import type { TurnTextResponse } from '../../../server/protocol.ts'
import { counted } from '../../state/words.ts'

/** Lines of one block: blocks out of sight are not drawn, however long the turn was. */
const BLOCK_LINES = 100

/** All that a turn printed, as text to read, select and search. */
export function TurnText(props: {
  answer: TurnTextResponse | undefined
  error: string | undefined
}) {
  const blocks = createMemo(() => {
    const lines = props.answer?.text.split('\n') ?? []
    return Array.from({ length: Math.ceil(lines.length / BLOCK_LINES) }, (_, at) =>
      lines.slice(at * BLOCK_LINES, (at + 1) * BLOCK_LINES),
    )
  })
  return (
    <Show
      when={props.answer}
      fallback={
        <Show when={props.error} fallback={<p class="waiting">Reading the turn</p>}>
          {(error) => <p class="field-error">{error()}</p>}
        </Show>
      }
    >
      {(turn) => (
        <>
          <Show when={turn().missing > 0}>
            <p class="cut">{counted(turn().missing, 'line')} of this turn are not kept.</p>
          </Show>
          <For each={blocks()}>
            {(lines) => (
              <pre
                class="turn-block"
                style={{ 'contain-intrinsic-height': `auto ${lines.length * 1.4}em` }}
              >
                {lines.join('\n')}
              </pre>
            )}
          </For>
        </>
      )}
    </Show>
  )
}
