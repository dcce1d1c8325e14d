import type { Terminal } from '@xterm/xterm'
import X from 'lucide-solid/icons/x'
import { createSignal, For, type JSX, onCleanup, onMount, Show } from 'solid-js'
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
  const life = new AbortController()
  onCleanup(() => life.abort())
  const [rows, setRows] = createSignal<string[]>([])
  const [problem, setProblem] = createSignal<string>()
  let root: HTMLDivElement | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const load = async () => {
    try {
      const { text } = await readScreen(props.paneId, 'plain', life.signal)
      setRows(text.replace(/\n+$/, '').split('\n'))
      setProblem(undefined)
    } catch (error) {
      if (life.signal.aborted) return
      setProblem(error instanceof Error ? error.message : 'The screen could not be read.')
    } finally {
      timer = undefined
    }
  }
  onMount(() => {
    root?.focus()
    void load()
    const written = props.terminal.onWriteParsed(() => {
      timer ??= setTimeout(() => void load(), EVERY_MS)
    })
    life.signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        written.dispose()
      },
      { once: true },
    )
  })

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
