import ListRestart from 'lucide-solid/icons/list-restart'
import { createSignal, For, type JSX, Show } from 'solid-js'
import { forgetPrompts, readPrompts } from './prompts.ts'

/** Characters of a prompt that tell which one it is. */
const FACE_CHARS = 200

/** What was sent before, to be filled in again. Choosing one sends nothing. */
export function PromptHistory(props: {
  disabled?: boolean
  onFill(text: string): void
}): JSX.Element {
  const [prompts, setPrompts] = createSignal<readonly string[]>()
  let button: HTMLButtonElement | undefined
  const close = () => {
    setPrompts(undefined)
    button?.focus()
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        class="btn quiet icon prompt-history"
        aria-label="Earlier messages"
        title="Earlier messages"
        aria-expanded={prompts() !== undefined}
        disabled={props.disabled}
        onClick={() => setPrompts((shown) => (shown ? undefined : readPrompts()))}
      >
        <ListRestart aria-hidden="true" />
      </button>
      <Show when={prompts()}>
        {(list) => (
          <section
            class="prompt-list"
            aria-label="Earlier messages"
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return
              event.preventDefault()
              close()
            }}
          >
            <Show
              when={list().length > 0}
              fallback={<p>Messages that you send from this browser are listed here.</p>}
            >
              <ul>
                <For each={list()}>
                  {(text, index) => (
                    <li>
                      <button
                        ref={(element) => {
                          if (index() === 0) queueMicrotask(() => element.focus())
                        }}
                        type="button"
                        onClick={() => {
                          setPrompts(undefined)
                          props.onFill(text)
                        }}
                      >
                        <bdi>{text.slice(0, FACE_CHARS)}</bdi>
                      </button>
                    </li>
                  )}
                </For>
              </ul>
              <button
                type="button"
                class="btn quiet"
                onClick={() => {
                  forgetPrompts()
                  close()
                }}
              >
                Forget them all
              </button>
            </Show>
          </section>
        )}
      </Show>
    </>
  )
}
