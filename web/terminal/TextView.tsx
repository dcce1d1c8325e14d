import type { Terminal } from '@xterm/xterm'
import X from 'lucide-solid/icons/x'
import { createSignal, For, type JSX, onCleanup, onMount, Show } from 'solid-js'
import { createPaced } from '../state/paced.ts'
import { readScreen } from './pane-api.ts'
import { isRule } from './text-rows.ts'
import '../style/terminal-views.css'

interface TextViewProps {
  paneId: string
  /** The live screen: its output says when to read again. */
  terminal: Terminal
  onClose(): void
}

/** The screen is read again at most this often, milliseconds. */
const EVERY_MS = 400

/** The screen as plain text: for screen readers, for narrow screens, and to select on a phone. */
export function TextView(props: TextViewProps): JSX.Element {
  const [rows, setRows] = createSignal<string[]>([])
  const [problem, setProblem] = createSignal<string>()
  let root: HTMLDivElement | undefined

  const load = createPaced(async (signal) => {
    try {
      const { text } = await readScreen(props.paneId, 'plain', signal)
      setRows(text.replace(/\n+$/, '').split('\n'))
      setProblem(undefined)
    } catch (error) {
      if (signal.aborted) return
      setProblem(error instanceof Error ? error.message : 'The screen could not be read.')
    }
  }, EVERY_MS)
  onMount(() => {
    root?.focus()
    load()
  })
  const written = props.terminal.onWriteParsed(load)
  onCleanup(() => written.dispose())

  return (
    <div
      class="term-over"
      ref={root}
      tabindex="-1"
      role="dialog"
      aria-label="Screen as text"
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Escape') props.onClose()
      }}
    >
      <div class="term-bar">
        <b>Text</b>
        <span class="term-bar-info" role="status">
          {problem() ?? 'The screen as text, kept up to date'}
        </span>
        <button
          type="button"
          class="btn quiet icon"
          aria-label="Back to the live screen"
          onClick={() => props.onClose()}
        >
          <X aria-hidden="true" />
        </button>
      </div>
      <div class="term-text" tabindex="0" role="document">
        <For each={rows()}>
          {(row) => (
            <Show when={row !== ''} fallback={<br />}>
              <p classList={{ rule: isRule(row) }}>{row}</p>
            </Show>
          )}
        </For>
      </div>
    </div>
  )
}
