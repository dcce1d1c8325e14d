import { createMemo, For, Index, Show } from 'solid-js'
import { stillRows } from './still.ts'
import '../style/still.css'

interface StillProps {
  /** Rows with SGR sequences, joined by newlines. */
  text: string
  /** Width of the terminal that showed it; the text is made as small as that needs. */
  cols: number
  /** Row (from 0) to point out. */
  marked?: number | undefined
}

/** What a terminal showed, as text that stands still: no emulator, and a pointer can select it. */
export function Still(props: StillProps) {
  const rows = createMemo(() => stillRows(props.text))
  return (
    <div class="still" style={{ '--cols': props.cols }}>
      <pre class="still-rows">
        <Index each={rows()}>
          {(runs, row) => (
            <div class="still-row" classList={{ marked: props.marked === row }}>
              <For each={runs()} fallback={' '}>
                {(run) => (
                  <Show when={run.wide} fallback={<span style={run.style}>{run.text}</span>}>
                    <For each={[...run.text]}>
                      {(char) => (
                        <span class="wide" style={run.style}>
                          {char}
                        </span>
                      )}
                    </For>
                  </Show>
                )}
              </For>
            </div>
          )}
        </Index>
      </pre>
    </div>
  )
}
