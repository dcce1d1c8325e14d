import Paperclip from 'lucide-solid/icons/paperclip'
import X from 'lucide-solid/icons/x'
import { createEffect, createSignal, For, type JSX, onCleanup, onMount, Show } from 'solid-js'
import { attach, attachmentsOf, filesOf, forgetAttachment } from './attachments.ts'

/** The button that asks for files; pictures and documents may also be pasted and dropped. */
export function AttachButton(props: {
  session: string
  disabled: boolean | undefined
}): JSX.Element {
  let input: HTMLInputElement | undefined
  let button: HTMLButtonElement | undefined
  const [dropping, setDropping] = createSignal(false)
  onMount(() => {
    const area = button?.closest<HTMLElement>('.slot')
    if (!area) return
    createEffect(() => area.classList.toggle('dropping', dropping()))
    const life = new AbortController()
    onCleanup(() => life.abort())
    const { signal } = life
    // Before the terminal's own: to it a picture is an empty paste.
    area.addEventListener(
      'paste',
      (event) => {
        const files = filesOf(event.clipboardData)
        if (files.length === 0 || props.disabled) return
        event.preventDefault()
        event.stopPropagation()
        attach(props.session, files)
      },
      { capture: true, signal },
    )
    area.addEventListener(
      'drop',
      (event) => {
        setDropping(false)
        const files = filesOf(event.dataTransfer)
        if (files.length === 0) return
        event.preventDefault()
        if (!props.disabled) attach(props.session, files)
      },
      { signal },
    )
    area.addEventListener('dragenter', (event) => setDropping(hasFiles(event)), { signal })
    area.addEventListener(
      'dragleave',
      (event) => {
        const into = event.relatedTarget
        if (!(into instanceof Node) || !area.contains(into)) setDropping(false)
      },
      { signal },
    )
    // Without this the browser would open the file in place of the page, wherever it is dropped.
    for (const type of ['dragover', 'drop'] as const) {
      document.addEventListener(
        type,
        (event) => {
          if (hasFiles(event)) event.preventDefault()
        },
        { signal },
      )
    }
  })
  return (
    <>
      <button
        ref={button}
        type="button"
        class="btn quiet icon attach"
        aria-label="Attach a file"
        title="Attach a file; pasting or dropping one does the same"
        disabled={props.disabled}
        onClick={() => input?.click()}
      >
        <Paperclip aria-hidden="true" />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to attach"
        onChange={(event) => {
          attach(props.session, event.currentTarget.files ?? [])
          // The same file may be chosen again.
          event.currentTarget.value = ''
        }}
      />
    </>
  )
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false
}

/** The files that are on their way or did not arrive. */
export function AttachList(props: { session: string }): JSX.Element {
  const list = () => attachmentsOf(props.session)
  return (
    <Show when={list().length > 0}>
      <ul class="attach-list" aria-label="Files on their way">
        <For each={list()}>
          {(one) => (
            <li classList={{ failed: one.error !== undefined }}>
              <bdi class="name" title={one.name}>
                {one.name}
              </bdi>
              <Show
                when={one.error}
                fallback={
                  <progress aria-label={`Sending ${one.name}`} max="1" value={one.share}>
                    {Math.round(one.share * 100)}%
                  </progress>
                }
              >
                {(error) => <span role="alert">{error()}</span>}
              </Show>
              <button
                type="button"
                class="btn quiet icon"
                aria-label={one.error ? `Forget ${one.name}` : `Stop sending ${one.name}`}
                onClick={() => forgetAttachment(one.id)}
              >
                <X aria-hidden="true" />
              </button>
            </li>
          )}
        </For>
      </ul>
    </Show>
  )
}
