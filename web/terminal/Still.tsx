import { createMemo, For, Index } from 'solid-js'
import { stillRows } from './still.ts'
import '../style/still.css'

interface StillProps {
  /** Lines with SGR sequences, joined by newlines. */
  text: string
  /** Width of the terminal that showed it; the text is made as small as that needs. */
  cols: number
  /** Line (from 0) to point out. */
  marked?: number | undefined
}

/** What a terminal showed, as text that stands still: no emulator, and a pointer can select it. */
export function Still(props: StillProps) {
  const rows = createMemo(() => stillRows(props.text, props.cols))
  return (
    <div class="still" style={{ '--cols': props.cols }}>
      <pre class="still-rows">
        <Index each={rows()}>
          {(row) => (
            <div
              class="still-row"
              classList={{ marked: props.marked === row().line }}
              aria-current={props.marked === row().line ? 'location' : undefined}
            >
              <For each={row().runs} fallback={' '}>
                {(run) => (
                  <span class={run.wide ? 'wide' : undefined} style={run.style}>
                    {run.text}
                  </span>
                )}
              </For>
            </div>
          )}
        </Index>
      </pre>
    </div>
  )
}
